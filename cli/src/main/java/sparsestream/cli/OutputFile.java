package sparsestream.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** A file that {@code --out} names, which is there whole or not at all. */
record OutputFile(Path path) {
    /**
     * The file, before the work is done that makes it.
     *
     * @throws UsageException if it could not be written
     */
    static OutputFile of(Path path) {
        Path directory = path.toAbsolutePath().getParent();
        if (Files.isDirectory(path) || directory == null) {
            throw new UsageException("--out " + path + ": it is a directory");
        }
        if (!Files.isDirectory(directory)) {
            throw new UsageException("--out " + path + ": no such directory as " + directory);
        }
        if (!Files.isWritable(directory)) {
            throw new UsageException("--out " + path + ": " + directory + " cannot be written to");
        }
        return new OutputFile(path);
    }

    void write(byte[] bytes) throws IOException {
        Path unfinished = path.resolveSibling("." + path.getFileName() + ".unfinished");
        try {
            Files.write(unfinished, bytes);
            Files.move(unfinished, path, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(unfinished);
        }
    }
}
