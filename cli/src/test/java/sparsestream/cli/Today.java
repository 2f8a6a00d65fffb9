package sparsestream.cli;

import static org.awaitility.Awaitility.await;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import picocli.CommandLine;
import sparsestream.contract.Checkpoint;
import sparsestream.contract.CheckpointAssembler;
import sparsestream.contract.CheckpointCodec;
import sparsestream.contract.Contribution;
import sparsestream.contract.DeadLetter;
import sparsestream.contract.GeneratedImage;
import sparsestream.contract.ImageBatch;
import sparsestream.contract.MalformedMessageException;
import sparsestream.contract.MergePosition;
import sparsestream.contract.PublishedModel;
import sparsestream.contract.Round;
import sparsestream.contract.Safetensors;
import sparsestream.contract.SampleRequest;
import sparsestream.contract.Topic;
import sparsestream.contract.Topics;
import sparsestream.contract.TrainingEvent;
import sparsestream.golden.Run;
import sparsestream.kafka.Outage;
import sparsestream.merge.MergeConfig;
import sparsestream.merge.MergeService;
import sparsestream.merge.Merging;
import sparsestream.merge.OuterStep;
import sparsestream.merge.Replicas;
import sparsestream.merge.RoundReplay;
import sparsestream.model.ModelConfig;
import sparsestream.model.RejectedBatchException;
import sparsestream.model.StreamModel;
import sparsestream.model.gan.GanConfig;
import sparsestream.model.layers.AdamConfig;
import sparsestream.model.layers.L1;
import sparsestream.model.vae.VaeConfig;
import sparsestream.monitoring.Health;
import sparsestream.monitoring.Metrics;
import sparsestream.producer.BatchOrigin;
import sparsestream.published.HeldOut;
import sparsestream.trainer.learning.LearnerCodec;
import sparsestream.trainer.learning.ModelSettings;
import sparsestream.trainer.learning.SavedSettings;
import sparsestream.trainer.learning.TrainerConfig;
import sparsestream.trainer.session.Cooperation;
import sparsestream.trainer.session.TrainerService;
import sparsestream.trainer.session.TrainerStatus;
import sparsestream.trainer.watch.WatchConfig;

/**
 * Today's program as the golden tests see it: its command line, and what that has no words for. They touch none of its classes but
 * here, so that whoever changes those changes this file, and nothing that is expected.
 */
public final class Today {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    /** Nothing in a golden run depends on time, so nothing may become due by it. */
    private static final Duration NEVER = Duration.ofHours(1);

    private Today() {}

    /** Runs a command to its end in this JVM, and returns what it has printed. */
    public static String run(List<String> arguments) {
        try (Service command = start(arguments)) {
            return command.finish();
        }
    }

    /** Starts a command in a thread of this JVM. */
    public static Service start(List<String> arguments) {
        return new Service(arguments);
    }

    /** A command that runs; closing asks it to stop, and waits until it has, with success. */
    public static final class Service implements AutoCloseable {
        private final StringWriter out = new StringWriter();
        private final StringWriter err = new StringWriter();
        private final ShutdownSignal shutdown = new ShutdownSignal();
        private final FutureTask<Integer> command;

        private Service(List<String> arguments) {
            command = new FutureTask<>(() -> Main.commandLine(Map.of(), shutdown)
                    .setOut(new PrintWriter(out, true))
                    .setErr(new PrintWriter(err, true))
                    .execute(arguments.toArray(String[]::new)));
            new Thread(command, arguments.get(0)).start();
        }

        /** The rest of the line that starts so, once it is printed. */
        public String lineThatStartsWith(String start) {
            await().atMost(PATIENCE)
                    .until(() -> command.isDone() || out.toString().contains(start));
            return out.toString()
                    .lines()
                    .filter(line -> line.startsWith(start))
                    .map(line -> line.substring(start.length()))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError(err.toString()));
        }

        private String finish() {
            if (result(command) != 0) {
                throw new AssertionError(err.toString());
            }
            return out.toString();
        }

