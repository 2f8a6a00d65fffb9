package sparsestream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

class MainTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    private Path directory;

    @Test
    void withoutACommandTheUserIsTold() {
        assertThat(run(Map.of())).isEqualTo(2);
        assertThat(err).hasToString("sparsestream: a command is missing\nTry 'sparsestream --help'.\n");
    }

    @Test
    void anUnknownCommandIsAnsweredWithTheNearest() {
        assertThat(run(Map.of(), "brokr")).isEqualTo(2);
        assertThat(err.toString())
                .startsWith("sparsestream: unknown command 'brokr'; did you mean broker or producer?\n");
    }

    @Test
    void anUnknownOptionIsAnsweredWithTheNearest() {
        assertThat(run(Map.of(), "broker", "--por", "1")).isEqualTo(2);
        assertThat(err.toString()).startsWith("sparsestream: unknown option '--por'; did you mean --port?\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "demo --model rbm | --model must be one of vae, gan, got 'rbm'",
                "demo --preset huge | --preset must be one of small, wide, article, got 'huge'",
                "demo --images -1 | --images must be at least 0, got -1",
                "demo --run-id a/b | --run-id must be 1 to 64 letters, digits, '.', '_' and '-', got 'a/b'",
                "trainer --threads 0 | --threads must be at least 1, got 0",
                "trainer --l1-encoder NaN | an L1 factor must be a finite number of at least 0, got NaN",
                "trainer --l1-method ridge | --l1-method must be one of [proximal, proximal-plain, subgradient], got 'ridge'",
                "trainer --learning-rate 0 | the learning rate must be a finite number above 0, got 0.0",
                "trainer --rate-floor 0 | the floor of the learning rate must be above 0 and at most 1, got 0.0",
                "trainer --checkpoint-interval 0 | --checkpoint-interval must be above 0, got PT0S",
                "trainer --gate-bound -1 | --gate-bound must be at least 0, got -1.0",
                "trainer --evaluate-every 0 --rollback-after 2 | --rollback-after needs evaluations: --evaluate-every must be above 0",
                "trainer --merge-every -1 | --merge-every must be at least 0, got -1",
                "trainer --merge-every 50 --round-timeout 0 | --round-timeout must be between 0.1 and 86400 seconds, got 0.0",
                "trainer --merge-every 50 --drift-rate 2 | --merge-every does not go with --held-out, --rollback-after or --drift-rate",
                "trainer --merge-every 50 --rollback-after 2 | --merge-every does not go with --held-out, --rollback-after or --drift-rate",
                "trainer --merge-every 50 --reset-state | --merge-every does not go with --reset-state",
                "demo --merge-every 50 | unknown option '--merge-every'",
                "merge --model rbm | --model must be one of vae, gan, got 'rbm'",
                "merge --outer-learning-rate 0 | --outer-learning-rate must be a finite number above 0, got 0.0",
                "merge --outer-momentum 1 | --outer-momentum must be in [0, 1), got 1.0",
                "merge --round-timeout NaN | --round-timeout must be between 0.1 and 86400 seconds, got 0.0",
                "merge --evaluate-every 0 | --evaluate-every must be at least 1 round, got 0",
                "merge --held-out nowhere | no dataset 'nowhere': neither mnist, fashion-mnist or drawn nor a directory",
                "replay rounds --threads 0 | --threads must be at least 1, got 0",
                "producer --drift classes | --drift must be KIND@IMAGES or KIND@IMAGES+LENGTH, with the kind classes, invert, noise or the name of a dataset, got 'classes'",
                "producer --dataset drawn --drift nowhere@5 | no dataset 'nowhere': neither mnist, fashion-mnist or drawn nor a directory",
                "producer --batch-size 0 | --batch-size must be between 1 and 1200, got 0",
                "producer --rate -1 | --rate must be at least 0 images per second, got -1.0",
                "producer --dataset nowhere | no dataset 'nowhere': neither mnist, fashion-mnist or drawn nor a directory",
                "ingest --on-size crop | --on-size must be resize or reject, got 'crop'",
                "ingest --batch-size 128 --shuffle-buffer 100 | --shuffle-buffer must be between 128 and 65536, got 100",
                "ingest --max-wait NaN | --max-wait must be between 0.01 and 86400 seconds, got 0.0",
                "ingest --image-height 64 --batch-size 900 | --batch-size must be between 1 and 556 for images of 28 × 64, got 900",
                "replay | a command is missing",
                "replay image --out x.png | Missing required option: '--offset=N'",
                "replay image --offset -1 --out x.png | --partition and --offset must be at least 0, got 0 and -1",
                "replay image --offset 1 --out nowhere/x.png | --out nowhere/x.png: no such directory as ",
                "replay image --offset 1 --out src | --out src: it is a directory",
                "replay image --offset 1 --out x.png --archive nowhere | --archive nowhere: no such directory",
                "export --model vae --out x --format pickle | --format must be safetensors, dl4j or onnx, got 'pickle'",
                "evaluate --model ae | --model must be one of vae, gan, got 'ae'",
                "evaluate --model vae --samples 0 | --samples must be at least 1, got 0",
                "export --model ae --out x --format onnx | --model must be one of vae, gan, got 'ae'",
                "export --model vae --out x --format onnx --version new | --version must be a number or latest, got 'new'",
                "export --model vae --out x --format onnx --archive pom.xml | --archive pom.xml: it is not a directory",
                "sampler --archive pom.xml | --archive pom.xml: it is not a directory",
                "demo --archive pom.xml | --archive pom.xml: it is not a directory",
                "replay dead-letters --topic images | --topic must be images.batches or images.raw, got 'images'",
                "replay dead-letters --value-file x | --value-file repairs one letter, which --offset must name",
                "replay dead-letters --offset 1 --value-file nowhere | --value-file nowhere: no such file",
                "replay dead-letters --offset 1 --to-offset 2 | --offset names one letter, --from-offset and --to-offset several: give either",
                "replay dead-letters --from-offset 2 --to-offset 1 | --from-offset 2 and --to-offset 1 are no range",
                "replay dead-letters --offset -1 | --from-offset -1 and --to-offset -1 are no range",
                "sampler --rate NaN | --rate must be at least 0 images per second, got NaN"
            })
    void aWrongValueIsOneLineThatNamesTheOption(String line, String message) {
        assertThat(run(Map.of(), line.trim().split(" "))).isIn(1, 2);
        assertThat(err.toString()).startsWith("sparsestream: " + message.trim());
        assertThat(err.toString().lines().count()).isLessThanOrEqualTo(2);
    }

    @Test
    void anArgumentTooManyIsAUsageError() {
        assertThat(run(Map.of(), "broker", "extra")).isEqualTo(2);
        assertThat(err.toString()).startsWith("sparsestream: unknown argument 'extra'\n");
    }

    @Test
    void aPortThatCannotBeIsAUsageError() {
        for (String port : new String[] {"65536", "-1", "http", ""}) {
            assertThat(run(Map.of(), "broker", "--port=" + port)).isEqualTo(2);
            assertThat(err.toString()).contains("'" + port + "' is not a port between 0 and 65535");
        }
    }

    @Test
    void aWrongVariableIsNamed() {
        assertThat(run(Map.of("SPARSESTREAM_PORT", "http"), "broker")).isEqualTo(2);
        assertThat(err.toString()).contains("'http' is not a port").contains("(from SPARSESTREAM_PORT)");
    }

    @Test
    void anOptionIsStrongerThanItsVariable() throws Exception {
        Map<String, String> environment =
                Map.of("SPARSESTREAM_HOST", "nowhere.invalid", "SPARSESTREAM_DATA_DIR", directory.toString());
        assertThat(run(environment, "broker", "--port", "0")).isEqualTo(1);
        assertThat(err).hasToString("sparsestream: cannot listen on nowhere.invalid:0: the host is unknown\n");

        assertThat(run(environment, "broker", "--host", "elsewhere.invalid")).isEqualTo(1);
        assertThat(err.toString()).contains("elsewhere.invalid:9092");
    }

    @Test
    void anEmptyVariableCountsAsUnset() {
        assertThat(run(Map.of("SPARSESTREAM_PORT", ""), "broker", "--host", "nowhere.invalid", "--data", data()))
                .isEqualTo(1);
        assertThat(err.toString()).contains("nowhere.invalid:9092");
    }

    @Test
    void aFailureIsOneLineUnlessVerbose() {
        String[] failing = {"broker", "--host", "nowhere.invalid", "--data", data()};
        assertThat(run(Map.of(), failing)).isEqualTo(1);
        assertThat(err.toString()).hasLineCount(1).startsWith("sparsestream: cannot listen on ");

        assertThat(run(Map.of("SPARSESTREAM_VERBOSE", "true"), failing)).isEqualTo(1);
        assertThat(err.toString()).contains("\tat sparsestream.cli.EmbeddedBroker.");
    }

    @Test
    void verboseOnTheCommandLineKeepsWhatTheVariableSaysToo() {
        Map<String, String> environment = Map.of("SPARSESTREAM_VERBOSE", "true");
        run(environment, "broker", "--verbose", "--host", "nowhere.invalid", "--data", data());
        assertThat(err.toString()).contains("\tat ");
    }

    @Test
    void aDataDirectoryThatIsAFileIsOneClearLine() throws Exception {
        Path file = Files.createFile(directory.resolve("file"));
        assertThat(run(Map.of(), "broker", "--port", "0", "--data", file.toString()))
                .isEqualTo(1);
        assertThat(err).hasToString("sparsestream: cannot write to data directory " + file + "\n");
    }

    @Test
    void everyCommandHasHelpAndVersion() {
        assertThat(run(Map.of(), "--help")).isZero();
        assertThat(out.toString()).startsWith("Usage: sparsestream ").contains("\n  broker ");
        for (String command : commandLine(Map.of()).getSubcommands().keySet()) {
            assertThat(run(Map.of(), command, "--help")).isZero();
            assertThat(out.toString()).startsWith("Usage: sparsestream " + command + " ");
            if (!Set.of("export", "evaluate").contains(command)) { // whose --version is that of a model
                assertThat(run(Map.of(), command, "--version")).isZero();
                assertThat(out.toString()).startsWith("sparsestream ").hasLineCount(1);
            }
        }
    }

    @Test
    void helpNamesTheVariableOfAnOption() {
        run(Map.of(), "broker", "--help");
        assertThat(out.toString())
                .contains("[SPARSESTREAM_PORT]", "[SPARSESTREAM_DATA_DIR]", "[SPARSESTREAM_VERBOSE]")
                .doesNotContain("SPARSESTREAM_HELP", "SPARSESTREAM_VERSION");
    }

    @Test
    void aFlagThatTheEnvironmentSetsIsNotTurnedOffByTheCommandLine() {
        assertThat(commands()
                        .flatMap(command -> command.getCommandSpec().options().stream())
                        .filter(option -> EnvironmentDefaults.variable(option).isPresent())
                        .filter(option -> option.arity().max() == 0))
                .isNotEmpty()
                .allMatch(option -> "true".equals(option.fallbackValue()));
    }

    @Test
    void noTwoOptionsOfACommandShareAVariable() {
        assertThat(commands()).allSatisfy(command -> assertThat(
                        command.getCommandSpec().options().stream().map(MainTest::variable))
                .filteredOn(name -> !name.isEmpty())
                .doesNotHaveDuplicates());
    }

    private static String variable(OptionSpec option) {
        return EnvironmentDefaults.variable(option).orElse("");
    }

    private Stream<CommandLine> commands() {
        return withSubcommands(commandLine(Map.of()));
    }

    private static Stream<CommandLine> withSubcommands(CommandLine command) {
        return Stream.concat(
                Stream.of(command), command.getSubcommands().values().stream().flatMap(MainTest::withSubcommands));
    }

    private CommandLine commandLine(Map<String, String> environment) {
        return Main.commandLine(environment, new ShutdownSignal());
    }

    private int run(Map<String, String> environment, String... args) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        return commandLine(environment)
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(args);
    }

    private String data() {
        return directory.toString();
    }
}
