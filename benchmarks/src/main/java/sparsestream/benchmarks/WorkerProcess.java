package sparsestream.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A running {@link Worker}, seen from outside. */
final class WorkerProcess implements AutoCloseable {
    private final String name;
    private final Process process;
    private final BufferedReader answers;
    private final Writer questions;

    /** Starts a worker with this JVM's Java and class path, and waits until it is warm. */
    static WorkerProcess start(String engine, Configuration configuration, double seconds) throws IOException {
        String threads = String.valueOf(configuration.threads());
        ProcessBuilder builder = new ProcessBuilder(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx1g",
                // ND4J frees native memory only when the garbage collector runs; these make it run in time.
                "-Dorg.bytedeco.javacpp.maxbytes=2g",
                "-Dorg.bytedeco.javacpp.maxphysicalbytes=6g",
                "-Dlogback.configurationFile=logback-benchmarks.xml",
                "-cp",
                System.getProperty("java.class.path"),
                Worker.class.getName(),
                engine,
                configuration.model().toString(),
                configuration.architecture().toString(),
                threads,
                String.valueOf(configuration.batch()),
                String.valueOf(seconds)));
        builder.redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().putAll(Map.of("OMP_NUM_THREADS", threads, "OPENBLAS_NUM_THREADS", threads));
        WorkerProcess worker = new WorkerProcess(engine + " (" + configuration + ")", builder.start());
        try {
            worker.answer();
        } catch (IOException e) {
            worker.close();
            throw e;
        }
        return worker;
    }

    private WorkerProcess(String name, Process process) {
        this.name = name;
        this.process = process;
        this.answers = process.inputReader(StandardCharsets.UTF_8);
        this.questions = process.outputWriter(StandardCharsets.UTF_8);
    }

    /** Lets the worker work for some seconds. */
    double stepsPerSecond(double seconds) {
        try {
            questions.write(seconds + "\n");
            questions.flush();
            return Double.parseDouble(answer());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String answer() throws IOException {
        try {
            String line = answers.readLine();
            if (line != null) {
                return line;
            }
        } catch (IOException e) {
            throw new IOException(name + " ended without an answer: " + e.getMessage(), e);
        }
        throw new IOException(name + " ended without an answer");
    }

    @Override
    public void close() {
        process.destroy();
    }
}
