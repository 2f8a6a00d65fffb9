package sparsestream.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.File;
import java.io.IOException;
import java.lang.reflect.Modifier;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.OutOfOrderSequenceException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.streams.errors.ProcessorStateException;
import org.apache.kafka.streams.errors.StreamsException;
import org.junit.jupiter.api.Test;

class VerdictTest {
    private static final String KAFKA = "org.apache.kafka.";

    @Test
    void everyExceptionOfKafkaIsDecidedAsTheTableSays() throws Exception {
        Map<String, Verdict> decided = new TreeMap<>();
        for (Class<? extends KafkaException> exception : exceptions()) {
            decided.put(exception.getName().substring(KAFKA.length()), Verdict.of(exception));
        }

        assertThat(decided).hasSizeGreaterThan(150).isEqualTo(table());
    }

    @Test
    void everyErrorThatABrokerCanAnswerIsDecided() throws IOException {
        assertThat(Arrays.stream(Errors.values())
                        .map(Errors::exception)
                        .filter(Objects::nonNull)
                        .map(exception -> exception.getClass().getName().substring(KAFKA.length())))
                .isSubsetOf(table().keySet());
    }

    @Test
    void whatOnlyWrapsAnotherIsLookedThrough() {
        TimeoutException passing = new TimeoutException("no answer");
        TopicAuthorizationException refusal = new TopicAuthorizationException("t");

        assertThat(List.of(
                        new ExecutionException(passing),
                        new CompletionException(new KafkaException("in an error state", passing)),
                        new StreamsException("thread died", passing),
                        new ProcessorStateException("store", passing),
                        new KafkaException("in an error state", new OutOfOrderSequenceException("3"))))
                .allMatch(failure -> Verdict.of(failure) == Verdict.WAIT);
        assertThat(List.of(
                        new ExecutionException(refusal),
                        new StreamsException(new StreamsException(refusal)),
                        new KafkaException("in an error state", new ProducerFencedException("newer")),
                        new KafkaException("topic t refuses a record", new RecordTooLargeException("2 MB"))))
                .allMatch(failure -> Verdict.of(failure) == Verdict.END);
        assertThat(Verdict.of(new KafkaException("topic t", new InvalidReplicationFactorException("3"))))
                .isEqualTo(Verdict.WAIT_A_MOMENT);
    }

    @Test
    void theOutermostThatSaysSomethingDecides() {
        assertThat(Verdict.of(new TimeoutException("gave up", new SslAuthenticationException("why"))))
                .isEqualTo(Verdict.WAIT);
    }

    @Test
    void anErrorOfOurOwnIsNotTriedAgain() {
        assertThat(List.of(
                        new IllegalStateException("a mistake"),
                        new StreamsException("thread died", new NullPointerException("a mistake")),
                        new KafkaException(new IOException("disk"))))
                .allMatch(failure -> Verdict.of(failure) == Verdict.END);
    }

    @Test
    void aRunningClientThatDoesNotSayWhatItIsMayDoBetterInANewSession() {
        assertThat(Verdict.of(new KafkaException("Unexpected error in InitProducerIdResponse; what")))
                .isEqualTo(Verdict.WAIT);
        assertThat(Verdict.of(new KafkaException(
                        "Cannot execute transactional method because we are in an error state",
                        new KafkaException("It isn't safe to continue."))))
                .isEqualTo(Verdict.WAIT);
    }

    @Test
    void aClientThatCannotBeMadeIsAWrongSetting() {
        for (Map<String, String> wrong : List.of(
                Map.of("bootstrap.servers", "nonsense"),
                Map.of("bootstrap.servers", "localhost:99999"),
                Map.of("max.poll.records", "many"),
                Map.of("interceptor.classes", "no.such.Class"),
                Map.of("metric.reporters", "java.lang.String"),
                Map.of("session.timeout.ms", "6000", "heartbeat.interval.ms", "7000"),
                Map.of("security.protocol", "SSL", "ssl.truststore.location", "/no/such/file"),
                Map.of("security.protocol", "SSL", "ssl.protocol", "TLSv9"),
                Map.of("security.protocol", "SASL_PLAINTEXT", "sasl.jaas.config", "nonsense here"))) {
            assertThat(Verdict.of(refusal(wrong))).as(wrong.toString()).isEqualTo(Verdict.END);
        }
    }

    @Test
    void aBrokerWhoseNameIsNotKnownYetIsWaitedFor() {
        assertThat(Verdict.of(refusal(Map.of("bootstrap.servers", "nowhere.invalid:9092"))))
                .isEqualTo(Verdict.WAIT);
    }

    private static Throwable refusal(Map<String, String> settings) {
        Map<String, String> all = new TreeMap<>(Map.of("bootstrap.servers", "127.0.0.1:9"));
        all.putAll(settings);
        return catchThrowableOfType(
                KafkaException.class,
                () -> new KafkaClients(all).member("group", Map.of(), Map.of()).close());
    }

    private static Map<String, Verdict> table() throws IOException {
        Map<String, Verdict> table = new TreeMap<>();
        try (var file = VerdictTest.class.getResourceAsStream("verdicts.txt")) {
            for (String line : new String(file.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .skip(1)
                    .toList()) {
                String[] row = line.split(" ", -1);
                assertThat(table.put(row[1], Verdict.valueOf(row[0])))
                        .as(row[1])
                        .isNull();
            }
        }
        return table;
    }

    private static List<Class<? extends KafkaException>> exceptions() throws Exception {
        List<Class<? extends KafkaException>> exceptions = new ArrayList<>(exceptions(KafkaException.class, ""));
        exceptions.addAll(exceptions(StreamsException.class, "streams/errors/"));
        return exceptions;
    }

    /** All that can be thrown, in the jar of one of them. */
    private static List<Class<? extends KafkaException>> exceptions(Class<?> one, String under)
            throws IOException, URISyntaxException, ClassNotFoundException {
        List<Class<? extends KafkaException>> exceptions = new ArrayList<>();
        File jar =
                new File(one.getProtectionDomain().getCodeSource().getLocation().toURI());
        try (JarFile classes = new JarFile(jar)) {
            for (Enumeration<JarEntry> entries = classes.entries(); entries.hasMoreElements(); ) {
                String name = entries.nextElement().getName();
                if (name.startsWith("org/apache/kafka/" + under)
                        && name.endsWith(".class")
                        && !name.contains("shaded")) {
                    load(name).ifPresent(exceptions::add);
                }
            }
        }
        return exceptions;
    }

    private static Optional<Class<? extends KafkaException>> load(String file) throws ClassNotFoundException {
        String name = file.substring(0, file.length() - ".class".length()).replace('/', '.');
        try {
            Class<?> loaded = Class.forName(name, false, VerdictTest.class.getClassLoader());
            return KafkaException.class.isAssignableFrom(loaded) && !Modifier.isAbstract(loaded.getModifiers())
                    ? Optional.of(loaded.asSubclass(KafkaException.class))
                    : Optional.empty();
        } catch (NoClassDefFoundError e) {
            // It is for a library that is not here, and so is nothing that anybody throws.
            return Optional.empty();
        }
    }
}
