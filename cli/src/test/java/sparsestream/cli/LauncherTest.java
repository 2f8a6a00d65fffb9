package sparsestream.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The launcher in a project of its own, with a java and an mvn that only tell how they were called. */
@Timeout(60)
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the launcher is a bash script")
class LauncherTest {
    private static final String MAVEN_THAT_BUILDS = """
            [ "$1" = --version ] && echo 'Apache Maven 3.8.7' && exit
            echo building >> builds
            touch cli/target/sparsestream.jar
            """;

    @TempDir
    private Path directory;

    private Path project;
    private Path jar;

    @BeforeEach
    void layOutTheProject() throws IOException {
        project = Files.createDirectories(directory.resolve("a project"));
        jar = project.resolve("cli/target/sparsestream.jar");
        Files.createDirectories(project.resolve("cli/src/main"));
        Files.createFile(project.resolve("pom.xml"));
        Files.createFile(project.resolve("cli/pom.xml"));
        Files.copy(Path.of("../sparsestream"), project.resolve("sparsestream"));
        java("17.0.15");
        maven(MAVEN_THAT_BUILDS);
    }

    @Test
    void theFirstUseBuildsAndTheSecondDoesNot() throws Exception {
        Result first = launch("broker", "--data", "a b");
        assertThat(first.err()).startsWith("sparsestream: building for the first time");
        assertThat(first.status()).isZero();
        assertThat(first.out()).contains("<-jar>\n<" + jar.toRealPath() + ">\n<broker>\n<--data>\n<a b>\n");

        assertThat(launch("broker").err()).isEmpty();
        assertThat(project.resolve("builds")).hasContent("building");
    }

    @Test
    void aNewerSourceIsBuilt() throws Exception {
        launch();
        Path source = Files.createFile(project.resolve("cli/src/main/New.java"));
        Files.setLastModifiedTime(source, FileTime.from(Instant.now().plusSeconds(1)));
        Files.setLastModifiedTime(jar, FileTime.from(Instant.now().minusSeconds(1)));
        assertThat(launch().err()).startsWith("sparsestream: sources have changed");
    }

    @Test
    void usesAtOnceBuildOnce() throws Exception {
        maven(MAVEN_THAT_BUILDS.replace("touch ", "sleep 1; touch "));
        Process one = start(project.resolve("sparsestream"));
        Process two = start(project.resolve("sparsestream"));
        assertThat(result(one).status()).isZero();
        assertThat(result(two).status()).isZero();
        assertThat(project.resolve("builds")).hasContent("building");
    }

    @Test
    void itIsFoundThroughASymbolicLink() throws Exception {
        Path link = Files.createSymbolicLink(directory.resolve("link"), Path.of("a project/sparsestream"));
        Result result = result(start(link));
        assertThat(result.status()).isZero();
        assertThat(result.out()).contains("<" + jar.toRealPath() + ">");
    }

    @Test
    void aMissingJavaIsOneClearLine() throws Exception {
        Files.delete(directory.resolve("jdk/bin/java"));
        assertThat(launch())
                .isEqualTo(new Result(
                        1,
                        "",
                        "sparsestream: Java 17 or newer is needed, and there is no '" + directory
                                + "/jdk/bin/java'; install a JDK or set JAVA_HOME\n"));
    }

    @Test
    void aJavaTooOldIsOneClearLine() throws Exception {
        for (String version : new String[] {"1.8.0_392", "11.0.2", "16"}) {
            java(version);
            Result result = launch();
            assertThat(result.status()).isEqualTo(1);
            assertThat(result.err())
                    .hasLineCount(1)
                    .startsWith("sparsestream: Java 17 or newer is needed, but ")
                    .contains(" is " + version + ";");
        }
    }

    @Test
    void newerJavasAreToldThatNativeCodeIsMeant() throws Exception {
        assertThat(launch().out()).doesNotContain("native-access", "unsafe-memory");
        java("25.0.1");
        assertThat(launch().out())
                .contains("<--enable-native-access=ALL-UNNAMED>", "<--sun-misc-unsafe-memory-access=allow>");
        java("24-ea");
        assertThat(launch().status()).isZero();
    }

    @Test
    void javaSpeaksEnglishUnlessTheUserSaysOtherwise() throws Exception {
        ProcessBuilder launcher = builder(project.resolve("sparsestream"));
        launcher.environment().put("SPARSESTREAM_JAVA_OPTS", "-Duser.language=tr -Xmx1g");
        assertThat(result(launcher.start()).out())
                .containsSubsequence("<-Duser.language=en>", "<-Duser.language=tr>", "<-Xmx1g>", "<-jar>");
    }

