package sparsestream.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sparsestream.contract.Topics;
import sparsestream.model.Settings;
import sparsestream.trainer.TrainerException;
import sparsestream.trainer.learning.ModelSettings;
import sparsestream.trainer.learning.TrainerConfig;
import sparsestream.trainer.session.TrainerStatus;

/** A run that goes on with another recipe. */
class ChangedSettingsIT {
    private static final Topics TOPICS = new Topics("");
    private static final int CHANGED_AT = 6;
    private static final int ALL = 18;

    @TempDir
    private static Path data;

    private static EmbeddedBroker broker;
    private static SmallRuns runs;

    @BeforeAll
    static void startBroker() throws Exception {
        broker = EmbeddedBroker.start(data, "127.0.0.1", 0);
        runs = SmallRuns.at(broker, data);
        runs.produce(TOPICS, ALL);
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"vae", "gan"})
    void anotherRecipeIsRefusedUntilItIsAcceptedAndThenLearnsTheSameHoweverOftenItIsStopped(String model)
            throws Exception {
        for (String run : List.of("calm", "stopped")) {
            runs.train(TOPICS, run, model, CHANGED_AT);
        }

        assertThatThrownBy(() -> SmallRuns.train(changed("calm", model, ALL)))
                .isInstanceOf(TrainerException.class)
                .hasMessage("""
                        the state of calm/%s/0 was learned with other settings:
                          --beta2 is 0.999, not 0.99
                          give those, or --accept-changes to go on with the new ones from the next step on""".formatted(model));
        TrainerStatus calm = SmallRuns.train(accepting(changed("calm", model, ALL)));
        for (int batches : List.of(CHANGED_AT + 1, CHANGED_AT + 5)) {
            SmallRuns.train(accepting(changed("stopped", model, batches)));
        }
        // The option may stay on, and is not needed any more.
        TrainerStatus stopped = SmallRuns.train(changed("stopped", model, ALL));

        assertThat(calm.step()).isEqualTo(ALL);
        assertThat(stopped.weightsSha256())
                .isEqualTo(calm.weightsSha256())
                .isNotEqualTo(runs.train(TOPICS, "unchanged", model, ALL).weightsSha256());
        for (String run : List.of("calm", "stopped")) {
            assertThat(changesTold(run, model))
                    .singleElement()
                    .hasToString(
                            "{\"partition\":0,\"step\":6,\"settings\":{\"beta2\":{\"from\":\"0.999\",\"to\":\"0.99\"}}}");
        }
    }

    private static TrainerConfig changed(String run, String model, int batches) {
        TrainerConfig config = runs.config(TOPICS, run, model, batches);
        ModelSettings settings = config.model();
        return new TrainerConfig(
                config.kafka(),
                config.topics(),
                config.runId(),
                new ModelSettings(
                        settings.config().with(Settings.NONE.with("beta2", 0.99)),
                        settings.height(),
                        settings.width(),
                        settings.seed()),
                config.threads(),
                config.checkpointInterval(),
                config.images(),
                config.heldOut());
    }

    private static TrainerConfig accepting(TrainerConfig config) {
        return config.with(config.recovery().acceptingChanges());
    }

    private static List<JsonNode> changesTold(String run, String model) throws Exception {
        List<JsonNode> told = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record :
                runs.read(TOPICS.trainingEvents().name())) {
            JsonNode event = new ObjectMapper().readTree(new String(record.value(), UTF_8));
            if (event.get("type").asText().equals("sparsestream.training.settings.v1")
                    && event.get("id").asText().startsWith(run + "/" + model + "/")) {
                told.add(event.get("data"));
            }
        }
        return told;
    }
}
