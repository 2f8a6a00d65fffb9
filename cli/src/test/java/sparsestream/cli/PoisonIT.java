package sparsestream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.nio.charset.StandardCharsets;
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
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import sparsestream.contract.Topics;
import sparsestream.kafka.TopicCreation;
import sparsestream.trainer.session.TrainerService;
import sparsestream.trainer.session.TrainerStatus;

/** Records that are no batch, between batches that are. */
@Timeout(120)
class PoisonIT {
    private static final int BATCH = 16;

    @TempDir
    private static Path data;

    private static EmbeddedBroker broker;

    @BeforeAll
    static void startBroker() {
        broker = EmbeddedBroker.start(data, "127.0.0.1", 0);
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"vae", "gan"})
    void everyKindOfPoisonEndsInTheDeadLettersAsItWasAndLeavesNoTraceInTheWeights(String model) throws Exception {
        Topics poisoned = topics("poisoned-" + model + ".");
        Topics clean = topics("clean-" + model + ".");
        List<ProducerRecord<byte[], byte[]>> poison = poison(poisoned);
        List<ProducerRecord<byte[], byte[]>> mixed = new ArrayList<>();
        List<ProducerRecord<byte[], byte[]>> good = new ArrayList<>();
        for (int i = 0; i <= poison.size(); i++) {
            byte[] batch = Poison.goodBatch(BATCH, i);
            good.add(new ProducerRecord<>(clean.imageBatches().name(), batch));
            mixed.add(new ProducerRecord<>(poisoned.imageBatches().name(), batch));
            if (i < poison.size()) {
                mixed.add(poison.get(i));
            }
        }
        send(mixed);
        send(good);

        long images = (long) good.size() * BATCH;
        TrainerStatus status = train(poisoned, model, images);
        TrainerStatus undisturbed = train(clean, model, images);

        assertThat(status.weightsSha256()).isEqualTo(undisturbed.weightsSha256());
        assertThat(status.step()).isEqualTo(undisturbed.step()).isEqualTo(good.size());
        assertThat(status.offset()).isEqualTo(mixed.size());
        assertThat(status.rejected()).isEqualTo(poison.size());
        List<ConsumerRecord<byte[], byte[]>> letters = letters(poisoned);
        assertThat(letters).hasSameSizeAs(poison);
        for (int i = 0; i < poison.size(); i++) {
            assertLetter(letters.get(i), poison.get(i), 2 * i + 1);
        }
    }

    @Test
    void aThousandInARowAreAThousandLettersAndAFewLinesOfLog() throws Exception {
        Topics topics = topics("row.");
        String name = topics.imageBatches().name();
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        records.add(new ProducerRecord<>(name, Poison.goodBatch(BATCH, 0)));
        for (int i = 0; i < 1_000; i++) {
            records.add(new ProducerRecord<>(name, ("poison " + i).getBytes(StandardCharsets.UTF_8)));
        }
        records.add(new ProducerRecord<>(name, Poison.goodBatch(BATCH, 1)));
        send(records);
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        Logger log = (Logger) LoggerFactory.getLogger(TrainerService.class.getPackageName());
        lines.start();
        log.addAppender(lines);
        try {
            assertThat(train(topics, "vae", 2 * BATCH).rejected()).isEqualTo(1_000);
        } finally {
            log.detachAppender(lines);
        }

        assertThat(letters(topics))
                .extracting(letter -> new String(letter.value(), StandardCharsets.UTF_8))
                .hasSize(1_000)
                .doesNotHaveDuplicates()
                .startsWith("poison 0")
                .endsWith("poison 999");
        assertThat(lines.list)
                .hasSizeLessThan(100)
                .extracting(ILoggingEvent::getFormattedMessage)
                .filteredOn(line -> line.startsWith("new dead letters: "))
                .first()
                .asString()
                .contains(", the first is row.images.batches-0@1: header_length: ");
    }

    /** Without headers, with headers of another producer, and with some that look like a letter's. */
    private static List<ProducerRecord<byte[], byte[]>> poison(Topics topics) {
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        Poison.values().forEach((fault, value) -> {
            byte[] key = fault.getBytes(StandardCharsets.UTF_8);
            ProducerRecord<byte[], byte[]> record =
                    new ProducerRecord<>(topics.imageBatches().name(), key, value);
            if (records.size() % 2 == 1) {
                record.headers()
                        .add("traceparent", new byte[] {0, -1})
                        .add("traceparent", null)
                        .add("dlq.offset", "elsewhere".getBytes(StandardCharsets.UTF_8));
            }
            records.add(record);
        });
        return records;
    }

    private static void assertLetter(
            ConsumerRecord<byte[], byte[]> letter, ProducerRecord<byte[], byte[]> poison, long offset) {
        String fault = new String(poison.key(), StandardCharsets.UTF_8);
        assertThat(letter.key()).as(fault).isEqualTo(poison.key());
        assertThat(letter.value()).as(fault).isEqualTo(poison.value());
        assertThat(header(letter, "dlq.topic")).as(fault).isEqualTo(poison.topic());
        assertThat(header(letter, "dlq.partition")).as(fault).isEqualTo("0");
        assertThat(header(letter, "dlq.offset")).as(fault).isEqualTo("" + offset);
        assertThat(header(letter, "dlq.error.class")).as(fault).endsWith(".MalformedMessageException");
        assertThat(header(letter, "dlq.error.message")).as(fault).contains(": ");
        assertThat(letter.headers().headers("traceparent"))
                .as(fault)
                .containsExactlyElementsOf(poison.headers().headers("traceparent"));
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
    }

    private static Topics topics(String prefix) {
        Topics topics = new Topics(prefix);
        try (Admin admin = Admin.create(kafka())) {
            TopicCreation.ensure(admin, List.of(topics.imageBatches()));
        }
        return topics;
    }

    private static TrainerStatus train(Topics topics, String model, long images) {
        return SmallModels.train(broker.bootstrapServers(), topics, "run", model, images);
    }

    private static List<ConsumerRecord<byte[], byte[]>> letters(Topics topics) {
        return CommittedTopic.read(
                broker.bootstrapServers(), topics.deadLetters().name());
    }

    private static Map<String, Object> kafka() {
        return Map.of("bootstrap.servers", broker.bootstrapServers());
    }

    /** By a producer that packs well enough for records that are much larger unpacked. */
    private static void send(List<ProducerRecord<byte[], byte[]>> records) throws Exception {
        Map<String, Object> properties = Map.of(
                "bootstrap.servers",
                broker.bootstrapServers(),
                "compression.type",
                "gzip",
                "max.request.size",
                64 << 20,
                "buffer.memory",
                128 << 20);
        try (Producer<byte[], byte[]> producer =
                new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (ProducerRecord<byte[], byte[]> record : records) {
                producer.send(record).get();
            }
        }
    }
}
