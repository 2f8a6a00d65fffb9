package sparsestream.producer;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import sparsestream.producer.PublicDataset.PublishedFile;

/**
 * Fetches a published file from the first mirror that gives the right bytes.
 *
 * <p>The file appears under its name only when it is complete and its SHA-256 is right. Until then it grows as
 * {@code NAME.part}, which an interrupted download leaves for the next one to go on with.
 */
final class Download {
    /** Breaks in one mirror's transfer that are mended by going on, as long as each attempt brings more bytes. */
    private static final int MAX_ATTEMPTS = 5;

    private final Limits limits;
    private final DownloadProgress progress;
    private final HttpClient http;

    /**
     * @param bytes most that is accepted of a file; decompressed, 16 times as many
     * @param silence longest wait for a connection, an answer or the next bytes
     */
    record Limits(long bytes, Duration silence) {
        static final Limits USUAL = new Limits(64L << 20, Duration.ofSeconds(30));

        long decompressedBytes() {
            return 16 * bytes;
        }
    }

    Download(Limits limits, DownloadProgress progress) {
        this.limits = limits;
        this.progress = progress;
        this.http = HttpClient.newBuilder()
                .connectTimeout(limits.silence())
                .followRedirects(HttpClient.Redirect.NORMAL)
                .build();
    }

    /**
     * Fetches all files of a dataset that the directory lacks, creating the directory.
     *
     * @throws DownloadException if a file cannot be had from any mirror
     */
    void fetch(PublicDataset dataset, Path directory) {
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new DownloadException("cannot download %s to %s: %s".formatted(dataset.name(), directory, e), e);
        }
        for (PublishedFile file : dataset.files()) {
            if (!Files.exists(directory.resolve(file.name()))) {
                fetch(file, dataset.mirrors(), directory);
            }
        }
    }

    private void fetch(PublishedFile file, List<String> mirrors, Path directory) {
        List<String> failures = new ArrayList<>();
        for (String mirror : mirrors) {
            URI address = URI.create(mirror + file.name());
            try {
                PartFile part = new PartFile(directory.resolve(file.name() + ".part"), address);
                transfer(part, address, file.name());
                part.verify(file, limits.decompressedBytes());
                Files.move(part.path(), directory.resolve(file.name()), StandardCopyOption.ATOMIC_MOVE);
                part.delete();
                return;
            } catch (IOException e) {
                failures.add(address + ": " + Transfer.reason(e));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new DownloadException("interrupted while downloading " + address, e);
            }
        }
        throw new DownloadException("cannot download %s: %s".formatted(file.name(), String.join("; ", failures)));
    }

    private void transfer(PartFile part, URI address, String name) throws IOException, InterruptedException {
        for (int attempt = 1; ; attempt++) {
            long before = part.size();
            try {
                new Transfer(http, limits, (bytes, total) -> progress.downloaded(name, bytes, total))
                        .run(part, address);
                return;
            } catch (IOException e) {
                if (attempt == MAX_ATTEMPTS || part.size() <= before) {
                    throw e;
                }
            }
        }
    }
}
