package sparsestream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The packaged program under a user id that no database knows, as containers have it: Java's {@code user.home} is {@code ?} then. */
@Timeout(180)
class UnknownUserIT {
    private static final Path JAR = Path.of("target/sparsestream.jar").toAbsolutePath();
    private static final List<String> AS_NOBODY_KNOWN =
            List.of("setpriv", "--reuid", "12345", "--regid", "12345", "--clear-groups");

    @TempDir
    private Path directory;

    private Path work;
    private Path home;

    @BeforeEach
    void letTheUserIn() throws Exception {
        Needed.require(
                canBecomeAnother(),
                "needs root, setpriv and a checkout that others can read, to run as a user who is unknown");
        open(directory);
        work = open(Files.createDirectory(directory.resolve("work")));
        home = open(Files.createDirectory(directory.resolve("home")));
    }

    @Test
    void whatIsUnpackedGoesToHome() throws Exception {
        Process demo = start("HOME=" + home);
        assertThat(demo.waitFor(150, TimeUnit.SECONDS)).isTrue();

        assertThat(demo.exitValue())
                .as(Files.readString(directory.resolve("err")))
                .isZero();
        assertThat(Files.readString(directory.resolve("err"))).doesNotContain("HOME");
        assertThat(home.resolve(".javacpp")).isDirectory();
        assertThat(names(work)).containsExactly(".sparsestream");
    }

    @Test
    void withoutHomeItGoesToADirectoryThatIsNamed() throws Exception {
        Process demo = start("HOME=");
        assertThat(demo.waitFor(150, TimeUnit.SECONDS)).isTrue();

        Path made = directory.resolve("sparsestream-home-12345");
        assertThat(demo.exitValue())
                .as(Files.readString(directory.resolve("err")))
                .isZero();
        assertThat(Files.readString(directory.resolve("err")))
                .startsWith(
                        "sparsestream: HOME does not name a directory that exists, so datasets and natives are kept in "
                                + made + "\n");
        assertThat(made.resolve(".javacpp")).isDirectory();
        assertThat(names(work)).containsExactly(".sparsestream");
    }

    private Process start(String variable) throws IOException {
        List<String> command = new ArrayList<>(AS_NOBODY_KNOWN);
        command.addAll(List.of("env", variable));
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(
                List.of("-Xmx768m", "-Dorg.bytedeco.javacpp.maxphysicalbytes=0", "-Djava.io.tmpdir=" + directory));
        command.addAll(List.of("-jar", JAR.toString(), "demo", "--dataset", "drawn", "--images", "256"));
        return new ProcessBuilder(command)
                .directory(work.toFile())
                .redirectOutput(directory.resolve("out").toFile())
                .redirectError(directory.resolve("err").toFile())
                .start();
    }

    private static boolean canBecomeAnother() throws InterruptedException {
        List<String> command = new ArrayList<>(AS_NOBODY_KNOWN);
        command.addAll(List.of("test", "-r", JAR.toString()));
        try {
            return new ProcessBuilder(command).start().waitFor() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    private static Path open(Path path) throws IOException {
        return Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxrwxrwx"));
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }
}
