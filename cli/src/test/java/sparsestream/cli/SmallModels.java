package sparsestream.cli;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import sparsestream.contract.Topics;
import sparsestream.model.gan.GanConfig;
import sparsestream.model.layers.AdamConfig;
import sparsestream.model.layers.L1;
import sparsestream.model.vae.VaeConfig;
import sparsestream.monitoring.Health;
import sparsestream.monitoring.Metrics;
import sparsestream.trainer.learning.ModelSettings;
import sparsestream.trainer.learning.TrainerConfig;
import sparsestream.trainer.session.TrainerService;
import sparsestream.trainer.session.TrainerStatus;

/** Trains models of 28×28 images that are small enough for a test. */
final class SmallModels {
    private SmallModels() {}

    /** Trains until the run has learned so many images. */
    static TrainerStatus train(String bootstrapServers, Topics topics, String run, String model, long images) {
        AdamConfig adam = AdamConfig.of(1e-3);
        L1 l1 = new L1(L1.Method.PROXIMAL, 1e-4);
        VaeConfig vae = new VaeConfig(List.of(32, 16), 8, adam, l1, l1);
        GanConfig gan = new GanConfig(8, List.of(16, 32), List.of(32, 16), adam, adam, l1, l1, 0.3, 2, 0.99);
        TrainerConfig config = new TrainerConfig(
                Map.of("bootstrap.servers", bootstrapServers),
                topics,
                run,
                new ModelSettings(model.equals("vae") ? vae : gan, 28, 28, 11),
                1,
                Duration.ofMillis(200),
                OptionalLong.of(images),
                Optional.empty());
        try (Metrics metrics = new Metrics();
                TrainerService trainer = new TrainerService(config, metrics, new Health())) {
            trainer.run();
            return trainer.status();
        }
    }
}