    @Test
    void aMavenTooOldIsOneClearLineWhenItMustBuild() throws Exception {
        maven("echo 'Apache Maven 3.6.3'\n");
        assertThat(launch())
                .isEqualTo(
                        new Result(1, "", "sparsestream: Maven 3.8 or newer is needed to build, but 'mvn' is 3.6.3\n"));

        Files.createFile(jar);
        assertThat(launch().status()).isZero();
    }

    @Test
    void aFailedBuildShowsItsEndAndWhereTheRestIs() throws Exception {
        maven("[ \"$1\" = --version ] && echo 'Apache Maven 3.9.9' && exit\necho '[ERROR] cannot compile'; exit 1\n");
        Result result = launch();
        assertThat(result.status()).isEqualTo(1);
        assertThat(result.err())
                .contains("[ERROR] cannot compile\n")
                .endsWith("sparsestream: the build failed; all of its output is in " + project.toRealPath()
                        + "/cli/target/build.log\n");
    }

    @Test
    void anAsciiLocaleIsReplacedByOneWithAllLetters() throws Exception {
        script(directory.resolve("jdk/bin/java"), """
                [ "$1" = -version ] && echo 'openjdk version "17"' >&2 && exit
                echo "${LC_ALL-unset} ${LC_CTYPE-unset} $(locale charmap)"
                """);
        Files.createDirectories(jar.getParent());
        Files.createFile(jar);
        assertThat(launchIn(Map.of("LC_ALL", "C")).out()).isEqualTo("C.UTF-8 unset UTF-8\n");
        assertThat(launchIn(Map.of("LC_ALL", "POSIX")).out()).isEqualTo("C.UTF-8 unset UTF-8\n");
        // As cron has it.
        assertThat(launchIn(Map.of()).out()).isEqualTo("unset C.UTF-8 UTF-8\n");
        // A language of a machine that does not have it.
        assertThat(launchIn(Map.of("LANG", "xx_XX.UTF-8")).out()).isEqualTo("unset C.UTF-8 UTF-8\n");
        assertThat(launchIn(Map.of("LC_ALL", "C.UTF-8")).out()).isEqualTo("C.UTF-8 unset UTF-8\n");
        assertThat(launchIn(Map.of("LANG", "C.UTF-8")).out()).isEqualTo("unset unset UTF-8\n");
    }

    @Test
    void aFolderThatJavaCannotRunFromIsOneClearLine() throws Exception {
        Path odd = Files.createDirectories(directory.resolve("a:b"));
        Files.copy(project.resolve("sparsestream"), odd.resolve("sparsestream"));
        assertThat(result(start(odd.resolve("sparsestream"))))
                .isEqualTo(new Result(
                        1,
                        "",
                        "sparsestream: Java can't run from a folder with ':' in its name, which is what it puts between"
                                + " names; rename or move '" + odd.toRealPath() + "'\n"));
    }

    private void java(String version) throws IOException {
        Path bin = Files.createDirectories(directory.resolve("jdk/bin"));
        script(bin.resolve("javac"), "");
        script(
                bin.resolve("java"),
                "[ \"$1\" = -version ] && echo 'openjdk version \"" + version + "\"' >&2 && exit\n"
                        + "printf '<%s>\\n' \"$@\"\n");
    }

    private void maven(String body) throws IOException {
        script(Files.createDirectories(directory.resolve("tools")).resolve("mvn"), body);
    }

    private static void script(Path file, String body) throws IOException {
        Files.writeString(file, "#!/usr/bin/env bash\n" + body);
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }

    private Result launch(String... args) throws Exception {
        return result(start(project.resolve("sparsestream"), args));
    }

    /** With these variables of the locale and no others. */
    private Result launchIn(Map<String, String> locale) throws Exception {
        ProcessBuilder builder = builder(project.resolve("sparsestream"));
        builder.environment().keySet().removeIf(name -> name.startsWith("LC_") || name.startsWith("LANG"));
        builder.environment().putAll(locale);
        return result(builder.start());
    }

    private Process start(Path launcher, String... args) throws IOException {
        return builder(launcher, args).start();
    }

    private ProcessBuilder builder(Path launcher, String... args) {
        ProcessBuilder builder = new ProcessBuilder("bash", launcher.toString()).directory(directory.toFile());
        builder.command().addAll(List.of(args));
        builder.environment().put("JAVA_HOME", directory.resolve("jdk").toString());
        builder.environment().merge("PATH", "", (path, none) -> directory.resolve("tools") + ":" + path);
        builder.environment().remove("SPARSESTREAM_JAVA_OPTS");
        return builder;
    }

    private static Result result(Process process) throws Exception {
        String out = new String(process.getInputStream().readAllBytes(), UTF_8);
        String err = new String(process.getErrorStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
        return new Result(process.exitValue(), out, err);
    }

    private record Result(int status, String out, String err) {}
}
