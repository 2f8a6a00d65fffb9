package sparsestream.producer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.OutOfOrderSequenceException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import sparsestream.contract.ImageBatch;
import sparsestream.kafka.Outage;
import sparsestream.kafka.Patience;

@Timeout(30)
class BatchStreamTest {
    private static final Dataset DATASET = BatchScheduleTest.numbered(50);
    private static final TopicPartition PARTITION = new TopicPartition("t", 0);

    private final List<Integer> arrivals = new ArrayList<>();
    private final Patience patience = new Patience("producer", new Outage(Map.of("bootstrap.servers", "unused:1")));
    private MockProducer<String, byte[]> producer = client(true);

    @AfterEach
    void close() {
        patience.stop();
        producer.close();
    }

    @Test
    void aLimitedStreamEndsWithAShorterBatch() throws Exception {
        stream(config(30, 100, 0)).run(Turns.from(0, 30, 1));

        assertThat(arrivals).containsExactly(30, 30, 30, 10);
        assertThat(producer.history()).hasSize(4).allSatisfy(record -> {
            assertThat(record.topic()).isEqualTo("t");
            assertThat(record.key()).isEqualTo("numbered");
        });
        assertThat(origins())
                .containsExactly(
                        new BatchOrigin("numbered", 9, 0, 30),
                        new BatchOrigin("numbered", 9, 30, 30),
                        new BatchOrigin("numbered", 9, 60, 30),
                        new BatchOrigin("numbered", 9, 90, 10));
    }

    @Test
    void aContinuedStreamHasTheImagesOfAnUnbrokenOne() throws Exception {
        stream(config(30, 100, 0)).run(Turns.from(0, 30, 1));
        stream(config(30, 200, 0)).run(Turns.from(100, 30, 1));

        assertThat(labels())
                .isEqualTo(new BatchSchedule(DATASET, 9).batch(0, 200).labels().orElseThrow());
    }

    @Test
    void aStreamThatHasReachedItsEndSendsNothing() throws Exception {
        stream(config(30, 100, 0)).run(Turns.from(100, 30, 1));

        assertThat(producer.history()).isEmpty();
    }

    @Test
    void whatTheClientCannotTakeNowIsSentAgainInOrder() throws Exception {
        producer = new Reluctant(3, new TimeoutException("buffer full"));

        stream(config(30, 100, 0)).run(Turns.from(0, 30, 1));

        assertThat(arrivals).containsExactly(30, 30, 30, 10);
        assertThat(origins()).extracting(BatchOrigin::position).containsExactly(0L, 30L, 60L, 90L);
    }

    @Test
    void whatTheClusterRefusesEndsTheStream() {
        producer = new Reluctant(1, new TopicAuthorizationException(Set.of("t")));

        assertThatThrownBy(() -> stream(config(30, 100, 0)).run(Turns.from(0, 30, 1)))
                .isInstanceOf(TopicAuthorizationException.class);
        assertThat(producer.history()).isEmpty();
    }

    @Test
    void aBatchRefusedLaterEndsTheStreamToo() {
        producer = client(false);
        CompletableFuture<Void> running = inBackground(stream(config(30, 60, 0)));
        await().until(() -> producer.history().size() == 2);

        producer.completeNext();
        producer.errorNext(new RecordTooLargeException("too large"));

        assertThatThrownBy(running::join).hasRootCauseInstanceOf(RecordTooLargeException.class);
        assertThat(arrivals).containsExactly(30);
    }

    @Test
    void aBatchThatTheClientGivesUpIsAHoleInTheStreamWhateverTheReason() {
        producer = client(false);
        CompletableFuture<Void> running = inBackground(stream(config(30, 60, 0)));
        await().until(() -> producer.history().size() == 2);

        producer.errorNext(new OutOfOrderSequenceException("lost"));
        producer.completeNext();

        assertThatThrownBy(running::join).hasRootCauseInstanceOf(OutOfOrderSequenceException.class);
    }

    @Test
    void aStopEndsAnEndlessStreamAtOnceWhateverItWaitsFor() {
        CompletableFuture<Void> slow = inBackground(stream(config(30, -1, 0.001)));
        await().until(() -> producer.history().size() == 1);

        patience.stop();

        await().atMost(Duration.ofSeconds(1)).until(slow::isDone);
    }

    @Test
    void theRateHoldsBackTheStream() throws Exception {
        long start = System.nanoTime();
        stream(config(10, 60, 100)).run(Turns.from(0, 10, 1));

        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(500_000_000L);
    }

