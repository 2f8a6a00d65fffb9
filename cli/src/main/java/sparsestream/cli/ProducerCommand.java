package sparsestream.cli;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import sparsestream.kafka.Outage;
import sparsestream.monitoring.Health;
import sparsestream.monitoring.Metrics;
import sparsestream.monitoring.MonitoringServer;
import sparsestream.producer.BatchSchedule;
import sparsestream.producer.Dataset;
import sparsestream.producer.Drift;
import sparsestream.producer.DriftingStream;
import sparsestream.producer.ImageStream;
import sparsestream.producer.MicrometerProducerMetrics;
import sparsestream.producer.ProducerConfig;
import sparsestream.producer.ProducerProgress;
import sparsestream.producer.ProducerService;
import sparsestream.producer.Split;

@Command(name = "producer", description = "Streams batches of a dataset onto a topic, shuffled anew in each pass.")
final class ProducerCommand implements Callable<Integer> {
    @Mixin
    private KafkaOptions kafka;

    @Mixin
    private HttpOptions http;

    @Mixin
    private DatasetOptions dataset;

    @Option(
            names = "--batch-size",
            paramLabel = "N",
            defaultValue = "128",
            description = "Images in a batch (default: ${DEFAULT-VALUE}).")
    private int batchSize;

    @Option(
            names = "--images",
            paramLabel = "N",
            defaultValue = "0",
            description = "Stop after so many images, those of earlier sessions counted if --resume; 0 for never"
                    + " (default: ${DEFAULT-VALUE}).")
    private long images;

    @Option(
            names = "--rate",
            paramLabel = "N",
            defaultValue = "0",
            description = "Images a second; 0 for as fast as possible (default: ${DEFAULT-VALUE}).")
    private double rate;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "Seed of the order of images (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(
            names = "--partitions",
            paramLabel = "N",
            description =
                    "Partitions that the topic must have, and gets if it is not there yet: one for each replica that is"
                            + " to be merged (default: those that it has, or 1).")
    private Integer partitions;

    @Option(
            names = "--resume",
            fallbackValue = "true",
            description = "Go on where the topic ends, if it ends with this dataset and seed.")
    private boolean resume;

    @Option(
            names = "--drift",
            paramLabel = "SPEC",
            description = "Change the stream on its way, to test with: KIND@IMAGES, or KIND@IMAGES+LENGTH for little by"
                    + " little. KIND is classes (0-4, then 5-9), invert, noise, or the name of another dataset.")
    private String drift;

    @Spec
    private CommandSpec spec;

    private final ShutdownSignal shutdown;

    ProducerCommand(ShutdownSignal shutdown) {
        this.shutdown = shutdown;
    }

    @Override
    public Integer call() throws InterruptedException {
        ProducerConfig config = new ProducerConfig(
                strings(kafka.clientConfig()),
                kafka.topicPrefix(),
                batchSize,
                RunOptions.limit(images),
                OptionalDouble.of(rate),
                seed,
                resume,
                Optional.empty(),
                partitions == null ? OptionalInt.empty() : OptionalInt.of(partitions));
        Optional<Drift> change = Optional.ofNullable(drift).map(Drift::parse);
        PrintWriter out = spec.commandLine().getOut();
        Health health = new Health();
        // Not ready before it has loaded, and perhaps downloaded, the images.
        health.expect("producer");
        try (Metrics metrics = new Metrics();
                MonitoringServer server = MonitoringServer.start(http.address(), metrics.registry(), health)) {
            Dataset images = dataset.load(Split.TRAIN);
            ProducerService service = new ProducerService(
                    config,
                    images,
                    stream(images, change),
                    new MicrometerProducerMetrics(metrics),
                    health,
                    new Outage(config.kafka()));
            out.println("producer: metrics and health at http://" + server.address());
            out.flush();
            Services.runOne("producer", service, service::close, () -> describe(service.progress()), shutdown);
        }
        return 0;
    }

    private ImageStream stream(Dataset images, Optional<Drift> change) {
        if (change.isEmpty()) {
            return new BatchSchedule(images, seed);
        }
        Optional<Dataset> other = change.get()
                .otherDataset()
                .map(name -> DatasetOptions.load(
                        name, Split.TRAIN, spec.commandLine().getErr()));
        return new DriftingStream(images, change.get(), other, seed);
    }

    private static String describe(ProducerProgress progress) {
        String total = progress.totalImages().isPresent()
                ? String.format(Locale.ROOT, " of %,d", progress.totalImages().getAsLong())
                : "";
        return String.format(
                Locale.ROOT, "produced %,d%s images, %,.0f/s", progress.images(), total, progress.imagesPerSecond());
    }

    static Map<String, String> strings(Map<String, Object> config) {
        return config.entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, entry -> String.valueOf(entry.getValue())));
    }
}