        @Override
        public void close() {
            shutdown.request();
            finish();
        }
    }

    private static <T> T result(FutureTask<T> task) {
        try {
            return task.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new AssertionError(e);
        }
    }

    /** Trains until the run has learned so many images in all; returns what it then is, in a line. */
    public static String train(String bootstrapServers, Run run, long images) {
        try (Metrics metrics = new Metrics();
                TrainerService trainer = service(bootstrapServers, run, OptionalLong.of(images), metrics)) {
            trainer.run();
            TrainerStatus status = trainer.status();
            return "step %s, images %s, offset %s, version %s, weights %s"
                    .formatted(
                            status.step(), status.images(), status.offset(), status.version(), status.weightsSha256());
        }
    }

    private static TrainerService service(String bootstrapServers, Run run, OptionalLong images, Metrics metrics) {
        TrainerConfig config = trainer(bootstrapServers, run, images);
        Cooperation cooperation = run.mergeEvery() == 0
                ? Cooperation.NONE
                : new Replicas(new Merging(run.mergeEvery(), NEVER), config, metrics.registry());
        return new TrainerService(config, cooperation, metrics, new Health(), new Outage(config.kafka()));
    }

    private static TrainerConfig trainer(String bootstrapServers, Run run, OptionalLong images) {
        TrainerConfig config = new TrainerConfig(
                kafka(bootstrapServers),
                new Topics(run.topicPrefix()),
                run.id(),
                settings(run),
                1,
                NEVER,
                images,
                run.heldOut().map(pixels -> new HeldOut(pixels.length / (28 * 28), 28, 28, pixels)));
        if (run.heldOut().isPresent()) {
            config = config.with(new WatchConfig(12, 0, 1, 0.5, 2, 5));
        }
        return config;
    }

    /** Something to do. */
    public interface Work {
        void run() throws Exception;
    }

    /** Merges runs of one name for as long as some work takes. */
    public static void mergeDuring(String bootstrapServers, List<Run> runs, Work work) throws Exception {
        MergeConfig config = new MergeConfig(
                kafka(bootstrapServers),
                new Topics(runs.get(0).topicPrefix()),
                runs.get(0).id(),
                runs.stream().map(Today::settings).toList(),
                new OuterStep(0.9, 0.5),
                NEVER,
                Optional.empty(),
                20);
        try (Metrics metrics = new Metrics()) {
            MergeService service = new MergeService(config, metrics, new Health());
            FutureTask<Void> merging = new FutureTask<>(service, null);
            new Thread(merging, "merge").start();
            work.run();
            service.close();
            result(merging);
        }
    }

    /** Makes the rounds of a merged run again; returns how many are the same, or else fails. */
    public static int replayRounds(String bootstrapServers, Run run) {
        int[] same = {0};
        new RoundReplay(kafka(bootstrapServers), new Topics(run.topicPrefix()), run.id(), 1)
                .replay(settings(run), round -> same[0]++)
                .ifPresent(other -> {
                    throw new AssertionError(other.toString());
                });
        return same[0];
    }

    private static Map<String, Object> kafka(String bootstrapServers) {
        return Map.of("bootstrap.servers", bootstrapServers);
    }

    /** Networks so small that all that is recorded of them is; the command line has no options for that. */
    private static ModelSettings settings(Run run) {
        AdamConfig adam = AdamConfig.of(0.01);
        L1 l1 = new L1(L1.Method.PROXIMAL, 1e-3);
        VaeConfig vae = new VaeConfig(List.of(4, 6), 3, adam, l1, l1);
        GanConfig gan = new GanConfig(3, List.of(6, 4), List.of(4, 6), adam, adam, l1, l1, 0.3, 2, 0.9);
        ModelConfig config = run.model().equals(vae.name()) ? vae : gan;
        return new ModelSettings(config, run.side(), run.side(), 11);
    }

    /** A new model of 28×28 images as the options of {@code trainer} describe it. */
    public static Model model(String model, List<String> options, int threads) {
        return new Model(settings(model, options).create(threads));
    }

    /** A model without a trainer. */
    public static final class Model implements AutoCloseable {
        private final StreamModel model;

        private Model(StreamModel model) {
            this.model = model;
        }

        /**
         * Learns one batch.
         *
         * @param images [count, 784]
         */
        public void learn(byte[] images) {
            try {
                model.learn(images, images.length / model.pixels());
            } catch (RejectedBatchException e) {
                throw new AssertionError(e);
            }
        }

        public String weightsSha256() {
            return LearnerCodec.weightsSha256(model.state());
        }

        @Override
        public void close() {
            model.close();
        }
    }

    /** What a state tells of the settings that it was learned with, if those are the options of {@code trainer}. */
    public static String savedSettings(String model, List<String> options) {
        return SavedSettings.write(settings(model, options).settings());
    }

    /** Whether a state that tells of such settings is one of these options. */
    public static boolean isSavedAs(String settings, String model, List<String> options) {
        return SavedSettings.objection(settings, settings(model, options).settings())
                .isEmpty();
    }

    private static ModelSettings settings(String model, List<String> options) {
        ModelOptions parsed = new ModelOptions();
        CommandLine command = new CommandLine(parsed);
        ModelOptions.addTo(command);
        command.parseArgs(options.toArray(String[]::new));
        return parsed.settings(model, 28, 28, 1);
    }

    /** The value of a record with square images. */
    public static byte[] batch(byte[] images, int side) {
        return new ImageBatch(images.length / (side * side), side, side, images, Optional.empty()).encode();
    }

    /**
     * Reads the records of a topic and writes what it has read again.
     *
     * @param topic without a prefix
     * @return what was written; nothing of what there is only a reader for
     */
    public static List<ProducerRecord<byte[], byte[]>> readAndWrite(
            String topic, List<ConsumerRecord<byte[], byte[]>> records) throws MalformedMessageException {
        List<ProducerRecord<byte[], byte[]>> written = new ArrayList<>();
        CheckpointAssembler assembler = new CheckpointAssembler();
        for (ConsumerRecord<byte[], byte[]> record : records) {
            Topic to = new Topic(record.topic(), 1, Map.of());
            switch (topic) {
                case "images.batches" -> written.add(batch(record));
                case "trainer.state", "model.checkpoints", "model.contributions" -> {
                    Optional<Checkpoint> checkpoint = assembler.accept(record);
                    if (checkpoint.isPresent()) {
                        Checkpoint again = new Checkpoint(
                                checkpoint.get().key(),
                                checkpoint.get().version(),
                                contents(topic, checkpoint.get().contents()));
                        written.addAll(CheckpointCodec.encode(to, record.partition(), again));
                    }
                }
                case "model.rounds" -> written.add(Round.fromRecord(record).toRecord(to));
                case "training.events" ->
                    written.add(TrainingEvent.fromRecord(record).toRecord(to));
                case "images.generated" ->
                    written.add(GeneratedImage.fromRecord(record).toRecord(to));
                case "sample.requests" -> SampleRequest.fromRecord(record);
                default -> DeadLetter.read(record);
            }
        }
        return written;
    }

    private static ProducerRecord<byte[], byte[]> batch(ConsumerRecord<byte[], byte[]> record)
            throws MalformedMessageException {
        var written = new ProducerRecord<>(
                record.topic(),
                record.partition(),
                record.key(),
                ImageBatch.decode(record.value()).encode());
        BatchOrigin.of(record.headers()).ifPresent(origin -> origin.addTo(written.headers()));
        return written;
    }

    private static Safetensors contents(String topic, Safetensors contents) throws MalformedMessageException {
        return switch (topic) {
            case "model.contributions" -> Contribution.decode(contents).encode();
            case "model.checkpoints" -> {
                Safetensors again = PublishedModel.decode(contents).encode();
                Optional<MergePosition> position = MergePosition.of(contents);
                yield position.isPresent() ? position.get().addTo(again) : again;
            }
            default -> contents;
        };
    }
}
