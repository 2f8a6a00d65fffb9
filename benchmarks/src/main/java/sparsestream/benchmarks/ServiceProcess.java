package sparsestream.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import sparsestream.cli.Main;

/** A command of the command line, in a process of its own. */
final class ServiceProcess implements AutoCloseable {
    private final Process process;
    private final String firstLine;

    private ServiceProcess(Process process, String firstLine) {
        this.process = process;
        this.firstLine = firstLine;
    }

    /**
     * Starts a command and waits until it says that it is there.
     *
     * @throws IOException if it ends instead
     */
    static ServiceProcess start(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx1g",
                "-Dorg.bytedeco.javacpp.maxphysicalbytes=0",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        BufferedReader output = process.inputReader(StandardCharsets.UTF_8);
        String line = output.readLine();
        if (line == null) {
            throw new IOException(String.join(" ", arguments) + " ended at once");
        }
        // It must not have to wait for a reader of what else it says.
        Thread drain = new Thread(() -> drain(output), "drain");
        drain.setDaemon(true);
        drain.start();
        return new ServiceProcess(process, line);
    }

    private static void drain(BufferedReader output) {
        try {
            while (output.readLine() != null) {
                // Nobody reads it.
            }
        } catch (IOException e) {
            // The process is being stopped.
        }
    }

    /** What its first line says after a start such as {@code broker ready at }. */
    String after(String start) throws IOException {
        if (!firstLine.startsWith(start)) {
            throw new IOException("'" + firstLine + "' does not start with '" + start + "'");
        }
        return firstLine.substring(start.length());
    }

    /**
     * Waits until it has ended by itself.
     *
     * @throws IOException if it has failed
     */
    void await() throws IOException {
        int status = process.onExit().join().exitValue();
        if (status != 0) {
            throw new IOException("a process has ended with status " + status);
        }
    }

    /** Time of processors that it has taken so far, in nanoseconds. */
    long cpuNanos() {
        return process.info().totalCpuDuration().orElseThrow().toNanos();
    }

    /** Stops it as SIGTERM does, and waits. */
    @Override
    public void close() {
        process.destroy();
        process.onExit().join();
    }
}
