package sparsestream.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The launcher and the packaged program in folders with letters of all kinds, in a process that knows only those of ASCII, as cron starts
 * it. Bash makes the folders: this JVM may have no more letters than that either.
 */
@Timeout(240)
class OddFoldersIT {
    private static final Path TARGET = Path.of("target").toAbsolutePath();
    private static final Path LAUNCHER = Path.of("../sparsestream").toAbsolutePath();

    /** A checkout as far as the launcher needs one, in the folder that $1 names. */
    private static final String CHECKOUT = """
            set -eu
            export HOME="$PWD/$1"
            mkdir -p -- "$1/cli"
            ln -s -- '%s' "$1/cli/target"
            cp -- '%s' "$1/"
            cd -- "$1"
            """.formatted(TARGET, LAUNCHER);

    @TempDir
    private Path directory;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "k\\303\\274che",
                "\\346\\227\\245\\346\\234\\254",
                "a b",
                " a ",
                "a#b",
                "100%",
                "%41",
                "a+b",
                "a,b",
                "a;b",
                "a?b",
                "a\\\\b",
                "a!",
                "a\\nb",
                "a\\047b\\042c",
                "-a",
                "@a"
            })
    void aCheckoutStartsWhereverItIs(String name) throws Exception {
        Result result = bash(CHECKOUT + "./sparsestream --version\n", name);

        assertThat(result.err()).isEmpty();
        assertThat(result.out()).startsWith("sparsestream ");
        assertThat(result.status()).isZero();
    }

    @Test
    void everythingElseMayBeInSuchAFolderToo() throws Exception {
        Result result = bash(CHECKOUT + """
                mkdir digits-$1
                printf '\\0\\0\\010\\3\\0\\0\\0\\1\\0\\0\\0\\34\\0\\0\\0\\34' > digits-$1/train-images.idx3-ubyte
                head -c 784 /dev/zero >> digits-$1/train-images.idx3-ubyte
                printf '\\0\\0\\010\\1\\0\\0\\0\\1\\7' > digits-$1/train-labels.idx1-ubyte
                cp digits-$1/train-images.idx3-ubyte digits-$1/t10k-images.idx3-ubyte
                cp digits-$1/train-labels.idx1-ubyte digits-$1/t10k-labels.idx1-ubyte
                ./sparsestream demo --model vae --dataset digits-$1 --data state-$1 --archive archive-$1 \\
                    --summary summary-$1.json --images 256 >&2
                test -d state-$1/kafka && test -d archive-$1/default && test -d .javacpp && grep -q '"images" *: *256' summary-$1.json
                find . -name '*[?]*'
                """, "k\\303\\274che");

        assertThat(result.status()).as(result.err()).isZero();
        assertThat(result.out()).as("names that are not what was asked for").isEmpty();
    }

    @Test
    void withoutTheLauncherTheMessageSaysWhatToSet() throws Exception {
        String jar = "\"$JAVA_HOME/bin/java\" -jar '" + TARGET.resolve("sparsestream.jar") + "' ";
        Result argument = bash(jar + "producer --dataset \"$1\"\n", "k\\303\\274che");
        assertThat(argument.err())
                .isEqualTo("sparsestream: the argument k??che has letters that the locale does not have;"
                        + " set LC_ALL=C.UTF-8, or use the launcher, which does\n");
        assertThat(argument.status()).isEqualTo(2);

        Result folder = bash("mkdir \"$1\"; cd \"$1\"\n" + jar + "producer\n", "k\\303\\274che");
        assertThat(folder.err())
                .startsWith("sparsestream: the working directory ")
                .endsWith("which does\n");
        assertThat(folder.status()).isEqualTo(2);
    }

    /** Runs a script whose first argument is this, with what printf makes of its escapes, in the locale of cron. */
    private Result bash(String script, String argument) throws IOException, InterruptedException {
        Path file = Files.writeString(directory.resolve("script"), script);
        ProcessBuilder builder = new ProcessBuilder(
                        "bash",
                        "-c",
                        "printf -v name '%b' \"$1\"; exec bash \"$0\" \"$name\"",
                        file.toString(),
                        argument)
                .directory(directory.toFile())
                .redirectOutput(directory.resolve("out").toFile())
                .redirectError(directory.resolve("err").toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("LC_") || name.startsWith("LANG"));
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("SPARSESTREAM_JAVA_OPTS", "-Xmx768m");
        Process process = builder.start();
        try {
            assertThat(process.waitFor(200, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        return new Result(
                process.exitValue(),
                Files.readString(directory.resolve("out"), UTF_8),
                Files.readString(directory.resolve("err"), UTF_8));
    }

    private record Result(int status, String out, String err) {}
}
