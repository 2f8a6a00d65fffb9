package sparsestream.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class BrokerProcessIT {
    @TempDir
    private Path data;

    @Test
    void sigtermStopsTheBrokerCleanlyWithStatusZero() throws Exception {
        Process broker = start();
        try (BufferedReader output = broker.inputReader(UTF_8)) {
            assertThat(output.readLine()).startsWith("broker ready at 127.0.0.1:");
            broker.toHandle().destroy();
            assertThat(broker.waitFor(10, TimeUnit.SECONDS)).isTrue();
            assertThat(broker.exitValue()).isZero();
            assertThat(output.readLine()).isNull();
        } finally {
            broker.destroyForcibly();
        }
        assertThat(data.resolve("kafka/.kafka_cleanshutdown")).exists();
    }

    @Test
    void aKilledBrokerComesBack() throws Exception {
        for (int round = 0; round < 2; round++) {
            Process broker = start();
            try (BufferedReader output = broker.inputReader(UTF_8)) {
                assertThat(output.readLine()).startsWith("broker ready at ");
            } finally {
                broker.destroyForcibly().waitFor();
            }
        }
    }

    private Process start() throws Exception {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        return new ProcessBuilder(
                        java,
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName(),
                        "broker",
                        "--port",
                        "0",
                        "--data",
                        data.toString())
                .redirectErrorStream(true)
                .start();
    }
}
