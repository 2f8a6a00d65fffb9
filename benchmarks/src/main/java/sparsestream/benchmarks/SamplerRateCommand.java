package sparsestream.benchmarks;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.function.IntFunction;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import sparsestream.contract.Checkpoint;
import sparsestream.contract.CheckpointCodec;
import sparsestream.contract.GreyPng;
import sparsestream.contract.PublishedModel;
import sparsestream.contract.Topics;
import sparsestream.kafka.TopicCreation;
import sparsestream.model.ImageGenerator;
import sparsestream.producer.Dataset;
import sparsestream.producer.Datasets;
import sparsestream.producer.Split;
import sparsestream.published.NetworkTensors;

/** {@code bench sampler}. */
@Command(
        name = "sampler",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        showDefaultValues = true,
        description = "Images a second into Kafka against PNGs a second that one core encodes in memory, and how long a"
                + " request for one image takes; broker and sampler each a process.")
final class SamplerRateCommand implements Callable<Integer> {
    private static final int PIXELS_KEPT = 4096;
    private static final long TRAINED_IMAGES = 60_000;

    @Option(
            names = "--seconds",
            defaultValue = "10",
            description = "Of each measurement of throughput; in memory, of warming up before it too.")
    private double seconds;

    @Option(
            names = "--warm-up",
            paramLabel = "SECONDS",
            defaultValue = "30",
            description = "Work of a sampler, and of the broker, before it is measured.")
    private double warmUpSeconds;

    @Option(names = "--requests", defaultValue = "1000", description = "Requests for one image whose time is taken.")
    private int requests;

