package sparsestream.benchmarks;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
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
import sparsestream.contract.GreyPng;
import sparsestream.contract.MalformedMessageException;
import sparsestream.contract.Topics;
import sparsestream.kafka.KafkaClients;
import sparsestream.kafka.TopicCreation;
import sparsestream.producer.Dataset;
import sparsestream.producer.Datasets;
import sparsestream.producer.Split;

/** {@code bench ingest}. */
@Command(
        name = "ingest",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        showDefaultValues = true,
        description =
                "Single PNGs a second that ingest makes batches of, exactly once, against those that one core decodes"
                        + " in memory and those that a consumer reads; broker and ingest each a process.")
final class IngestRateCommand implements Callable<Integer> {
    /** Distinct images. */
    private static final int PNGS = 4096;

    private static final String GROUP = "sparsestream-ingest";
    private static final long POLL_MS = 20;
    private static final long PATIENCE_NANOS = 60_000_000_000L;

    @Option(
            names = "--images",
            defaultValue = "400000",
            description = "To ingest; the second half of them is measured, the first is for warming up.")
    private int images;

    @Option(
            names = "--seconds",
            defaultValue = "5",
            description = "Of decoding in memory, and of warming up before it.")
    private double seconds;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            defaultValue = "mnist",
            description = "A dataset as of the producer, whose images are sent.")
    private String data;

    @Spec
    private CommandSpec spec;

    private final Topics topics = new Topics("");
    private final TopicPartition raw = new TopicPartition(topics.imagesRaw().name(), 0);

    @Override
    public Integer call() throws Exception {
        if (!(seconds > 0) || images < 2) {
            throw new ParameterException(spec.commandLine(), "--seconds must be more than 0, --images at least 2");
        }
        byte[][] pngs = pngs();
        double decoded =
                WorkRate.ofOneThread(seconds, i -> decode(pngs[i % PNGS])).perSecond();
        double read;
        double ingested;
        try (TemporaryBroker broker = new TemporaryBroker()) {
            Map<String, Object> kafka = Map.of("bootstrap.servers", broker.bootstrapServers());
            send(kafka, pngs);
            read(kafka);
            read = read(kafka);
            ingested = ingest(kafka, broker.bootstrapServers());
        }
        TextTable table = new TextTable(1, "", "images/s", "of decoding");
        add(table, "PNGs that one core decodes in memory", decoded, decoded);
        add(table, "PNGs that a consumer reads from the topic", read, decoded);
        add(table, "PNGs that ingest makes batches of, exactly once", ingested, decoded);
        spec.commandLine().getOut().println(table);
        spec.commandLine().getOut().flush();
        return 0;
    }

    private static void add(TextTable table, String what, double perSecond, double decoded) {
        table.add(
                what,
                String.format(Locale.ROOT, "%,.0f", perSecond),
                String.format(Locale.ROOT, "%.2f", perSecond / decoded));
    }

    private byte[][] pngs() {
        Dataset train = Datasets.ofProcess(progress -> {}).load(data, Split.TRAIN);
        byte[][] pngs = new byte[PNGS][];
        byte[] pixels = new byte[train.imageBytes()];
        for (int i = 0; i < PNGS; i++) {
            System.arraycopy(train.images(), i % train.count() * train.imageBytes(), pixels, 0, train.imageBytes());
            pngs[i] = GreyPng.encode(pixels, train.width(), train.height());
        }
        return pngs;
    }

    private static byte[] decode(byte[] png) {
        try {
            return GreyPng.decode(png);
        } catch (MalformedMessageException e) {
            throw new IllegalStateException("this process has encoded it", e);
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // One that is lost will be missed.
    private void send(Map<String, Object> kafka, byte[][] pngs) throws ExecutionException, InterruptedException {
        try (Admin admin = Admin.create(kafka);
                Producer<byte[], byte[]> producer =
                        new KafkaProducer<>(kafka, new ByteArraySerializer(), new ByteArraySerializer())) {
            TopicCreation.ensure(admin, List.of(topics.imagesRaw()));
            for (int i = 0; i < images; i++) {
                producer.send(new ProducerRecord<>(raw.topic(), raw.partition(), null, pngs[i % PNGS]));
            }
        }
    }

    /** By a plain consumer, all of them. */
    private double read(Map<String, Object> kafka) {
        try (Consumer<byte[], byte[]> consumer = new KafkaClients(kafka).reader(Map.of(), Map.of())) {
            consumer.assign(List.of(raw));
            consumer.seekToBeginning(List.of(raw));
            long start = System.nanoTime();
            long count = 0;
            while (count < images) {
                count += consumer.poll(Duration.ofMillis(100)).count();
                requirePatience(start, count);
            }
            return count / ((System.nanoTime() - start) / 1e9);
        }
    }

    /** From the moment when half of the offsets are committed until all are. */
    private double ingest(Map<String, Object> kafka, String bootstrapServers) throws Exception {
        try (ServiceProcess ingest = ServiceProcess.start("ingest", "--bootstrap-servers", bootstrapServers);
                Admin admin = Admin.create(kafka)) {
            ingest.after("ingest: metrics and health at ");
            long from = awaitCommitted(admin, images / 2);
            long start = System.nanoTime();
            long to = awaitCommitted(admin, images);
            return (to - from) / ((System.nanoTime() - start) / 1e9);
        }
    }

    private long awaitCommitted(Admin admin, long wanted) throws ExecutionException, InterruptedException {
        long last = -1;
        long progress = System.nanoTime();
        while (true) {
            OffsetAndMetadata committed = admin.listConsumerGroupOffsets(GROUP)
                    .partitionsToOffsetAndMetadata()
                    .get()
                    .get(raw);
            long offset = committed == null ? 0 : committed.offset();
            if (offset >= wanted) {
                return offset;
            }
            progress = offset == last ? progress : System.nanoTime();
            last = offset;
            requirePatience(progress, offset);
            Thread.sleep(POLL_MS);
        }
    }

    private static void requirePatience(long sinceNanos, long count) {
        if (System.nanoTime() - sinceNanos > PATIENCE_NANOS) {
            throw new IllegalStateException("nothing has happened for a minute after " + count + " images");
        }
    }
}
