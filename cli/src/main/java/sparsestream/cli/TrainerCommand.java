package sparsestream.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import sparsestream.contract.Topics;
import sparsestream.kafka.Outage;
import sparsestream.merge.Merging;
import sparsestream.merge.Replicas;
import sparsestream.monitoring.Health;
import sparsestream.monitoring.Metrics;
import sparsestream.monitoring.MonitoringServer;
import sparsestream.producer.Dataset;
import sparsestream.producer.Split;
import sparsestream.published.HeldOut;
import sparsestream.trainer.learning.TrainerConfig;
import sparsestream.trainer.session.Cooperation;
import sparsestream.trainer.session.TrainerService;

@Command(name = "trainer", description = "Learns the batches on a topic and publishes checkpoints.")
final class TrainerCommand implements Callable<Integer> {
    @Mixin
    private KafkaOptions kafka;

    @Mixin
    private HttpOptions http;

    @Mixin
    private RunOptions run;

    @Mixin
    private TrainerOptions training;

    @Mixin
    private ImageSizeOptions size;

    @Mixin
    private MergingOptions merge;

    @Option(
            names = "--held-out",
            paramLabel = "NAME|DIR",
            description = "Measure -ELBO at each checkpoint on the test split of this dataset (default: not measured).")
    private String heldOut;

    @Option(names = "--summary", paramLabel = "FILE", description = "Write what the run came to as JSON at the end.")
    private Path summary;

    @Spec
    private CommandSpec spec;

    private final ShutdownSignal shutdown;

    TrainerCommand(ShutdownSignal shutdown) {
        this.shutdown = shutdown;
    }

    @Override
    public Integer call() throws InterruptedException, IOException {
        PrintWriter out = spec.commandLine().getOut();
        Health health = new Health();
        List<TrainerService> trainers = new ArrayList<>();
        Map<String, Object> clients = kafka.clientConfig();
        Outage outage = new Outage(clients);
        try (Metrics metrics = new Metrics()) {
            HeldOut unseen = heldOut().orElse(null);
            Optional<Merging> merging = merge.merging();
            for (String model : run.models()) {
                TrainerConfig config = training.config(
                        clients, new Topics(kafka.topicPrefix()), run, model, size.height(), size.width(), unseen);
                Cooperation cooperation = merging.<Cooperation>map(
                                rule -> new Replicas(rule, config, metrics.registry()))
                        .orElse(Cooperation.NONE);
                trainers.add(new TrainerService(config, cooperation, metrics, health, outage));
            }
            try (MonitoringServer server = MonitoringServer.start(http.address(), metrics.registry(), health)) {
                out.println("trainer: metrics and health at http://" + server.address());
                out.flush();
                train(trainers);
            }
        }
        if (summary != null) {
            new Summary(trainers.stream()
                            .map(trainer -> Summary.ModelSummary.of(trainer.status(), null))
                            .toList())
                    .write(summary);
        }
        return 0;
    }

    private Optional<HeldOut> heldOut() {
        if (heldOut == null) {
            return Optional.empty();
        }
        Dataset dataset =
                DatasetOptions.load(heldOut, Split.HELD_OUT, spec.commandLine().getErr());
        return Optional.of(new HeldOut(dataset.count(), dataset.height(), dataset.width(), dataset.images()));
    }

    private void train(List<TrainerService> trainers) throws InterruptedException {
        StatusLine status = StatusLine.ofProcess();
        try (Services services = new Services(shutdown::request)) {
            trainers.forEach(
                    trainer -> services.start("trainer-" + trainer.status().model(), trainer, trainer::close));
            while (!services.ended() && !shutdown.await(Duration.ofMillis(500))) {
                status.show(describe(trainers));
            }
        }
        status.end(describe(trainers));
    }

    private static String describe(List<TrainerService> trainers) {
        return StatusLine.describe(trainers.stream().map(TrainerService::status).toList());
    }
}
