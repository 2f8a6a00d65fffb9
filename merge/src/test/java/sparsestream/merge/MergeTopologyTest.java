package sparsestream.merge;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import sparsestream.contract.Checkpoint;
import sparsestream.contract.CheckpointAssembler;
import sparsestream.contract.CheckpointCodec;
import sparsestream.contract.Contribution;
import sparsestream.contract.DeadLetter;
import sparsestream.contract.PublishedModel;
import sparsestream.contract.Round;
import sparsestream.contract.Share;
import sparsestream.contract.Topics;
import sparsestream.contract.TrainingEvent;
import sparsestream.published.HeldOut;
import sparsestream.trainer.learning.ModelSettings;
import sparsestream.trainer.learning.SavedSettings;

class MergeTopologyTest {
    private static final Topics TOPICS = new Topics("test.");
    private static final ModelSettings VAE = MergeFixtures.vae();
    private static final OuterStep OUTER = new OuterStep(0.9, 0.5);
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final int PARTITIONS = 3;

    private final List<Contribution> first = MergeFixtures.firstRound(VAE, PARTITIONS);
    private final CheckpointAssembler assembler = new CheckpointAssembler();
    private TopologyTestDriver driver;
    private TestInputTopic<byte[], byte[]> contributions;
    private TestOutputTopic<byte[], byte[]> checkpoints;
    private TestOutputTopic<byte[], byte[]> rounds;
    private TestOutputTopic<byte[], byte[]> events;
    private TestOutputTopic<byte[], byte[]> letters;

    @BeforeEach
    void start() {
        start(Optional.empty());
    }

    private void start(Optional<HeldOut> heldOut) {
        MergeConfig config = config(heldOut);
        Properties settings = new Properties();
        settings.putAll(config.streams());
        driver = new TopologyTestDriver(new MergeTopology(config, MergeMetrics.NOOP).get(), settings);
        contributions = driver.createInputTopic(
                TOPICS.modelContributions().name(), new ByteArraySerializer(), new ByteArraySerializer());
        checkpoints = output(TOPICS.modelCheckpoints().name());
        rounds = output(TOPICS.modelRounds().name());
        events = output(TOPICS.trainingEvents().name());
        letters = output(TOPICS.modelContributionLetters().name());
    }