    @Test
    void theStreamWaitsForItsSlowestConsumer() {
        AtomicLong committed = new AtomicLong();
        Supplier<LeadLimit.Offsets> offsets = () -> new LeadLimit.Offsets(
                Map.of(PARTITION, 0L),
                Map.of(PARTITION, (long) producer.history().size()),
                List.of(Map.of(PARTITION, committed.get())));
        AtomicInteger asked = new AtomicInteger();
        CompletableFuture<Void> running = inBackground(stream(limited(100), () -> {
            asked.incrementAndGet();
            return offsets.get();
        }));

        await().until(() -> asked.get() >= 4);
        assertThat(producer.history()).hasSize(3);

        committed.set(2);
        await().until(() -> producer.history().size() == 5);
        patience.stop();
        running.join();
    }

    @Test
    void consumersThatCannotBeSeenNowAreLookedForAgain() {
        AtomicInteger asked = new AtomicInteger();
        CompletableFuture<Void> running = inBackground(stream(limited(100), () -> {
            if (asked.incrementAndGet() < 3) {
                throw new TimeoutException("no broker");
            }
            return new LeadLimit.Offsets(Map.of(), Map.of(), List.of());
        }));

        await().until(() -> producer.history().size() >= 3);
        patience.stop();
        running.join();
    }

    @Test
    void batchesGoToThePartitionsInTurns() throws Exception {
        stream(config(10, 60, 0)).run(Turns.from(0, 10, 4));

        assertThat(producer.history()).extracting(ProducerRecord::partition).containsExactly(0, 1, 2, 3, 0, 1);
    }

    @Test
    void whatAPartitionLacksIsSentAndWhatTheOthersHaveIsNot() throws Exception {
        stream(config(10, 60, 0)).run(new Turns(10, List.of(40L, 10L)));

        assertThat(origins()).extracting(BatchOrigin::position).containsExactly(10L, 30L, 40L, 50L);
        assertThat(producer.history()).extracting(ProducerRecord::partition).containsExactly(1, 1, 0, 1);
    }

    /** A client that at first does not take what it is given. */
    private static final class Reluctant extends MockProducer<String, byte[]> {
        private final RuntimeException refusal;
        private int refusals;

        Reluctant(int refusals, RuntimeException refusal) {
            super(true, null, new StringSerializer(), new ByteArraySerializer());
            this.refusals = refusals;
            this.refusal = refusal;
        }

        @Override
        public synchronized Future<RecordMetadata> send(ProducerRecord<String, byte[]> record, Callback callback) {
            if (refusals-- > 0) {
                callback.onCompletion(null, refusal);
                return CompletableFuture.failedFuture(refusal);
            }
            return super.send(record, callback);
        }
    }

    private static MockProducer<String, byte[]> client(boolean autoComplete) {
        return new MockProducer<>(autoComplete, null, new StringSerializer(), new ByteArraySerializer());
    }

    private static ProducerConfig config(int batchSize, long images, double rate) {
        return new ProducerConfig(
                Map.of("bootstrap.servers", "unused:1"),
                "",
                batchSize,
                images < 0 ? OptionalLong.empty() : OptionalLong.of(images),
                OptionalDouble.of(rate),
                9,
                false,
                Optional.empty());
    }

    /** An endless stream of batches of 30 that may lead by so many images. */
    private static ProducerConfig limited(long images) {
        return new ProducerConfig(
                Map.of("bootstrap.servers", "unused:1"),
                "",
                30,
                OptionalLong.empty(),
                OptionalDouble.empty(),
                9,
                false,
                Optional.of(new LeadLimit(images, Set.of("vae"))));
    }

    private BatchStream stream(ProducerConfig config) {
        return stream(config, () -> {
            throw new AssertionError("nobody limits the lead");
        });
    }

    private BatchStream stream(ProducerConfig config, Supplier<LeadLimit.Offsets> offsets) {
        return new BatchStream(
                config, new BatchSchedule(DATASET, config.seed()), "t", producer, offsets, arrivals::add, patience);
    }

    private static CompletableFuture<Void> inBackground(BatchStream stream) {
        return CompletableFuture.runAsync(() -> {
            try {
                stream.run(Turns.from(0, 30, 1));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private List<BatchOrigin> origins() {
        return producer.history().stream()
                .map(record -> BatchOrigin.of(record.headers()).orElseThrow())
                .toList();
    }

    private byte[] labels() throws Exception {
        List<Byte> labels = new ArrayList<>();
        for (ProducerRecord<String, byte[]> record : producer.history()) {
            for (byte label : ImageBatch.decode(record.value()).labels().orElseThrow()) {
                labels.add(label);
            }
        }
        byte[] all = new byte[labels.size()];
        for (int i = 0; i < all.length; i++) {
            all[i] = labels.get(i);
        }
        return all;
    }
}
