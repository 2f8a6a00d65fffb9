package sparsestream.cli;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import sparsestream.contract.Topics;
import sparsestream.monitoring.Health;
import sparsestream.monitoring.Metrics;
import sparsestream.monitoring.MonitoringServer;
import sparsestream.producer.ingest.BatchRules;
import sparsestream.producer.ingest.ImageRules;
import sparsestream.producer.ingest.IngestConfig;
import sparsestream.producer.ingest.IngestProgress;
import sparsestream.producer.ingest.IngestService;
import sparsestream.producer.ingest.OnSize;

@Command(
        name = "ingest",
        description =
                "Makes batches of single images: PNG, JPEG or raw grey bytes that any client puts on the topic images.raw.")
final class IngestCommand implements Callable<Integer> {
    @Mixin
    private KafkaOptions kafka;

    @Mixin
    private HttpOptions http;

    @Mixin
    private ImageSizeOptions size;

    @Option(
            names = "--on-size",
            paramLabel = "resize|reject",
            defaultValue = "resize",
            description = "What becomes of a PNG or JPEG of another size (default: ${DEFAULT-VALUE}).")
    private String onSize;

    @Option(
            names = "--max-pixels",
            paramLabel = "N",
            defaultValue = "" + ImageRules.DEFAULT_MAX_PIXELS,
            description = "Refuse an image whose header tells of more (default: ${DEFAULT-VALUE}).")
    private int maxPixels;

    @Option(
            names = "--max-bytes",
            paramLabel = "N",
            defaultValue = "" + ImageRules.DEFAULT_MAX_BYTES,
            description = "Refuse a record of more (default: ${DEFAULT-VALUE}).")
    private int maxBytes;

    @Option(
            names = "--batch-size",
            paramLabel = "N",
            defaultValue = "128",
            description = "Images in a batch (default: ${DEFAULT-VALUE}).")
    private int batchSize;

    @Option(
            names = "--shuffle-buffer",
            paramLabel = "N",
            defaultValue = "" + BatchRules.DEFAULT_SHUFFLE_BUFFER,
            description = "Images that are shuffled together, of each partition (default: ${DEFAULT-VALUE}).")
    private int shuffleBuffer;

    @Option(
            names = "--max-wait",
            paramLabel = "SECONDS",
            defaultValue = "5",
            description = "How long an image waits at most for others to be shuffled with (default: ${DEFAULT-VALUE}).")
    private double maxWaitSeconds;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "Seed of the order of images (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Spec
    private CommandSpec spec;

    private final ShutdownSignal shutdown;

    IngestCommand(ShutdownSignal shutdown) {
        this.shutdown = shutdown;
    }

    @Override
    public Integer call() throws InterruptedException {
        IngestConfig config = new IngestConfig(
                kafka.clientConfig(),
                new Topics(kafka.topicPrefix()),
                new ImageRules(size.height(), size.width(), onSize(), maxBytes, maxPixels),
                new BatchRules(batchSize, shuffleBuffer, maxWait(), seed));
        PrintWriter out = spec.commandLine().getOut();
        Health health = new Health();
        try (Metrics metrics = new Metrics();
                MonitoringServer server = MonitoringServer.start(http.address(), metrics.registry(), health)) {
            IngestService service = new IngestService(config, metrics, health);
            out.println("ingest: metrics and health at http://" + server.address());
            out.flush();
            Services.runOne("ingest", service, service::close, () -> describe(service.progress()), shutdown);
        }
        return 0;
    }

    private OnSize onSize() {
        return switch (onSize) {
            case "resize" -> OnSize.RESIZE;
            case "reject" -> OnSize.REJECT;
            default -> throw new UsageException("--on-size must be resize or reject, got '" + onSize + "'");
        };
    }

    private Duration maxWait() {
        // Cut to what a duration can hold; whether it is sensible is checked with the other rules.
        return Duration.ofMillis(Math.round(maxWaitSeconds * 1000));
    }

    private static String describe(IngestProgress progress) {
        return String.format(
                Locale.ROOT,
                "took %,d images, refused %,d, made %,d batches",
                progress.taken(),
                progress.refused(),
                progress.batches());
    }
}
