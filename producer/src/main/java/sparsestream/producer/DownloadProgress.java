package sparsestream.producer;

import java.util.OptionalLong;

/** Told how far a download has come. */
public interface DownloadProgress {
    DownloadProgress NONE = (file, bytes, totalBytes) -> {};

    /**
     * Called after every piece that came.
     *
     * @param file the file's name, without its folder
     * @param bytes how much of it is here, an earlier attempt's part included
     * @param totalBytes empty if the mirror does not say
     */
    void downloaded(String file, long bytes, OptionalLong totalBytes);
}
