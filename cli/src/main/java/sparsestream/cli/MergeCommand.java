package sparsestream.cli;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import sparsestream.contract.Topics;
import sparsestream.merge.MergeConfig;
import sparsestream.merge.MergeProgress;
import sparsestream.merge.MergeService;
import sparsestream.merge.OuterStep;
import sparsestream.monitoring.Health;
import sparsestream.monitoring.Metrics;
import sparsestream.monitoring.MonitoringServer;
import sparsestream.producer.Dataset;
import sparsestream.producer.Split;
import sparsestream.published.HeldOut;
import sparsestream.trainer.learning.ModelSettings;

@Command(
        name = "merge",
        description =
                "Merges what trainers with --merge-every learn into one public model, round by round. Give it the same"
                        + " options of models as the trainers.")
final class MergeCommand implements Callable<Integer> {
    @Mixin
    private KafkaOptions kafka;

    @Mixin
    private HttpOptions http;

    @Mixin
    private RunOptions run;

    @Mixin
    private ModelOptions model;

    @Mixin
    private ImageSizeOptions size;

    @Mixin
    private RoundTimeoutOption timeout;

    @Option(
            names = "--outer-learning-rate",
            paramLabel = "LR",
            defaultValue = "1",
            description = "Of the outer step, on the mean of what replicas have changed (default: ${DEFAULT-VALUE}).")
    private double outerLearningRate;

    @Option(
            names = "--outer-momentum",
            paramLabel = "M",
            defaultValue = "0.5",
            description = "Nesterov momentum of the outer step; 0 with a rate of 1 is plain averaging"
                    + " (default: ${DEFAULT-VALUE}).")
    private double outerMomentum;

    @Option(
            names = "--held-out",
            paramLabel = "NAME|DIR",
            description = "Evaluate merged models on the test split of this dataset (default: not evaluated).")
    private String heldOut;

    @Option(
            names = "--evaluate-every",
            paramLabel = "ROUNDS",
            defaultValue = "20",
            description = "Rounds from one evaluation to the next (default: ${DEFAULT-VALUE}).")
    private int evaluateEvery;

    @Spec
    private CommandSpec spec;

    private final ShutdownSignal shutdown;

    MergeCommand(ShutdownSignal shutdown) {
        this.shutdown = shutdown;
    }

    @Override
    public Integer call() throws InterruptedException {
        List<ModelSettings> models = run.models().stream()
                .map(name -> model.settings(name, size.height(), size.width(), run.seed()))
                .toList();
        MergeConfig config = new MergeConfig(
                kafka.clientConfig(),
                new Topics(kafka.topicPrefix()),
                run.runId(),
                models,
                new OuterStep(outerLearningRate, outerMomentum),
                timeout.roundTimeout(),
                heldOut(),
                evaluateEvery);
        PrintWriter out = spec.commandLine().getOut();
        Health health = new Health();
        try (Metrics metrics = new Metrics();
                MonitoringServer server = MonitoringServer.start(http.address(), metrics.registry(), health)) {
            MergeService service = new MergeService(config, metrics, health);
            out.println("merge: metrics and health at http://" + server.address());
            out.flush();
            run(service);
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

    private void run(MergeService service) throws InterruptedException {
        StatusLine status = StatusLine.ofProcess();
        try (Services services = new Services(shutdown::request)) {
            services.start("merge", service, service::close);
            while (!services.ended() && !shutdown.await(Duration.ofMillis(500))) {
                status.show(describe(service.progress()));
            }
        }
        status.end(describe(service.progress()));
    }

    private static String describe(List<MergeProgress> models) {
        return models.stream().map(MergeCommand::describe).collect(Collectors.joining("  |  "));
    }

    private static String describe(MergeProgress progress) {
        return String.format(
                Locale.ROOT,
                "%s v%d %,d images, %d contributions missing, %d refused",
                progress.model(),
                progress.version(),
                progress.images(),
                progress.missing(),
                progress.refused());
    }
}
