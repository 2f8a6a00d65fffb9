package sparsestream.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import sparsestream.contract.Topics;
import sparsestream.kafka.Outage;
import sparsestream.monitoring.Health;
import sparsestream.monitoring.HttpAddress;
import sparsestream.monitoring.HttpBindException;
import sparsestream.monitoring.Metrics;
import sparsestream.monitoring.MonitoringServer;
import sparsestream.producer.BatchSchedule;
import sparsestream.producer.Dataset;
import sparsestream.producer.DownloadException;
import sparsestream.producer.LeadLimit;
import sparsestream.producer.MicrometerProducerMetrics;
import sparsestream.producer.ProducerConfig;
import sparsestream.producer.ProducerService;
import sparsestream.producer.Split;
import sparsestream.published.Archive;
import sparsestream.published.HeldOut;
import sparsestream.sampler.SamplerConfig;
import sparsestream.sampler.SamplerService;
import sparsestream.sampler.gallery.Gallery;
import sparsestream.trainer.learning.TrainerConfig;
import sparsestream.trainer.session.TrainerService;

@Command(
        name = "demo",
        description =
                "Runs everything in one process: broker, producer, trainers, sampler and gallery. State is kept, so"
                        + " that the next demo goes on where this one ended.")
final class DemoCommand implements Callable<Integer> {
    /** Taken unless another port is asked for or something else listens there. */
    private static final int GALLERY_PORT = 8080;

    /** The producer may run so far ahead: several seconds of the faster trainer, tens of megabytes of topic. */
    private static final long LEAD_IMAGES = 262_144;

    private static final String DRAWN = "drawn";

    @Mixin
    private DataOptions data;

    @Mixin
    private DatasetOptions dataset;

    @Mixin
    private HttpOptions http;

    @Mixin
    private RunOptions run;

    @Mixin
    private TrainerOptions training;

    @Option(
            names = "--rate",
            paramLabel = "N",
            defaultValue = "0",
            description = "Images a second to stream; 0 for as fast as the trainers learn (default: ${DEFAULT-VALUE}).")
    private double rate;

    @Option(
            names = "--sample-rate",
            paramLabel = "N",
            defaultValue = "4",
            description = "Images a second to generate with each model (default: ${DEFAULT-VALUE}).")
    private double sampleRate;

    @Option(
            names = "--archive",
            paramLabel = "DIR",
            description = "Keep every version that is served there, as a safetensors file (default: keep none).")
    private Path archive;

    @Option(names = "--summary", paramLabel = "FILE", description = "Write what the run came to as JSON at the end.")
    private Path summary;

    @Spec
    private CommandSpec spec;

    private final ShutdownSignal shutdown;

    DemoCommand(ShutdownSignal shutdown) {
        this.shutdown = shutdown;
    }

    @Override
    public Integer call() throws InterruptedException, IOException {
        List<String> models = run.models();
        // Wrong options should not cost a download first; the images' size comes later and is of no matter for that.
        Optional.ofNullable(archive).ifPresent(Archive::writable);
        models.forEach(model -> training.config(Map.of(), new Topics(""), run, model, 1, 1, null));
        Dataset images = load();
        Dataset unseen = DatasetOptions.load(images.name(), Split.HELD_OUT, err());
        say("starting a broker on " + data.directory());
        try (EmbeddedBroker broker = EmbeddedBroker.start(data.directory(), "127.0.0.1", 0);
                Metrics metrics = new Metrics()) {
            Map<String, Object> kafka = Map.of("bootstrap.servers", broker.bootstrapServers());
            Health health = new Health();
            List<TrainerConfig> configs = models.stream()
                    .map(model -> trainerConfig(kafka, model, unseen))
                    .toList();
            Outage outage = new Outage(kafka);
            List<TrainerService> trainers = configs.stream()
                    .map(config -> new TrainerService(config, metrics, health, outage))
                    .toList();
            ProducerService producer = new ProducerService(
                    producerConfig(kafka, configs),
                    images,
                    new BatchSchedule(images, run.seed()),
                    new MicrometerProducerMetrics(metrics),
                    health,
                    outage);
            SamplerService sampler = new SamplerService(
                    new SamplerConfig(
                            kafka, "", run.runId(), models, sampleRate, run.seed(), Optional.ofNullable(archive)),
                    metrics,
                    health,
                    outage);
            try (MonitoringServer server = serve(metrics, health, Gallery.of(sampler))) {
                say("broker at " + broker.bootstrapServers() + ", gallery at http://" + server.address());
                train(producer, trainers, sampler);
            }
            summarize(trainers, sampler);
        }
        return 0;
    }

