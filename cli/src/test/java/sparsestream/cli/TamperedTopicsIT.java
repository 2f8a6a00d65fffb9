package sparsestream.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import sparsestream.contract.Checkpoint;
import sparsestream.contract.CheckpointCodec;
import sparsestream.contract.PublishedModel;
import sparsestream.contract.Safetensors;
import sparsestream.contract.Topic;
import sparsestream.contract.Topics;
import sparsestream.model.Settings;
import sparsestream.trainer.TrainerException;
import sparsestream.trainer.learning.ModelSettings;
import sparsestream.trainer.learning.Recovery;
import sparsestream.trainer.learning.Recovery.OnDataLoss;
import sparsestream.trainer.learning.TrainerConfig;
import sparsestream.trainer.session.TrainerStatus;

/** A trainer whose topics somebody has written to. */
class TamperedTopicsIT {
    private static final Recovery RESET = new Recovery(true, OnDataLoss.STOP);
    private static final String STATE = "run/vae/0";

    @TempDir
    private static Path data;

    private static EmbeddedBroker broker;
    private static SmallRuns runs;

    @BeforeAll
    static void startBroker() {
        broker = EmbeddedBroker.start(data, "127.0.0.1", 0);
        runs = SmallRuns.at(broker, data);
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    /** What is appended to the topic, given the checkpoint that is the last there. */
    private enum Tampering {
        MISSING_PART("part-0000") {
            @Override
            List<ProducerRecord<byte[], byte[]>> records(Topic topic, Checkpoint last) {
                var records = successor(topic, last, last.contents());
                return records.subList(records.size() - 1, records.size());
            }
        },
        WRONG_SHA_256("sha256") {
            @Override
            List<ProducerRecord<byte[], byte[]>> records(Topic topic, Checkpoint last) {
                var records = successor(topic, last, last.contents());
                records.get(0).value()[5_000] ^= 1;
                return records;
            }
        },
        OLDER_VERSION("versions only grow") {
            @Override
            List<ProducerRecord<byte[], byte[]>> records(Topic topic, Checkpoint last) {
                return CheckpointCodec.encode(topic, new Checkpoint(last.key(), last.version() - 1, last.contents()));
            }
        },
        OLDER_STATE_AS_NEWEST("is not the last that was committed") {
            @Override
            List<ProducerRecord<byte[], byte[]>> records(Topic topic, Checkpoint last) {
                Map<String, String> metadata =
                        new LinkedHashMap<>(last.contents().metadata());
                metadata.put("next_offset", "3");
                return successor(
                        topic, last, new Safetensors(metadata, last.contents().tensors()));
            }
        },
        NO_MANIFEST("manifest is gone") {
            @Override
            List<ProducerRecord<byte[], byte[]>> records(Topic topic, Checkpoint last) {
                return List.of(new ProducerRecord<>(topic.name(), last.key().getBytes(UTF_8), null));
            }
        },
        GARBAGE("damaged") {
            @Override
            List<ProducerRecord<byte[], byte[]>> records(Topic topic, Checkpoint last) {
                return List.of(
                        new ProducerRecord<>(topic.name(), last.key().getBytes(UTF_8), "garbage".getBytes(UTF_8)));
            }
        };

        private final String complaint;

        Tampering(String complaint) {
            this.complaint = complaint;
        }

        abstract List<ProducerRecord<byte[], byte[]>> records(Topic topic, Checkpoint last);

        private static List<ProducerRecord<byte[], byte[]>> successor(
                Topic topic, Checkpoint last, Safetensors contents) {
            return new ArrayList<>(
                    CheckpointCodec.encode(topic, new Checkpoint(last.key(), last.version() + 1, contents)));
        }
    }

    @ParameterizedTest
    @EnumSource
    void aTamperedStateIsRefusedUntilItIsReset(Tampering tampering) throws Exception {
        Topics topics = new Topics("state-" + tampering + ".");
        runs.produce(topics, 12);
        TrainerStatus before = runs.train(topics, "run", "vae", 8);
        runs.send(tampering.records(topics.trainerState(), runs.newest(topics.trainerState(), STATE)));

        assertThatThrownBy(() -> runs.train(topics, "run", "vae", 12))
                .isInstanceOf(TrainerException.class)
                .hasMessageContaining(STATE)
                .hasMessageContaining(tampering.complaint)
                .hasMessageContaining("--reset-state")
                .message()
                .hasLineCount(1);

        TrainerStatus anew =
                SmallRuns.train(runs.config(topics, "run", "vae", 12).with(RESET));
        TrainerStatus undisturbed = runs.train(topics, "undisturbed", "vae", 12);
        assertThat(anew.weightsSha256()).isEqualTo(undisturbed.weightsSha256());
        assertThat(anew.step()).isEqualTo(12);
        assertThat(anew.version()).isGreaterThan(before.version());
        assertThat(runs.checkpoints(topics.modelCheckpoints(), "run/vae"))
                .extracting(Checkpoint::version)
                .isSorted()
                .doesNotHaveDuplicates()
                .endsWith(anew.version());
        assertThat(runs.train(topics, "run", "vae", 12).weightsSha256()).isEqualTo(anew.weightsSha256());
    }

    @ParameterizedTest
    @EnumSource
    void aTamperedCheckpointDoesNotDisturbTheTrainer(Tampering tampering) throws Exception {
        Topics topics = new Topics("checkpoint-" + tampering + ".");
        runs.produce(topics, 12);
        TrainerStatus before = runs.train(topics, "run", "vae", 6);
        Checkpoint last = runs.newest(topics.modelCheckpoints(), "run/vae");
        runs.send(tampering.records(topics.modelCheckpoints(), last));

        TrainerStatus after = runs.train(topics, "run", "vae", 12);
        assertThat(after.version()).isGreaterThan(before.version());
        assertThat(after.weightsSha256())
                .isEqualTo(runs.train(topics, "undisturbed", "vae", 12).weightsSha256());
    }

    @Test
    void aResetPublishesAboveACheckpointThatSomebodyElsePut() throws Exception {
        Topics topics = new Topics("forged.");
        runs.produce(topics, 4);
        runs.train(topics, "run", "vae", 4);
        Checkpoint last = runs.newest(topics.modelCheckpoints(), "run/vae");
        runs.send(CheckpointCodec.encode(
                topics.modelCheckpoints(), new Checkpoint(last.key(), 1_000_000, last.contents())));

        TrainerStatus anew =
                SmallRuns.train(runs.config(topics, "run", "vae", 4).with(RESET));

        assertThat(anew.version()).isGreaterThan(1_000_000);
        Checkpoint newest = runs.newest(topics.modelCheckpoints(), "run/vae");
        assertThat(newest.version()).isEqualTo(anew.version());
        assertThat(PublishedModel.decode(newest.contents()).weightsSha256()).isEqualTo(anew.weightsSha256());
    }

    @Test
    void aResetOfARunThatNeverWasIsAStart() {
        Topics topics = new Topics("fresh.");
        runs.produce(topics, 2);
        TrainerStatus status =
                SmallRuns.train(runs.config(topics, "run", "vae", 2).with(RESET));
        assertThat(status.step()).isEqualTo(2);
    }

    @Test
    void anotherLambdaOrArchitectureIsRefused() {
        Topics topics = new Topics("lambda.");
        runs.produce(topics, 4);
        runs.train(topics, "run", "vae", 2);
        ModelSettings learned = runs.config(topics, "run", "vae", 4).model();
        assertThatThrownBy(() -> SmallRuns.train(with(
                        runs.config(topics, "run", "vae", 4),
                        new ModelSettings(learned.config().with(Settings.NONE.with("l1-encoder", 3e-4)), 28, 28, 11))))
                .isInstanceOf(TrainerException.class)
                .hasMessageContaining("--l1-encoder is 1.0E-4, not 3.0E-4")
                .hasMessageContaining("--accept-changes")
                .hasMessageNotContaining("--reset-state");
        assertThatThrownBy(() -> SmallRuns.train(with(
                        runs.config(topics, "run", "vae", 4),
                        new ModelSettings(learned.config().with(Settings.NONE.with("latent", 9)), 28, 28, 11))))
                .isInstanceOf(TrainerException.class)
                .hasMessageContaining("--latent is 8, not 9")
                .hasMessageContaining("another --run-id");
    }

    private static TrainerConfig with(TrainerConfig config, ModelSettings model) {
        return new TrainerConfig(
                config.kafka(),
                config.topics(),
                config.runId(),
                model,
                config.threads(),
                config.checkpointInterval(),
                config.images(),
                config.heldOut());
    }
}
