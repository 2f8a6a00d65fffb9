package sparsestream.trainer.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.TransactionalIdAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import sparsestream.contract.Checkpoint;
import sparsestream.contract.Topics;
import sparsestream.model.StreamModel;
import sparsestream.monitoring.Health;
import sparsestream.monitoring.Metrics;
import sparsestream.trainer.StateHistory;
import sparsestream.trainer.TrainerException;
import sparsestream.trainer.learning.Fixtures;
import sparsestream.trainer.learning.Learner;
import sparsestream.trainer.learning.Role;
import sparsestream.trainer.learning.TrainerConfig;

/** The driver with Kafka's own mocks of its clients, and a clock that goes on when told to. */
class TrainerSessionTest {
    private static final String BATCHES = "images.batches";
    private static final TopicPartition FIRST = new TopicPartition(BATCHES, 0);
    private static final TopicPartition SECOND = new TopicPartition(BATCHES, 1);
    private static final Duration INTERVAL = Duration.ofSeconds(5);

    private final TrainerConfig config = new TrainerConfig(
            Map.of(), new Topics(""), "run", Fixtures.vae(), 1, INTERVAL, OptionalLong.empty(), Optional.empty());
    private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("none");
    private final List<MockProducer<byte[], byte[]>> producers = new ArrayList<>();
    private final Metrics metrics = new Metrics();
    private final Health health = new Health();
    private final Progress progress =
            new Progress(config, new MicrometerTrainerMetrics(new SimpleMeterRegistry(), "vae"));
    private long nanos;
    private boolean hasTopic = true;
    private TrainerSession session;

    @BeforeEach
    void begin() {
        consumer.updatePartitions(
                BATCHES,
                List.of(
                        new PartitionInfo(BATCHES, 0, null, null, null),
                        new PartitionInfo(BATCHES, 1, null, null, null)));
        consumer.updateBeginningOffsets(Map.of(FIRST, 0L, SECOND, 0L));
        consumer.updateEndOffsets(Map.of(FIRST, 100L, SECOND, 100L));
        session = session();
        session.start(INTERVAL);
    }

    @AfterEach
    void end() {
        session.close();
        metrics.close();
    }

    private TrainerSession session() {
        return session(Cooperation.NONE);
    }

    private TrainerSession session(Cooperation cooperation) {
        Takeover takeover = new Takeover(config, this::producer, new CommittedPast(), metrics);
        return new TrainerSession(
                config, consumer, takeover, cooperation, () -> hasTopic, progress, health, () -> nanos);
    }

