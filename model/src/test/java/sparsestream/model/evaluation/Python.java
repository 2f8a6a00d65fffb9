package sparsestream.model.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** NumPy and SciPy as an independent implementation: arrays go there as raw files, numbers come back as lines. */
final class Python {
    private static final String PRELUDE = """
            import os, sys, numpy as np, scipy.linalg
            os.chdir(sys.argv[1])
            def floats(name, *shape): return np.fromfile(name, '<f4').astype(np.float64).reshape(shape)
            def doubles(name, *shape): return np.fromfile(name, '<f8').reshape(shape)
            def ints(name): return np.fromfile(name, '<i4')
            """;

    private final Path directory;

    Python(Path directory) {
        this.directory = directory;
    }

    /** Skips the test, and says so, where there is no Python with both. */
    static void assumeItIsThere() throws InterruptedException {
        boolean present;
        try {
            present = process("import numpy, scipy.linalg").waitFor() == 0;
        } catch (IOException e) {
            present = false;
        }
        if (!present) {
            System.err.println("SKIPPED: needs python3 with numpy and scipy to compare with");
        }
        assumeTrue(present, "SKIPPED: needs python3 with numpy and scipy to compare with");
    }

    Python put(String name, float[] values) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        Files.write(directory.resolve(name), bytes.array());
        return this;
    }

    Python put(String name, double[] values) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Double.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asDoubleBuffer().put(values);
        Files.write(directory.resolve(name), bytes.array());
        return this;
    }

    Python put(String name, int[] values) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asIntBuffer().put(values);
        Files.write(directory.resolve(name), bytes.array());
        return this;
    }

    /** Runs a script that sees the arrays; each line it prints is a number. */
    double[] run(String script) throws IOException, InterruptedException {
        Process process = process(PRELUDE + script, directory.toString());
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return Arrays.stream(output.split("\\s+"))
                .filter(number -> !number.isEmpty())
                .mapToDouble(Double::parseDouble)
                .toArray();
    }

    private static Process process(String script, String... arguments) throws IOException {
        ProcessBuilder process = new ProcessBuilder("python3", "-X", "utf8", "-c", script);
        process.command().addAll(List.of(arguments));
        return process.redirectErrorStream(true).start();
    }
}
