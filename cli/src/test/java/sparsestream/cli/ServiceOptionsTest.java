package sparsestream.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ParameterException;
import sparsestream.monitoring.HttpAddress;

class ServiceOptionsTest {
    @TempDir
    private Path directory;

    @Test
    void kafkaIsLookedForOnThisMachine() {
        assertThat(parse().kafka.clientConfig()).isEqualTo(Map.of("bootstrap.servers", "localhost:9092"));
    }

    @Test
    void settingsOfTheFileReachTheClient() throws IOException {
        Path file = write("security.protocol=SASL_SSL\nbootstrap.servers=cloud:9093\n");
        assertThat(parse("--kafka-config", file.toString()).kafka.clientConfig())
                .isEqualTo(Map.of("security.protocol", "SASL_SSL", "bootstrap.servers", "cloud:9093"));
    }

    @Test
    void bootstrapServersOnTheCommandLineAreStrongerThanTheFile() throws IOException {
        Path file = write("bootstrap.servers=cloud:9093\n");
        assertThat(parse("--kafka-config", file.toString(), "--bootstrap-servers", "near:9092")
                        .kafka
                        .clientConfig())
                .containsEntry("bootstrap.servers", "near:9092");
    }

    @Test
    void aFileThatCannotBeReadIsOneClearLineWithoutItsValues() throws IOException {
        Path missing = directory.resolve("missing");
        Path malformed = write("sasl.jaas.config=secret\\u12");
        Path binary = Files.write(directory.resolve("binary"), new byte[] {'a', '=', (byte) 0xff});
        assertUnreadable(missing, "no such file");
        assertUnreadable(directory, "it is a directory");
        assertUnreadable(malformed, "it has a malformed \\u escape");
        assertUnreadable(binary, "it cannot be read as UTF-8");
    }

    @Test
    void aTopicPrefixThatKafkaWouldRefuseIsAUsageError() {
        assertThat(parse("--topic-prefix", "team-a.").kafka.topicPrefix()).isEqualTo("team-a.");
        KafkaOptions wrong = parse("--topic-prefix", "team a/").kafka;
        assertThatThrownBy(wrong::topicPrefix)
                .isInstanceOf(ParameterException.class)
                .hasMessage("invalid --topic-prefix 'team a/': only letters, digits, '.', '_' and '-' are allowed");
    }

    @Test
    void httpIsForThisMachineOnlyUnlessAHostIsGiven() {
        assertThat(parse().http.address()).isEqualTo(new HttpAddress("127.0.0.1", 0));
        assertThat(parse("--host", "0.0.0.0", "--port", "8080").http.address())
                .isEqualTo(new HttpAddress("0.0.0.0", 8080));
    }

    private void assertUnreadable(Path file, String reason) {
        KafkaOptions options = parse("--kafka-config", file.toString()).kafka;
        assertThatThrownBy(options::clientConfig)
                .isInstanceOf(ParameterException.class)
                .hasMessage("cannot read --kafka-config " + file + ": " + reason);
    }

    private Path write(String text) throws IOException {
        return Files.writeString(directory.resolve("kafka.properties"), text);
    }

    private static Service parse(String... args) {
        Service service = new Service();
        new CommandLine(service).parseArgs(args);
        return service;
    }

    @Command(name = "service")
    private static final class Service {
        @Mixin
        private KafkaOptions kafka;

        @Mixin
        private HttpOptions http;
    }
}
