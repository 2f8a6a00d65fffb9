package sparsestream.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
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
import sparsestream.monitoring.Health;
import sparsestream.monitoring.Metrics;
import sparsestream.monitoring.MonitoringServer;
import sparsestream.sampler.SamplerConfig;
import sparsestream.sampler.SamplerService;
import sparsestream.sampler.gallery.Gallery;

@Command(name = "sampler", description = "Follows checkpoints, emits generated images to a topic, and shows them.")
final class SamplerCommand implements Callable<Integer> {
    @Mixin
    private KafkaOptions kafka;

    @Mixin
    private HttpOptions http;

    @Mixin
    private RunOptions run;

    @Option(
            names = "--rate",
            paramLabel = "N",
            defaultValue = "4",
            description = "Images a second of each model; 0 for as fast as possible (default: ${DEFAULT-VALUE}).")
    private double rate;

    @Option(
            names = "--archive",
            paramLabel = "DIR",
            description = "Keep every version that is served there, as a safetensors file (default: keep none).")
    private Path archive;

    @Spec
    private CommandSpec spec;

    private final ShutdownSignal shutdown;

    SamplerCommand(ShutdownSignal shutdown) {
        this.shutdown = shutdown;
    }

    @Override
    public Integer call() throws InterruptedException {
        SamplerConfig config = new SamplerConfig(
                kafka.clientConfig(),
                kafka.topicPrefix(),
                run.runId(),
                run.models(),
                rate,
                run.seed(),
                Optional.ofNullable(archive));
        PrintWriter out = spec.commandLine().getOut();
        Health health = new Health();
        try (Metrics metrics = new Metrics()) {
            SamplerService sampler = new SamplerService(config, metrics, health);
            Gallery gallery = Gallery.of(sampler);
            try (MonitoringServer server =
                    MonitoringServer.start(http.address(), metrics.registry(), health, gallery::addTo)) {
                out.println("sampler: gallery at http://" + server.address());
                out.flush();
                Services.runOne("sampler", sampler, sampler::close, () -> describe(sampler, config.models()), shutdown);
            }
        }
        return 0;
    }

    private static String describe(SamplerService sampler, List<String> models) {
        return models.stream()
                .map(model -> String.format(Locale.ROOT, "%s %,d images", model, sampler.imagesGenerated(model)))
                .collect(Collectors.joining("  |  "));
    }
}
