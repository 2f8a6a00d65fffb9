package sparsestream.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;

/** The packaged program, in processes of its own, which write to files. */
final class Processes implements AutoCloseable {
    private static final Path JAR = Path.of("target", "sparsestream.jar");
    private static final Path FAULTS = Path.of("target", "test-classes");

    private final Path directory;
    private final ConcurrentLinkedQueue<Process> started = new ConcurrentLinkedQueue<>();

    /** @param directory where the output of each process goes, to {@code NAME.out} and {@code NAME.err} */
    Processes(Path directory) {
        this.directory = directory;
    }

    /** @param flags of the JVM */
    Process start(String name, List<String> flags, List<String> arguments) {
        return start(name, Main.class.getName(), flags, arguments);
    }

    /** The same with another entry point on the program's class path. */
    Process start(String name, String main, List<String> flags, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx768m", "-Dorg.bytedeco.javacpp.maxphysicalbytes=0"));
        command.addAll(flags);
        command.addAll(List.of("-cp", JAR + ":" + FAULTS, main));
        command.addAll(arguments);
        try {
            Process process = new ProcessBuilder(command)
                    .redirectOutput(output(name).toFile())
                    .redirectError(errors(name).toFile())
                    .start();
            started.add(process);
            return process;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The rest of the line that starts so, once the process has written it. */
    String lineThatStartsWith(String name, String start) {
        return await().atMost(Duration.ofSeconds(60))
                .until(() -> find(output(name), start), Optional::isPresent)
                .orElseThrow();
    }

    private static Optional<String> find(Path file, String start) throws IOException {
        // The last line may still be half written.
        String text = Files.readString(file);
        return text.substring(0, text.lastIndexOf('\n') + 1)
                .lines()
                .filter(line -> line.startsWith(start))
                .map(line -> line.substring(start.length()))
                .findFirst();
    }

    private Path output(String name) {
        return directory.resolve(name + ".out");
    }

    Path errors(String name) {
        return directory.resolve(name + ".err");
    }

    /** Sends {@code STOP}, {@code CONT} and the like, which Java has no call for. */
    static void signal(String name, Process process) throws Exception {
        assertThat(new ProcessBuilder("kill", "-" + name, "" + process.pid())
                        .start()
                        .waitFor())
                .isZero();
    }

    @Override
    public void close() {
        started.forEach(Process::destroyForcibly);
    }
}