    private Dataset load() {
        try {
            return dataset.load(Split.TRAIN);
        } catch (DownloadException e) {
            err().println("sparsestream: " + e.getMessage() + "; streaming digits drawn by this program instead");
            err().flush();
            return DatasetOptions.load(DRAWN, Split.TRAIN, err());
        }
    }

    private TrainerConfig trainerConfig(Map<String, Object> kafka, String model, Dataset unseen) {
        HeldOut heldOut = new HeldOut(unseen.count(), unseen.height(), unseen.width(), unseen.images());
        return training.config(kafka, new Topics(""), run, model, unseen.height(), unseen.width(), heldOut);
    }

    private ProducerConfig producerConfig(Map<String, Object> kafka, List<TrainerConfig> trainers) {
        LeadLimit lead = new LeadLimit(
                LEAD_IMAGES, trainers.stream().map(TrainerConfig::group).collect(Collectors.toSet()));
        return new ProducerConfig(
                ProducerCommand.strings(kafka),
                "",
                ProducerConfig.DEFAULT_BATCH_SIZE,
                RunOptions.limit(training.images()),
                OptionalDouble.of(rate),
                run.seed(),
                true,
                Optional.of(lead));
    }

    private MonitoringServer serve(Metrics metrics, Health health, Gallery gallery) {
        HttpAddress asked = http.address();
        if (asked.port() == 0) {
            try {
                return MonitoringServer.start(
                        new HttpAddress(asked.host(), GALLERY_PORT), metrics.registry(), health, gallery::addTo);
            } catch (HttpBindException taken) {
                // Any other port will do: it is printed.
            }
        }
        return MonitoringServer.start(asked, metrics.registry(), health, gallery::addTo);
    }

    /** Until the trainers have learned all they were told to, a service fails, or a stop is asked for. */
    private void train(ProducerService producer, List<TrainerService> trainers, SamplerService sampler)
            throws InterruptedException {
        StatusLine status = StatusLine.ofProcess();
        try (Services around = new Services(shutdown::request);
                Services training = new Services(shutdown::request)) {
            around.start("producer", producer, producer::close);
            around.start("sampler", sampler, sampler::close);
            trainers.forEach(
                    trainer -> training.start("trainer-" + trainer.status().model(), trainer, trainer::close));
            while (!training.ended() && !shutdown.await(Duration.ofMillis(250))) {
                status.show(describe(trainers));
            }
        }
        status.end(describe(trainers));
    }

    private static String describe(List<TrainerService> trainers) {
        return StatusLine.describe(trainers.stream().map(TrainerService::status).toList());
    }

    private void summarize(List<TrainerService> trainers, SamplerService sampler) throws IOException {
        if (summary != null) {
            new Summary(trainers.stream()
                            .map(TrainerService::status)
                            .map(status -> Summary.ModelSummary.of(status, sampler.imagesGenerated(status.model())))
                            .toList())
                    .write(summary);
        }
    }

    private void say(String line) {
        spec.commandLine().getOut().println(line);
        spec.commandLine().getOut().flush();
    }

    private PrintWriter err() {
        return spec.commandLine().getErr();
    }
}