    private Producer<byte[], byte[]> producer(TopicPartition partition) {
        MockProducer<byte[], byte[]> producer =
                new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer());
        producers.add(producer);
        return producer;
    }

    /** What the producers of this test have committed. */
    private final class CommittedPast implements Past {
        private StateHistory history(int partition) {
            StateHistory history = new StateHistory(config.stateKey(partition));
            producers.stream()
                    .flatMap(producer -> producer.history().stream())
                    .filter(record -> record.topic().equals("trainer.state"))
                    .map(TrainerSessionTest::read)
                    .forEach(history::accept);
            return history;
        }

        @Override
        public Optional<Checkpoint> state(int partition) {
            return history(partition).newest();
        }

        @Override
        public long lastVersion(int partition) {
            return history(partition).lastVersion();
        }

        @Override
        public long committedOffset(TopicPartition partition) {
            return producers.stream()
                    .flatMap(producer -> producer.consumerGroupOffsetsHistory().stream())
                    .flatMap(groups -> groups.values().stream())
                    .filter(offsets -> offsets.containsKey(partition))
                    .mapToLong(offsets -> offsets.get(partition).offset())
                    .max()
                    .orElse(0);
        }
    }

    private static ConsumerRecord<byte[], byte[]> read(ProducerRecord<byte[], byte[]> sent) {
        var record = new ConsumerRecord<>(sent.topic(), 0, 0, sent.key(), sent.value());
        sent.headers().forEach(record.headers()::add);
        return record;
    }

    private void arrive(TopicPartition partition, long from, long to) {
        for (long offset = from; offset < to; offset++) {
            consumer.addRecord(new ConsumerRecord<>(
                    BATCHES,
                    partition.partition(),
                    offset,
                    null,
                    Fixtures.batch(offset).value()));
        }
    }

    private List<String> committedTopics(int producer) {
        return producers.get(producer).history().stream()
                .map(ProducerRecord::topic)
                .distinct()
                .toList();
    }

    private void pass(Duration time) {
        nanos += time.toNanos();
    }

    /** SHA-256 of the weights after the first batches. */
    private static String weightsAfter(long batches) {
        try (Learner learner = Fixtures.start(Fixtures.vae())) {
            for (long offset = 0; offset < batches; offset++) {
                learner.accept(Fixtures.batch(offset));
            }
            return Fixtures.weights(learner);
        }
    }

    @Test
    void whatIsAssignedIsLearnedAndPublishedAtTheInterval() {
        consumer.rebalance(List.of(FIRST));
        assertThat(health.readiness().checks().get("trainer-vae").reason()).isEqualTo("partitions [images.batches-0]");
        assertThat(consumer.position(FIRST)).isZero();
        arrive(FIRST, 0, 3);
        session.poll();
        assertThat(progress.status().step()).isEqualTo(3);
        assertThat(producers.get(0).history()).isEmpty();
        assertThat(session.isWell()).isFalse();

        pass(INTERVAL);
        session.poll();
        assertThat(committedTopics(0)).containsExactly("trainer.state", "model.checkpoints", "training.events");
        assertThat(new CommittedPast().committedOffset(FIRST)).isEqualTo(3);
        assertThat(progress.status().weightsSha256()).isEqualTo(weightsAfter(3));
        assertThat(session.isWell()).isTrue();
    }

    @Test
    void theIntervalBeginsAgainWithEachCheckpointAndWhileThereIsNothingToPublish() {
        consumer.rebalance(List.of(FIRST));
        pass(INTERVAL);
        session.poll();
        arrive(FIRST, 0, 1);
        session.poll();
        pass(INTERVAL.minusMillis(1));
        session.poll();
        assertThat(producers.get(0).commitCount()).isZero();
        pass(Duration.ofMillis(1));
        session.poll();
        session.poll();
        assertThat(producers.get(0).commitCount()).isEqualTo(1);
    }

    @Test
    void aRevokedPartitionIsPublishedAndResumesElsewhereWithTheSameWeights() {
        consumer.rebalance(List.of(FIRST, SECOND));
        arrive(FIRST, 0, 2);
        session.poll();
        consumer.rebalance(List.of(SECOND));
        assertThat(producers.get(0).commitCount()).isEqualTo(1);
        assertThat(producers.get(0).closed()).isTrue();
        assertThat(producers.get(1).closed()).isFalse();

        consumer.rebalance(List.of(FIRST, SECOND));
        assertThat(producers.get(2).transactionInitialized()).isTrue();
        assertThat(consumer.position(FIRST)).isEqualTo(2);
        arrive(FIRST, 2, 5);
        session.poll();
        session.publishAll();
        assertThat(new CommittedPast().state(0).orElseThrow().version()).isEqualTo(2);
        session.onPartitionsRevoked(List.of(SECOND));
        assertThat(progress.status().weightsSha256()).isEqualTo(weightsAfter(5));
    }

    @Test
    void aLostPartitionIsForgottenAndPublishesNothing() {
        consumer.rebalance(List.of(FIRST));
        arrive(FIRST, 0, 2);
        session.poll();
        assertThat(progress.status().step()).isEqualTo(2);
        session.onPartitionsLost(List.of(FIRST));
        assertThat(progress.status().step()).isZero();
        assertThat(producers.get(0).commitCount()).isZero();
        assertThat(producers.get(0).closed()).isTrue();
        session.onPartitionsLost(List.of(FIRST));
        session.publishAll();
        assertThat(producers).hasSize(1);
    }

    @Test
    void afterACommitThatFailsTheNextSessionLearnsTheSameAgain() {
        consumer.rebalance(List.of(FIRST));
        arrive(FIRST, 0, 3);
        session.poll();
        producers.get(0).commitTransactionException = new TimeoutException("no answer");
        pass(INTERVAL);
        assertThatThrownBy(session::poll).isInstanceOf(TimeoutException.class);
        assertThat(session.isWell()).isFalse();
        session.close();
        assertThat(producers.get(0).closed()).isTrue();

        consumer.rebalance(List.of());
        session = session();
        session.start(INTERVAL);
        consumer.rebalance(List.of(FIRST));
        assertThat(consumer.position(FIRST)).isZero();
        arrive(FIRST, 0, 3);
        session.poll();
        session.publishAll();
        assertThat(progress.status().weightsSha256()).isEqualTo(weightsAfter(3));
        assertThat(new CommittedPast().committedOffset(FIRST)).isEqualTo(3);
    }

    @Test
    void whoeverIsFencedPublishesNothingMore() {
        consumer.rebalance(List.of(FIRST));
        arrive(FIRST, 0, 1);
        session.poll();
        producers.get(0).fenceProducer();
        pass(INTERVAL);
        assertThatThrownBy(session::poll).isInstanceOf(ProducerFencedException.class);
        assertThat(producers.get(0).history()).isEmpty();
    }

    @Test
    void aTransactionalIdThatMayNotBeUsedIsNamed() {
        Takeover takeover = new Takeover(
                config,
                partition -> {
                    MockProducer<byte[], byte[]> refused =
                            new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer());
                    refused.initTransactionException = new TransactionalIdAuthorizationException("no");
                    producers.add(refused);
                    return refused;
                },
                new CommittedPast(),
                metrics);
        assertThatThrownBy(() -> takeover.resume(FIRST, Cooperation.NONE.role(0, 1), 0))
                .isInstanceOf(TrainerException.class)
                .hasMessageContaining("transactional id sparsestream-run-vae-0 may not be used");
        assertThat(producers.get(0).closed()).isTrue();
    }

    @Test
    void aPollThatThrowsEndsTheSessionWithWhatItFailedOf() {
        consumer.rebalance(List.of(FIRST));
        KafkaException itself = new TopicAuthorizationException("no right to read");
        consumer.setPollException(itself);
        assertThatThrownBy(session::poll).isSameAs(itself);
        TrainerException listener = new TrainerException("the state is damaged");
        consumer.setPollException(new KafkaException("User rebalance callback throws an error", listener));
        assertThatThrownBy(session::poll).isSameAs(listener);
    }

    @Test
    void recordsThatWereDeletedEndTheRunUnlessItMayDoWithout() {
        consumer.rebalance(List.of(FIRST));
        consumer.updateBeginningOffsets(Map.of(FIRST, 7L));
        consumer.setPollException(new OffsetOutOfRangeException(Map.of(FIRST, 0L)));
        assertThatThrownBy(session::poll)
                .isInstanceOf(TrainerException.class)
                .hasMessageContaining("7 records of images.batches-0")
                .hasMessageContaining("--on-data-loss continue");
    }

    /** Learns two batches at a time, gives a record and waits until it is told to go on. */
    private static final class TwoAtATime implements Role, Cooperation {
        private int learned;
        private boolean goOn;

        @Override
        public Role role(int partition, int partitions) {
            return this;
        }

        @Override
        public boolean takesRecords() {
            return learned < 2;
        }

        @Override
        public void learned(int images, Map<String, Double> losses, long timestampMs) {
            learned++;
        }

        @Override
        public boolean isDue(Duration idle) {
            return learned == 2 || (learned == 1 && idle.compareTo(Duration.ofSeconds(1)) >= 0);
        }

        @Override
        public List<ProducerRecord<byte[], byte[]>> give(StreamModel model, long nextOffset) {
            learned = 3;
            return List.of(new ProducerRecord<>("gifts", new byte[] {(byte) nextOffset}));
        }

        @Override
        public boolean hear(Set<Integer> partitions) {
            return goOn;
        }

        @Override
        public boolean takeOver(StreamModel model, long nextOffset) {
            learned = goOn ? 0 : learned;
            return goOn;
        }
    }

    @Test
    void whatARoleDoesNotTakeIsReadAgainOnceItDoes() {
        session.close();
        TwoAtATime others = new TwoAtATime();
        session = session(others);
        session.start(INTERVAL);
        consumer.rebalance(List.of(FIRST));
        arrive(FIRST, 0, 5);
        session.poll();
        assertThat(committedTopics(0)).contains("gifts");
        assertThat(new CommittedPast().committedOffset(FIRST)).isEqualTo(2);
        assertThat(consumer.paused()).containsExactly(FIRST);
        assertThat(consumer.position(FIRST)).isEqualTo(2);
        session.poll();
        assertThat(progress.status().step()).isEqualTo(2);

        others.goOn = true;
        session.poll();
        others.goOn = false;
        assertThat(consumer.paused()).isEmpty();
        consumer.updateEndOffsets(Map.of(FIRST, 3L));
        arrive(FIRST, 2, 3);
        session.poll();
        assertThat(new CommittedPast().committedOffset(FIRST)).isEqualTo(2);
        pass(Duration.ofSeconds(1));
        session.poll();
        assertThat(new CommittedPast().committedOffset(FIRST)).isEqualTo(3);
        assertThat(progress.status().weightsSha256()).isEqualTo(weightsAfter(3));
    }

    @Test
    void whoeverHasNothingLooksForTheTopicNowAndThen() {
        hasTopic = false;
        session.poll();
        pass(TrainerClients.METADATA_MAX_AGE);
        assertThatThrownBy(session::poll)
                .isInstanceOf(UnknownTopicOrPartitionException.class)
                .hasMessage("there is no topic images.batches");
        hasTopic = true;
        session.poll();
        hasTopic = false;
        pass(TrainerClients.METADATA_MAX_AGE.minus(Duration.ofNanos(TimeUnit.MILLISECONDS.toNanos(1))));
        session.poll();
    }

    @Test
    void aRunThatBeginsAnewGivesEveryPartitionANewModelAndAHigherVersion() {
        consumer.rebalance(List.of(FIRST));
        arrive(FIRST, 0, 2);
        session.poll();
        session.publishAll();
        consumer.rebalance(List.of());
        session.startAnew(List.of(FIRST, SECOND));
        assertThat(new CommittedPast().state(0).orElseThrow().version()).isEqualTo(2);
        assertThat(new CommittedPast().state(0).orElseThrow().contents().metadata())
                .containsEntry("step", "0")
                .containsEntry("next_offset", "0");
        assertThat(new CommittedPast().state(1).orElseThrow().version()).isEqualTo(1);
        assertThat(producers).hasSize(3).allMatch(MockProducer::closed);
    }
}
