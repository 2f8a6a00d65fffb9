package sparsestream.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import sparsestream.contract.Checkpoint;
import sparsestream.contract.CheckpointAssembler;
import sparsestream.contract.Contribution;
import sparsestream.contract.MalformedMessageException;
import sparsestream.contract.MergePosition;
import sparsestream.contract.PublishedModel;
import sparsestream.contract.Safetensors;
import sparsestream.contract.Share;
import sparsestream.contract.Tensor;
import sparsestream.model.StreamModel;
import sparsestream.trainer.TrainerException;
import sparsestream.trainer.learning.Learner;
import sparsestream.trainer.learning.LearnerCodec;
import sparsestream.trainer.learning.ModelSettings;
import sparsestream.trainer.learning.Role;
import sparsestream.trainer.learning.SavedSettings;
import sparsestream.trainer.watch.Watch;
import sparsestream.trainer.watch.WatchConfig;

class ReplicaTest {
    private static final int EVERY = 3;

    private Optional<MergedModel> newest = Optional.empty();

    static Stream<ModelSettings> models() {
        return Stream.of(MergeFixtures.vae(), MergeFixtures.gan());
    }

    @ParameterizedTest
    @MethodSource("models")
    void replicasStartFromTheSameWeightsWithNoiseOfTheirOwn(ModelSettings settings) {
        try (Replica first = Replica.begin(settings, EVERY, 0, 2, 0, 1);
                Replica second = Replica.begin(settings, EVERY, 1, 2, 0, 1);
                var model = settings.create(1)) {
            assertThat(LearnerCodec.weightsSha256(first.model().state()))
                    .isEqualTo(LearnerCodec.weightsSha256(second.model().state()))
                    .isEqualTo(LearnerCodec.weightsSha256(model.state()));
            assertThat(first.learn(MergeFixtures.batch(1, 0))).isTrue();
            assertThat(second.learn(MergeFixtures.batch(1, 0))).isTrue();
            assertThat(LearnerCodec.weightsSha256(first.model().state()))
                    .isNotEqualTo(LearnerCodec.weightsSha256(second.model().state()));
        }
    }

    @Test
    void onceItHasContributedItLearnsNothingUntilThatIsMerged() {
        try (Replica replica = Replica.begin(MergeFixtures.vae(), EVERY, 1, 2, 0, 1)) {
            Contribution contribution = firstContribution(replica);
            assertThat(contribution.share()).isEqualTo(new Share(1, 1, 0, 0, 4, 3, 30));
            assertThatThrownBy(() -> replica.learn(MergeFixtures.batch(1, 4)))
                    .isInstanceOf(IllegalStateException.class);
            assertThat(replica.adopt(merged(1, replica, 0, 0))).isFalse();
            assertThat(replica.adopt(merged(2, replica, 0, 1))).isTrue();
            assertThat(replica.learn(MergeFixtures.batch(1, 4))).isTrue();
            assertThat(replica.adopt(merged(3, replica, 0, 1))).isFalse();
            assertThat(replica.contribute(6).share()).isEqualTo(new Share(1, 2, 2, 4, 6, 1, 10));
        }
    }

