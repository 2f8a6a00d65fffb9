package sparsestream.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class CommandLineTest {
    @ParameterizedTest
    @CsvSource({
        "step --threads 0, --threads",
        "step --rounds 0, --rounds",
        "step --seconds 0, --seconds",
        "step --engine tensorflow, tensorflow",
        "l1 --threads 0, --threads",
        "l1 --lambdas -1, L1 factor",
        "drift --seeds 0, --seeds",
        "sampler --seconds 0, --seconds",
        "sampler --requests 0, --requests",
        "ingest --images 1, --images",
        "evaluation --rounds 0, --rounds",
        "evaluation --model x, --model",
        "study --model gan, --model",
        "study --seeds 1, --seeds",
        "learn --seeds 0, --seeds",
        "learn --images 100, --images",
        "learn --model rbm, --model",
        "learn --rate-floor 2, learning rate",
        "merge --replicas 0, --replicas",
        "merge --outer-momentum 1, --outer-momentum",
        "merge --model x, --model",
        "'', command is missing"
    })
    void aWrongOptionIsAUsageErrorThatNamesIt(String arguments, String named) {
        StringWriter errors = new StringWriter();
        CommandLine commandLine = BenchMain.commandLine().setErr(new PrintWriter(errors));
        int status = commandLine.execute(arguments.isEmpty() ? new String[0] : arguments.split(" "));
        assertThat(status).isEqualTo(2);
        assertThat(errors.toString()).contains(named);
    }

    @ParameterizedTest
    @CsvSource({
        "l1 --data /nowhere, /nowhere",
        "sampler --data /nowhere, /nowhere",
        "ingest --data /nowhere, /nowhere",
        "evaluation --data /nowhere, /nowhere"
    })
    void missingDataIsAFailureInOneLine(String arguments, String named) {
        StringWriter errors = new StringWriter();
        CommandLine commandLine = BenchMain.commandLine().setErr(new PrintWriter(errors));
        assertThat(commandLine.execute(arguments.split(" "))).isEqualTo(1);
        assertThat(errors.toString().lines()).hasSize(1);
        assertThat(errors.toString()).contains(named);
    }
}
