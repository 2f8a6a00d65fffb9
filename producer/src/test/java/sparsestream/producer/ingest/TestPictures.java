package sparsestream.producer.ingest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The files below {@code pictures/} in the test resources, whose README tells where they are from. */
final class TestPictures {
    private TestPictures() {}

    /** All pictures in a folder, in order of their names. */
    static List<Path> in(String folder) {
        try (Stream<Path> files = Files.list(path(folder))) {
            return files.filter(file -> !file.toString().endsWith(".grey"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static byte[] read(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static byte[] read(String file) {
        return read(path(file));
    }

    /** [28, 28] */
    static byte[] greysOf(Path file) {
        return read(file.resolveSibling(file.getFileName() + ".grey"));
    }

    private static Path path(String name) {
        try {
            return Path.of(TestPictures.class.getResource("/pictures/" + name).toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