    private TestOutputTopic<byte[], byte[]> output(String topic) {
        return driver.createOutputTopic(topic, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    private static MergeConfig config(Optional<HeldOut> heldOut) {
        return new MergeConfig(
                Map.of("bootstrap.servers", "nowhere:9092"),
                TOPICS,
                "run",
                List.of(VAE, MergeFixtures.gan()),
                OUTER,
                TIMEOUT,
                heldOut,
                1);
    }

    @AfterEach
    void close() {
        driver.close();
    }

    @Test
    void whenEveryPartitionHasContributedThereIsAModelOfWhichTheRoundIsTheRecord() throws Exception {
        send(2, 0);
        assertThat(checkpoints.isEmpty()).isTrue();
        send(1);

        Checkpoint checkpoint = checkpoint();
        PublishedModel published = PublishedModel.decode(checkpoint.contents());
        Round round = round();
        assertThat(checkpoint.key()).isEqualTo("run/vae");
        assertThat(checkpoint.version()).isEqualTo(1);
        assertThat(published.images()).isEqualTo(150);
        assertThat(published.step()).isEqualTo(15);
        assertThat(published.inputTo()).isEqualTo(5);
        assertThat(round)
                .isEqualTo(new Round(
                        "run/vae",
                        1,
                        SavedSettings.write(VAE.settings()),
                        PARTITIONS,
                        MergeFixtures.EVERY,
                        0.9,
                        0.5,
                        first.stream().map(Contribution::share).toList(),
                        150,
                        published.weightsSha256()));
        TrainingEvent event = event();
        assertThat(event.id()).isEqualTo("run/vae/checkpoint/1");
        assertThat(event.data().get("weightsSha256").asText()).isEqualTo(round.weightsSha256());
        assertThat(event.data().get("losses").get("nelbo").asDouble()).isPositive();
        assertThat(event.data().get("heldOutNelbo").isNull()).isTrue();
        assertSameAsInOneProcess(MergedModel.decode(checkpoint).orElseThrow(), 0, 1, 2);
    }

    /** The topology adds nothing to what the plain classes make of it. */
    private void assertSameAsInOneProcess(MergedModel merged, int... partitions) {
        try (var model = VAE.create(1)) {
            OpenRound open = new OpenRound(VAE.settings(), model, new RoundMerge(OUTER, model), Optional.empty());
            Arrays.stream(partitions).forEach(partition -> open.accept(first.get(partition)));
            MergeState state = open.close();
            assertThat(merged.position()).isEqualTo(state.position());
            state.parameters()
                    .forEach((name, values) ->
                            assertThat(merged.parameters().get(name)).isEqualTo(values));
        }
    }

    @Test
    void aRoundEndsWithoutThoseThatAreLateAndTheyAreInTheNextOne() throws Exception {
        send(1);
        driver.advanceWallClockTime(Duration.ofSeconds(6));
        send(0);
        driver.advanceWallClockTime(Duration.ofMillis(3_900));
        assertThat(checkpoints.isEmpty()).isTrue();
        driver.advanceWallClockTime(Duration.ofMillis(100));
        MergedModel early = MergedModel.decode(checkpoint()).orElseThrow();
        assertThat(early.position().numbers()).containsExactly(1L, 1L, 0L);
        assertSameAsInOneProcess(early, 0, 1);
        assertThat(round().shares()).hasSize(2);

        send(2);
        driver.advanceWallClockTime(TIMEOUT.minusMillis(100));
        assertThat(checkpoints.isEmpty()).isTrue();
        driver.advanceWallClockTime(Duration.ofMillis(100));
        assertThat(MergedModel.decode(checkpoint()).orElseThrow().position().numbers())
                .containsExactly(1L, 1L, 1L);
        Round second = round();
        assertThat(second.shares()).containsExactly(first.get(2).share());
        assertThat(second.images()).isEqualTo(150);
        driver.advanceWallClockTime(Duration.ofMinutes(10));
        assertThat(checkpoints.isEmpty()).isTrue();
    }

    @Test
    void aRepeatOfWhatIsGatheredOrMergedChangesNothing() throws Exception {
        send(0, 0, 1, 2);
        Round round = round();
        assertThat(round.shares()).hasSize(3);
        send(1);
        driver.advanceWallClockTime(TIMEOUT.multipliedBy(2));
        assertThat(rounds.isEmpty()).isTrue();
        assertThat(letters.isEmpty()).isTrue();
    }

    @Test
    void replicasGoOnFromTheModelToTheNextRound() throws Exception {
        List<Replica> replicas = new ArrayList<>();
        for (int partition = 0; partition < 2; partition++) {
            replicas.add(MergeFixtures.replica(VAE, partition, 2));
        }
        for (int number = 0; number < 3; number++) {
            long from = (long) number * MergeFixtures.EVERY;
            for (int partition = 0; partition < 2; partition++) {
                send(MergeFixtures.learn(replicas.get(partition), partition, from, from + MergeFixtures.EVERY));
            }
            MergedModel merged = MergedModel.decode(checkpoint()).orElseThrow();
            assertThat(merged.version()).isEqualTo(number + 1);
            assertThat(replicas).allMatch(replica -> replica.adopt(merged));
        }
        List<Round> record = new ArrayList<>();
        while (!rounds.isEmpty()) {
            record.add(round());
        }
        try (ReplayedRun again = new ReplayedRun(
                VAE,
                record,
                (partition, from, to, reader) -> {
                    for (long offset = from; offset < to; offset++) {
                        reader.accept(MergeFixtures.batch(partition, offset));
                    }
                },
                1)) {
            assertThat(record).hasSize(3).allSatisfy(round -> assertThat(again.next(round))
                    .isEqualTo(round.weightsSha256()));
        }
        replicas.forEach(Replica::close);
    }

    @Test
    void aVaeAndAGanAreMergedSideBySideAndOtherRunsAreLeftAlone() throws Exception {
        List<Contribution> gan = MergeFixtures.firstRound(MergeFixtures.gan(), 1);
        send("other/vae/0", first.get(0));
        send(0);
        send("run/gan/0", gan.get(0));
        Checkpoint checkpoint = checkpoint();
        assertThat(checkpoint.key()).isEqualTo("run/gan");
        assertThat(PublishedModel.decode(checkpoint.contents()).imageNetwork()).isEqualTo("generator");
        driver.advanceWallClockTime(TIMEOUT);
        assertThat(round().key()).isEqualTo("run/gan");
        assertThat(round().shares()).containsExactly(first.get(0).share());
        assertThat(letters.isEmpty()).isTrue();
    }

    @Test
    void whatCanNeverBeMergedBecomesADeadLetterAndTheRoundGoesOn() throws Exception {
        send(0);
        refuse("run/vae/1", first.get(2), "not those of its contents");
        refuse("run/vae/1", with(first.get(1), 4, SavedSettings.write(VAE.settings())), "of 4 partitions");
        refuse("run/vae/1", with(first.get(1), PARTITIONS, "28×28"), "learned with settings that can't be read");
        refuse("run/gan/0", first.get(0), "learned with other settings");
        Share late = new Share(1, 5, 4, 20, 25, 5, 50);
        refuse(
                "run/vae/1",
                new Contribution(
                        late,
                        PARTITIONS,
                        MergeFixtures.EVERY,
                        SavedSettings.write(VAE.settings()),
                        0,
                        Map.of(),
                        first.get(1).changes(),
                        first.get(1).kept()),
                "number 5 of partition 1");
        refuse("run/vae/0", with(first.get(0), 2, first.get(0).settings()), "comes before number 1 is merged");
        send(1, 2);
        assertThat(round().shares()).hasSize(3);
    }

    private void refuse(String key, Contribution contribution, String reason) throws Exception {
        send(key, contribution);
        requireLetter(reason);
    }

    @Test
    void recordsThatAreNoPartsOfContributionsBecomeDeadLetters() throws Exception {
        List<ProducerRecord<byte[], byte[]>> right = records("run/vae/1", first.get(1));
        byte[] cut = Arrays.copyOf(right.get(0).value(), 100);
        send(0);
        contributions.pipeInput(
                new TestRecord<>(right.get(0).key(), cut, right.get(0).headers()));
        contributions.pipeInput(new TestRecord<>(
                right.get(1).key(), right.get(1).value(), right.get(1).headers()));
        requireLetter("run/vae/1.bytes");
        contributions.pipeInput("run/vae/1".getBytes(UTF_8), "no manifest".getBytes(UTF_8));
        requireLetter("no part of a contribution");
        contributions.pipeInput("run/vae/one".getBytes(UTF_8), new byte[1]);
        requireLetter("no part of a contribution");
        contributions.pipeInput("run/vae/1/part-0000".getBytes(UTF_8), new byte[1]);
        requireLetter("no part of a contribution");
        Headers version = right.get(0).headers();
        contributions.pipeInput(new TestRecord<>("run/vae/1/part-0077".getBytes(UTF_8), new byte[1], version));
        requireLetter("a part more than a contribution has");
        contributions.pipeInput(new TestRecord<>(null, new byte[1], version));
        send(1, 2);
        assertThat(round().shares()).hasSize(3);
        assertThat(letters.isEmpty()).isTrue();
    }

    private void requireLetter(String reason) throws Exception {
        TestRecord<byte[], byte[]> letter = letters.readRecord();
        var record = new ConsumerRecord<>("t", 0, 0, letter.key(), letter.value());
        letter.headers().forEach(record.headers()::add);
        DeadLetter read = DeadLetter.read(record);
        assertThat(read.errorMessage()).contains(reason);
        assertThat(read.topic()).isEqualTo("test.model.contributions");
        assertThat(letters.isEmpty()).isTrue();
    }

    /** A task that starts again has what its store has. */
    @Test
    void theStoreHasAllThatAnOpenRoundNeeds() throws Exception {
        send(0, 1, 2);
        checkpoint();
        round();
        try (Replica replica = MergeFixtures.replica(VAE, 0, PARTITIONS)) {
            MergeFixtures.learn(replica, 0, 0, MergeFixtures.EVERY);
            send(new Contribution(
                    new Share(0, 2, 1, 5, 10, 5, 50),
                    PARTITIONS,
                    MergeFixtures.EVERY,
                    SavedSettings.write(VAE.settings()),
                    0,
                    Map.of(),
                    first.get(1).changes(),
                    first.get(1).kept()));
        }
        Map<String, byte[]> stored = new java.util.TreeMap<>();
        KeyValueStore<String, byte[]> store = driver.getKeyValueStore(MergeTopology.STORE);
        store.all().forEachRemaining(entry -> stored.put(entry.key, entry.value));
        assertThat(stored)
                .containsOnlyKeys("run/vae/0", "run/vae/0/part-0000", "run/vae/merged", "run/vae/merged/part-0000");
        driver.advanceWallClockTime(TIMEOUT);
        Round undisturbed = round();
        checkpoint();

        driver.close();
        start();
        KeyValueStore<String, byte[]> restored = driver.getKeyValueStore(MergeTopology.STORE);
        stored.forEach(restored::put);
        // The test driver restores nothing by itself: a task is what its store has when it is initialised.
        ModelMerge merge = MergeProcessor.restored(config(Optional.empty()), VAE, new CheckpointStore(restored));
        assertThat(merge.round().gathered()).hasSize(1);
        assertThat(merge.close().round()).isEqualTo(undisturbed);
        merge.free();
    }

    @Test
    void aStoreOfOtherSettingsIsRefused() throws Exception {
        send(0);
        ModelSettings other = new ModelSettings(VAE.config(), VAE.height(), VAE.width(), 8);
        CheckpointStore store = new CheckpointStore(driver.getKeyValueStore(MergeTopology.STORE));
        assertThatThrownBy(() -> MergeProcessor.restored(config(Optional.empty()), other, store))
                .isInstanceOf(MergeException.class)
                .hasMessageContaining("run/vae")
                .hasMessageContaining("other settings");
        send(1, 2);
        assertThatThrownBy(() -> MergeProcessor.restored(config(Optional.empty()), other, store))
                .isInstanceOf(MergeException.class)
                .hasMessageContaining("other settings");
    }

    @Test
    void aMergedModelIsEvaluatedOnWhatIsHeldOut() throws Exception {
        driver.close();
        byte[] images = new byte[20 * MergeFixtures.SIDE * MergeFixtures.SIDE];
        start(Optional.of(new HeldOut(20, MergeFixtures.SIDE, MergeFixtures.SIDE, images)));
        send(0, 1, 2);
        TrainingEvent event = event();
        assertThat(event.data().get("heldOutNelbo").asDouble()).isPositive();
        assertThat(event.data().get("evaluatedStep").asLong()).isEqualTo(15);
    }

    @Test
    void everyWrongSettingNamesItsOption() {
        MergeConfig right = config(Optional.empty());
        assertThatThrownBy(() -> new MergeConfig(
                        right.kafka(), TOPICS, "a/b", right.models(), OUTER, TIMEOUT, Optional.empty(), 1))
                .hasMessageContaining("--run-id");
        assertThatThrownBy(() -> new MergeConfig(
                        right.kafka(), TOPICS, "a", right.models(), OUTER, Duration.ZERO, Optional.empty(), 1))
                .hasMessageContaining("--round-timeout");
        assertThatThrownBy(() -> new MergeConfig(
                        right.kafka(), TOPICS, "a", right.models(), OUTER, TIMEOUT, Optional.empty(), 0))
                .hasMessageContaining("--evaluate-every");
        assertThatThrownBy(() ->
                        new MergeConfig(Map.of(), TOPICS, "a", right.models(), OUTER, TIMEOUT, Optional.empty(), 1))
                .hasMessageContaining("--bootstrap-servers");
        HeldOut other = new HeldOut(1, 5, 5, new byte[25]);
        assertThatThrownBy(() -> config(Optional.of(other))).hasMessageContaining("5×5");
    }

    private void send(int... partitions) {
        for (int partition : partitions) {
            send(first.get(partition));
        }
    }

    private void send(Contribution contribution) {
        send("run/vae/" + contribution.share().partition(), contribution);
    }

    private void send(String key, Contribution contribution) {
        for (ProducerRecord<byte[], byte[]> record : records(key, contribution)) {
            contributions.pipeInput(new TestRecord<>(record.key(), record.value(), record.headers()));
        }
    }

    private static List<ProducerRecord<byte[], byte[]>> records(String key, Contribution contribution) {
        Checkpoint checkpoint = new Checkpoint(key, contribution.share().number(), contribution.encode());
        return CheckpointCodec.encode(TOPICS.modelContributions(), checkpoint);
    }

    private static Contribution with(Contribution other, int partitions, String settings) {
        Share share = other.share();
        // Where the partition has one already, the next.
        long number = partitions == 2 ? 2 : share.number();
        return new Contribution(
                new Share(
                        share.partition(),
                        number,
                        share.base(),
                        share.from(),
                        share.to(),
                        share.batches(),
                        share.images()),
                partitions,
                other.every(),
                settings,
                0,
                Map.of(),
                other.changes(),
                other.kept());
    }

    private Checkpoint checkpoint() throws Exception {
        Optional<Checkpoint> checkpoint = Optional.empty();
        while (checkpoint.isEmpty()) {
            checkpoint = assembler.accept(consumed(checkpoints.readRecord()));
        }
        return checkpoint.get();
    }

    private Round round() throws Exception {
        return Round.fromRecord(consumed(rounds.readRecord()));
    }

    private TrainingEvent event() throws Exception {
        return TrainingEvent.fromRecord(consumed(events.readRecord()));
    }

    private static ConsumerRecord<byte[], byte[]> consumed(TestRecord<byte[], byte[]> record) {
        var consumed = new ConsumerRecord<>("t", 0, 0, record.key(), record.value());
        record.headers().forEach(consumed.headers()::add);
        return consumed;
    }
}