    @Test
    void aReplicaThatHasLearnedNothingYetStartsFromANewerModel() {
        try (Replica replica = Replica.begin(MergeFixtures.vae(), EVERY, 1, 2, 0, 1)) {
            assertThat(replica.adopt(merged(5, replica, 0, 0))).isTrue();
            assertThat(replica.adopt(merged(5, replica, 0, 0))).isFalse();
            replica.learn(MergeFixtures.batch(1, 0));
            assertThat(replica.adopt(merged(6, replica, 0, 0))).isFalse();
            assertThat(replica.contribute(1).share()).isEqualTo(new Share(1, 1, 5, 0, 1, 1, 10));
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void aPublishedMergedModelHasAllThatReplicasShare(ModelSettings settings) throws Exception {
        try (Learner learner = new Learner(settings, settings.create(1), noWatch(), 0, 0, 0);
                Replica replica = Replica.begin(settings, EVERY, 0, 1, 0, 1)) {
            learner.accept(MergeFixtures.batch(1, 0));
            PublishedModel published =
                    LearnerCodec.publicModel(learner).with(SharedTensors.unpublished(learner.model()));
            Safetensors contents = published.encode();
            MergePosition position =
                    new MergePosition(SavedSettings.write(settings.settings()), EVERY, List.of(0L), List.of(0L));
            Checkpoint checkpoint = new Checkpoint("run/m", 4, position.addTo(contents));
            MergedModel merged = MergedModel.decode(checkpoint).orElseThrow();

            assertThat(replica.adopt(merged)).isTrue();
            Map<String, float[]> shared = SharedTensors.of(learner.model());
            assertThat(merged.parameters()).containsOnlyKeys(shared.keySet());
            shared.forEach((name, values) ->
                    assertThat(SharedTensors.of(replica.model()).get(name)).isEqualTo(values));
            assertThat(MergedModel.decode(new Checkpoint("run/m", 4, contents))).isEmpty();
        }
    }

    @Test
    void aModelOfAnotherArchitectureIsNotAdopted() {
        try (Replica replica = Replica.begin(MergeFixtures.vae(), EVERY, 0, 1, 0, 1)) {
            String before = LearnerCodec.weightsSha256(replica.model().state());
            MergePosition position = new MergePosition("s", EVERY, List.of(0L), List.of(0L));
            for (Map<String, float[]> foreign :
                    List.of(Map.of("encoder.values", new float[3]), Map.of("critic.values", new float[3]))) {
                assertThatThrownBy(() -> replica.adopt(new MergedModel(1, position, foreign)))
                        .isInstanceOf(IllegalArgumentException.class);
            }
            assertThat(LearnerCodec.weightsSha256(replica.model().state())).isEqualTo(before);
        }
    }

    /** Saved in the middle of a round, and while waiting. */
    @ParameterizedTest
    @MethodSource("models")
    void aRestoredReplicaGoesOnToTheSameContributions(ModelSettings settings) throws Exception {
        Learner replica = learner(settings);
        replica.accept(MergeFixtures.batch(1, 0));
        Learner restored = restored(replica);
        for (long offset = 1; offset < EVERY; offset++) {
            replica.accept(MergeFixtures.batch(1, offset));
            restored.accept(MergeFixtures.batch(1, offset));
        }
        Contribution contribution = contribution(replica);
        assertThat(contribution(restored)).isEqualTo(contribution);

        Learner waiting = restored(replica);
        assertThat(waiting.role().takesRecords()).isFalse();
        MergedModel merged = new MergedModel(
                1,
                new MergePosition(SavedSettings.write(settings.settings()), EVERY, List.of(0L, 1L), List.of(0L, 3L)),
                SharedTensors.of(settings.create(1)));
        newest = Optional.of(merged);
        assertThat(takeOver(waiting)).isTrue();
        assertThat(takeOver(restored)).isTrue();
        waiting.accept(MergeFixtures.batch(1, 3));
        restored.accept(MergeFixtures.batch(1, 3));
        assertThat(contribution(waiting).changes())
                .isEqualTo(contribution(restored).changes());
        List.of(replica, restored, waiting).forEach(Learner::close);
    }

    @Test
    void aStateOfOtherRoundsIsRefused() {
        Learner replica = learner(MergeFixtures.vae());
        Safetensors saved = LearnerCodec.encodeState(replica, 1);
        Checkpoint checkpoint = new Checkpoint("run/vae/1", 1, saved);
        assertThatThrownBy(() -> LearnerCodec.decodeState(
                        checkpoint, MergeFixtures.vae(), noWatch(), role(MergeFixtures.vae(), 3), 1))
                .isInstanceOf(TrainerException.class)
                .hasMessageContaining("  --partitions is 2, not 3");
        for (String entry : List.of("number", "waiting", "base", "from", "batches", "images")) {
            Map<String, String> metadata = new LinkedHashMap<>(saved.metadata());
            metadata.remove("round." + entry);
            assertRefused(new Safetensors(metadata, saved.tensors()), "round." + entry);
        }
        Map<String, Tensor> tensors = new LinkedHashMap<>(saved.tensors());
        tensors.remove("start.decoder.values");
        assertRefused(new Safetensors(saved.metadata(), tensors), "start.decoder.values");
        replica.close();
    }

    private void assertRefused(Safetensors saved, String field) {
        assertThatThrownBy(() -> LearnerCodec.decodeState(
                        new Checkpoint("run/vae/1", 1, saved),
                        MergeFixtures.vae(),
                        noWatch(),
                        role(MergeFixtures.vae(), 2),
                        1))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessageContaining(field);
    }

    private Learner learner(ModelSettings settings) {
        Role role = role(settings, 2);
        StreamModel model = role.create(settings, 1);
        role.begin(model, 0);
        return new Learner(settings, model, noWatch(), role, 0, 0, 0);
    }

    private Role role(ModelSettings settings, int partitions) {
        return new ReplicaRole(
                MergeFixtures.config(settings),
                Merging.DEFAULT_TIMEOUT,
                new RoundProgress(EVERY, 1, partitions),
                () -> newest);
    }

    private static Watch noWatch() {
        return new Watch(WatchConfig.DEFAULT, Optional.empty(), 1);
    }

    private static Contribution contribution(Learner replica) throws MalformedMessageException {
        CheckpointAssembler assembler = new CheckpointAssembler();
        Optional<Checkpoint> given = Optional.empty();
        for (ProducerRecord<byte[], byte[]> record : replica.role().give(replica.model(), replica.nextOffset())) {
            var arrived = new ConsumerRecord<>(record.topic(), 0, 0, record.key(), record.value());
            record.headers().forEach(arrived.headers()::add);
            given = assembler.accept(arrived);
        }
        return Contribution.decode(given.orElseThrow().contents());
    }

    private static boolean takeOver(Learner replica) {
        return replica.role().takeOver(replica.model(), replica.nextOffset());
    }

    private Learner restored(Learner learner) throws MalformedMessageException {
        byte[] file = LearnerCodec.encodeState(learner, 1).encode();
        return LearnerCodec.decodeState(
                new Checkpoint("run/m/1", 1, Safetensors.decode(file)),
                learner.settings(),
                noWatch(),
                role(learner.settings(), 2),
                1);
    }

    /** Of three batches, and a record at offset 1 that is none. */
    private static Contribution firstContribution(Replica replica) {
        assertThat(replica.learn(MergeFixtures.batch(1, 0))).isTrue();
        assertThat(replica.learn(MergeFixtures.record(1, 1, new byte[] {1, 2, 3})))
                .isFalse();
        assertThat(replica.learn(MergeFixtures.batch(1, 2))).isTrue();
        assertThat(replica.isFull()).isFalse();
        assertThat(replica.learn(MergeFixtures.batch(1, 3))).isTrue();
        assertThat(replica.isFull()).isTrue();
        return replica.contribute(4);
    }

    private static MergedModel merged(long version, Replica replica, long... numbers) {
        List<Long> merged = java.util.Arrays.stream(numbers).boxed().toList();
        return new MergedModel(
                version, new MergePosition("s", EVERY, merged, merged), SharedTensors.of(replica.model()));
    }
}
