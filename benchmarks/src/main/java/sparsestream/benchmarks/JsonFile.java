package sparsestream.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Writes results for other programs. */
final class JsonFile {
    private JsonFile() {}

    /** The records as a JSON array, one object each. */
    static String render(List<? extends Record> rows) throws IOException {
        return new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValueAsString(rows) + "\n";
    }

    static void write(Path file, List<? extends Record> rows) throws IOException {
        Files.writeString(file, render(rows));
    }
}
