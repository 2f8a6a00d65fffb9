package sparsestream.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.streams.errors.StreamsException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReasonTest {
    private static final String LOGIN_MODULE = "org.apache.kafka.common.security.plain.PlainLoginModule";
    private static final String SECRET = "hunter2secret";

    @TempDir
    private Path directory;

    @Test
    void aFileThatIsNotThereIsNamedWithItsSetting() {
        Map<String, String> settings = Map.of(
                "security.protocol", "SSL", "ssl.truststore.location", "/x/y.jks", "ssl.truststore.password", SECRET);

        assertThat(reason(settings)).isEqualTo("/x/y.jks of ssl.truststore.location does not exist");
    }

    @Test
    void aFileThatIsNoKeystoreIsNamedWithItsSetting() throws IOException {
        String file = Files.writeString(directory.resolve("notes.txt"), "no keys here")
                .toString();

        assertThat(reason(Map.of(
                        "security.protocol", "SSL", "ssl.keystore.location", file, "ssl.keystore.password", SECRET)))
                .startsWith("ssl.keystore.location: Failed to load SSL keystore " + file)
                .endsWith(": Invalid keystore format");
    }

    @Test
    void aLoginThatCannotBeReadIsNamedAndItsPasswordIsNot() {
        for (String login : new String[] {
            LOGIN_MODULE + " required username=\"a\" \"" + SECRET + "\" x;",
            LOGIN_MODULE + " " + SECRET + " username=\"a\";",
            LOGIN_MODULE + " required username=\"a\" password=\"" + SECRET + "\"",
            LOGIN_MODULE + " required username=\"a\" password \"" + SECRET + "\";",
            "no.such.Module required password=\"" + SECRET + "\";"
        }) {
            assertThat(reason(Map.of(
                            "security.protocol",
                            "SASL_PLAINTEXT",
                            "sasl.mechanism",
                            "PLAIN",
                            "sasl.jaas.config",
                            login)))
                    .as(login)
                    .startsWith("sasl.jaas.config: ")
                    .doesNotContain(SECRET);
        }
    }

    @Test
    void aSecretIsNotShownWhereverItComesUp() {
        Map<String, String> settings = Map.of("ssl.key.password", SECRET);

        assertThat(Reason.of(new IOException("cannot open with " + SECRET), settings))
                .isEqualTo("cannot open with [hidden]");
    }

    @Test
    void aValueThatCannotBeIsNamedWithItsSetting() {
        assertThat(reason(Map.of("max.poll.records", "many")))
                .isEqualTo("Invalid value many for configuration max.poll.records: Not a number of type INT");
        assertThat(reason(Map.of("bootstrap.servers", "nonsense")))
                .isEqualTo("Invalid url in bootstrap.servers: nonsense");
        assertThat(reason(Map.of("group.protocol", "consumer")))
                .startsWith("Invalid value consumer for configuration group.protocol: only classic is supported");
        assertThat(reason(Map.of("session.timeout.ms", "6000", "heartbeat.interval.ms", "7000")))
                .isEqualTo("Heartbeat must be set lower than the session timeout");
        assertThat(reason(Map.of("interceptor.classes", "no.such.Class")))
                .isEqualTo("Class no.such.Class cannot be found");
    }

    @Test
    void whatOnlyWrapsTheCauseIsLeftOut() {
        assertThat(Reason.of(new ExecutionException(new StreamsException(new IllegalArgumentException("too small")))))
                .isEqualTo("too small");
        assertThat(Reason.of(new KafkaException("topic t refuses a record: 2 MB", new RecordTooLargeException("2 MB"))))
                .isEqualTo("topic t refuses a record: 2 MB");
    }

    @Test
    void theCauseIsAddedToWhatIsVague() {
        assertThat(Reason.of(new SslAuthenticationException(
                        "SSL handshake failed", new IOException("unable to find valid certification path"))))
                .isEqualTo("SSL handshake failed: unable to find valid certification path");
    }

    @Test
    void anExceptionWithoutWordsIsNamed() {
        assertThat(Reason.of(new StreamsException(new NullPointerException()))).isEqualTo("NullPointerException");
        assertThat(Reason.of(new KafkaException("it failed", new ClassCastException("class java.lang.String"))))
                .isEqualTo("it failed: ClassCastException: class java.lang.String");
    }

    @Test
    void brokersThatAreTooOldAreCalledThat() {
        assertThat(Reason.of(new UnsupportedVersionException("The node does not support METADATA")))
                .isEqualTo("the brokers are of another version: The node does not support METADATA");
    }

    @Test
    void itIsOneLine() {
        assertThat(Reason.of(new KafkaException("first\nsecond"))).isEqualTo("first");
    }

    private static String reason(Map<String, String> wrong) {
        Map<String, String> settings = new HashMap<>(Map.of("bootstrap.servers", "127.0.0.1:9"));
        settings.putAll(wrong);
        KafkaException failure = catchThrowableOfType(KafkaException.class, () -> new KafkaClients(settings)
                .member("group", Map.of(), Map.of())
                .close());
        return Reason.of(failure, settings);
    }
}
