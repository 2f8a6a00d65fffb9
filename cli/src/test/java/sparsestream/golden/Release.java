package sparsestream.golden;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.module.ModuleDescriptor.Version;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** The golden files of one release. */
record Release(Version version) {
    private static final Path GOLDEN = Path.of("src", "test", "resources", "golden");
    private static final String TO_RECORD = System.getProperty("golden.record", "");
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    /** All that are there, the oldest first, and the one that {@code -Dgolden.record=VERSION} asks to record. */
    static List<Release> all() {
        try (Stream<Path> files = Files.list(GOLDEN)) {
            return Stream.concat(files.map(file -> file.getFileName().toString()), Stream.of(TO_RECORD))
                    .filter(name -> name.matches("[0-9].*"))
                    .distinct()
                    .map(name -> new Release(Version.parse(name)))
                    .sorted(Comparator.comparing(Release::version))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The one whose bytes today's code makes. */
    static Release newest() {
        List<Release> all = all();
        return all.get(all.size() - 1);
    }

    private boolean isToBeRecorded() {
        return version.toString().equals(TO_RECORD);
    }

    Path directory() {
        return GOLDEN.resolve(version.toString());
    }

    /** Writes what is expected from now on, if that is asked for. */
    void recordIfAsked(String file, Object actual) throws IOException {
        if (isToBeRecorded()) {
            Files.createDirectories(directory());
            Files.writeString(directory().resolve(file), JSON.writeValueAsString(actual) + "\n");
        }
    }

    <T> T read(String file, TypeReference<T> type) throws IOException {
        return JSON.readValue(directory().resolve(file).toFile(), type);
    }

    @Override
    public String toString() {
        return version.toString();
    }
}
