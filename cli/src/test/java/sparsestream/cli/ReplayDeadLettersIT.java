package sparsestream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import sparsestream.contract.Topics;
import sparsestream.kafka.TopicCreation;

/** A topic with two batches and three records that a trainer has refused. */
@Timeout(120)
class ReplayDeadLettersIT {
    private static final int BATCH = 16;
    private static final Topics TOPICS = new Topics("again.");

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    private Path directory;

    private EmbeddedBroker broker;

    @BeforeEach
    void refuseThree() throws Exception {
        broker = EmbeddedBroker.start(directory.resolve("data"), "127.0.0.1", 0);
        try (Admin admin = Admin.create(kafka())) {
            TopicCreation.ensure(admin, List.of(TOPICS.imageBatches()));
        }
        send(
                TOPICS.imageBatches().name(),
                Poison.goodBatch(BATCH, 0),
                text("first"),
                text("second"),
                null,
                Poison.goodBatch(BATCH, 1));
        SmallModels.train(broker.bootstrapServers(), TOPICS, "run", "vae", 2 * BATCH);
    }

    @AfterEach
    void stopBroker() {
        broker.close();
    }

    @Test
    void aDryRunListsAndChangesNothing() {
        assertThat(replay("--dry-run")).isZero();

        assertThat(out.toString())
                .startsWith("again.images.batches.dlq-0@0 from again.images.batches-0@1:"
                        + " MalformedMessageException: header_length: ")
                .hasLineCount(4)
                .endsWith("dead letters that would be put back: 3\n");
        assertThat(source()).hasSize(5);
    }

    @Test
    void lettersComeBackOnceWithTheirValuesAndWithoutTheReason() {
        assertThat(replay("--to-offset", "1")).isZero();
        assertThat(out.toString()).endsWith("dead letters put back: 2\n");
        assertThat(replay()).isZero();
        assertThat(out.toString()).contains("dlq-0@1", "[was put back before]").endsWith("dead letters put back: 1\n");
        assertThat(replay()).isZero();
        assertThat(out.toString()).endsWith("dead letters put back: 0\n");

        List<ConsumerRecord<byte[], byte[]>> back = source().subList(5, 8);
        assertThat(back).extracting(ConsumerRecord::value).containsExactly(text("first"), text("second"), null);
        assertThat(back.get(0).headers().toArray()).singleElement().satisfies(header -> {
            assertThat(header.key()).isEqualTo("replayed.from");
            assertThat(header.value()).isEqualTo(text("again.images.batches.dlq-0@0"));
        });
    }

    @Test
    void aRepairedLetterIsLearned() throws Exception {
        Path repaired = Files.write(directory.resolve("repaired"), Poison.goodBatch(BATCH, 2));

        assertThat(replay("--offset", "1", "--value-file", repaired.toString())).isZero();

        assertThat(out.toString()).endsWith("dead letters put back: 1\n");
        assertThat(SmallModels.train(broker.bootstrapServers(), TOPICS, "run", "vae", 3 * BATCH)
                        .step())
                .isEqualTo(3);
    }

    @Test
    void whatIsNoLetterOrFromElsewhereStaysWhereItIs() throws Exception {
        send(TOPICS.deadLetters().name(), text("a stranger"));

        assertThat(replay("--from-offset", "3")).isZero();

        assertThat(out.toString())
                .contains("[not put back: no dead letter: dlq.partition: header is missing]")
                .endsWith("dead letters put back: 0\n");
        assertThat(source()).hasSize(5);
    }

    @Test
    void aTopicThatIsNotThereIsOneLine() {
        assertThat(run("replay", "dead-letters", "--topic-prefix", "no.")).isEqualTo(1);
        assertThat(err).hasToString("sparsestream: there is no topic no.images.batches\n");
    }

    private int replay(String... arguments) {
        List<String> all = new ArrayList<>(List.of("replay", "dead-letters", "--topic-prefix", TOPICS.prefix()));
        all.addAll(List.of(arguments));
        return run(all.toArray(String[]::new));
    }

    private int run(String... arguments) {
        out.getBuffer().setLength(0);
        return Main.commandLine(
                        Map.of("SPARSESTREAM_BOOTSTRAP_SERVERS", broker.bootstrapServers()), new ShutdownSignal())
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
    }

    private List<ConsumerRecord<byte[], byte[]>> source() {
        return CommittedTopic.read(
                broker.bootstrapServers(), TOPICS.imageBatches().name());
    }

    private Map<String, Object> kafka() {
        return Map.of("bootstrap.servers", broker.bootstrapServers());
    }

    private void send(String topic, byte[]... values) throws Exception {
        try (Producer<byte[], byte[]> producer =
                new KafkaProducer<>(kafka(), new ByteArraySerializer(), new ByteArraySerializer())) {
            for (byte[] value : values) {
                producer.send(new ProducerRecord<>(topic, value)).get();
            }
        }
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