    @Option(names = "--requests-per-second", defaultValue = "50", description = "Sent at this rate, answered or not.")
    private int requestsPerSecond;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            defaultValue = "mnist",
            description = "A dataset as of the producer, of which a VAE learns 60,000 images.")
    private String data;

    @Option(names = "--json", paramLabel = "FILE", description = "Write the rows there too.")
    private Path json;

    @Spec
    private CommandSpec spec;

    private final Topics topics = new Topics("");

    @Override
    public Integer call() throws Exception {
        if (!(seconds > 0) || !(warmUpSeconds > 0) || requests < 1 || requestsPerSecond < 1) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--seconds, --warm-up, --requests and --requests-per-second must be more than 0");
        }
        Datasets datasets = Datasets.ofProcess(progress -> {});
        Dataset train = datasets.load(data, Split.TRAIN);
        PublishedModel model = new L1Run(train, train, TRAINED_IMAGES, 2).publish(Architecture.SEED.vae());
        List<SamplerRow> rows = new ArrayList<>();
        try (TemporaryBroker broker = new TemporaryBroker()) {
            measure(broker, model, rows);
        }
        spec.commandLine().getOut().println(table(rows));
        spec.commandLine().getOut().flush();
        if (json != null) {
            JsonFile.write(json, rows);
        }
        return 0;
    }

    private void measure(TemporaryBroker broker, PublishedModel model, List<SamplerRow> rows) throws Exception {
        String bootstrapServers = broker.bootstrapServers();
        publish(bootstrapServers, model);
        ImageGenerator generator = new ImageGenerator(NetworkTensors.imageNetwork(model));
        byte[][] images = new byte[PIXELS_KEPT][];
        for (int i = 0; i < PIXELS_KEPT; i++) {
            images[i] = generator.image(1, i);
        }
        IntFunction<byte[]> encode = i -> GreyPng.encode(images[i % PIXELS_KEPT], model.width(), model.height());
        IntFunction<byte[]> draw = i -> generator.image(1, i);
        WorkRate encodedBefore = WorkRate.ofOneThread(seconds, encode);
        WorkRate drawn = WorkRate.ofOneThread(seconds, draw);
        WorkRate sampled;
        SamplerRow underLoad;
        try (ServiceProcess sampler = sampler(bootstrapServers, "0");
                RequestLatency latency = new RequestLatency(bootstrapServers)) {
            sampler.after("sampler: gallery at ");
            warmUp(latency);
            sampled = throughput(broker, sampler);
            underLoad = latency("0", latency);
        }
        WorkRate encoded = encodedBefore.meanWith(WorkRate.ofOneThread(seconds, encode));
        rows.add(SamplerRow.throughput("PNGs that one core encodes in memory", encoded));
        rows.add(SamplerRow.throughput("images that one core draws in memory", drawn));
        rows.add(SamplerRow.throughput("images into Kafka, sampler --rate 0", sampled));
        try (ServiceProcess sampler = sampler(bootstrapServers, "4");
                RequestLatency latency = new RequestLatency(bootstrapServers)) {
            sampler.after("sampler: gallery at ");
            warmUp(latency);
            rows.add(latency("4", latency));
        }
        rows.add(underLoad);
    }

    private void warmUp(RequestLatency latency) {
        latency.measure(1, 1);
        latency.measure(requestsPerSecond, (int) Math.ceil(requestsPerSecond * warmUpSeconds));
    }

    private SamplerRow latency(String rate, RequestLatency latency) {
        double[] sorted = latency.measure(requestsPerSecond, requests);
        return new SamplerRow(
                "request for one image, sampler --rate " + rate,
                null,
                null,
                sorted[sorted.length / 2],
                sorted[(int) Math.ceil(sorted.length * 0.99) - 1]);
    }

    private static ServiceProcess sampler(String bootstrapServers, String rate) throws IOException {
        return ServiceProcess.start(
                "sampler", "--bootstrap-servers", bootstrapServers, "--model", "vae", "--rate", rate);
    }

    /** As many as the topic grows by, and the time of processors that broker and sampler take. */
    private WorkRate throughput(TemporaryBroker broker, ServiceProcess sampler)
            throws ExecutionException, InterruptedException {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            long from = end(admin);
            long cpuFrom = broker.process().cpuNanos() + sampler.cpuNanos();
            long start = System.nanoTime();
            Thread.sleep((long) (seconds * 1e3));
            long count = end(admin) - from;
            long cpu = broker.process().cpuNanos() + sampler.cpuNanos() - cpuFrom;
            return new WorkRate(count / ((System.nanoTime() - start) / 1e9), cpu / 1e3 / count);
        }
    }

    private long end(Admin admin) throws ExecutionException, InterruptedException {
        TopicPartition partition = new TopicPartition(topics.imagesGenerated().name(), 0);
        return admin.listOffsets(Map.of(partition, OffsetSpec.latest()))
                .partitionResult(partition)
                .get()
                .offset();
    }

    private void publish(String bootstrapServers, PublishedModel model) throws Exception {
        Map<String, Object> kafka = Map.of("bootstrap.servers", bootstrapServers);
        try (Admin admin = Admin.create(kafka);
                Producer<byte[], byte[]> producer =
                        new KafkaProducer<>(kafka, new ByteArraySerializer(), new ByteArraySerializer())) {
            TopicCreation.ensure(
                    admin, List.of(topics.modelCheckpoints(), topics.imagesGenerated(), topics.sampleRequests()));
            Checkpoint checkpoint = new Checkpoint("default/vae", 1, model.encode());
            for (ProducerRecord<byte[], byte[]> record :
                    CheckpointCodec.encode(topics.modelCheckpoints(), checkpoint)) {
                producer.send(record).get();
            }
        }
    }

    static String table(List<SamplerRow> rows) {
        double encoded = rows.get(0).imagesPerSecond();
        TextTable table = new TextTable(1, "", "images/s", "of encoding", "CPU, µs", "p50, ms", "p99, ms");
        for (SamplerRow row : rows) {
            boolean throughput = row.imagesPerSecond() != null;
            table.add(
                    row.what(),
                    throughput ? String.format(Locale.ROOT, "%,.0f", row.imagesPerSecond()) : "",
                    throughput ? String.format(Locale.ROOT, "%.2f", row.imagesPerSecond() / encoded) : "",
                    throughput ? String.format(Locale.ROOT, "%.0f", row.cpuMicros()) : "",
                    throughput ? "" : String.format(Locale.ROOT, "%.1f", row.p50Ms()),
                    throughput ? "" : String.format(Locale.ROOT, "%.1f", row.p99Ms()));
        }
        return table.toString();
    }
}
