package sparsestream.sampler;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sparsestream.contract.Topic;
import sparsestream.contract.Topics;
import sparsestream.kafka.ClusterProbe;
import sparsestream.kafka.Connection;
import sparsestream.kafka.KafkaClients;
import sparsestream.kafka.Outage;
import sparsestream.kafka.Patience;
import sparsestream.kafka.Reason;
import sparsestream.kafka.TopicCreation;
import sparsestream.kafka.TopicLookup;
import sparsestream.monitoring.Health;
import sparsestream.monitoring.Metrics;
import sparsestream.published.Archive;
import sparsestream.published.CheckpointFollower;
import sparsestream.published.ModelVersion;

/**
 * Follows a run's checkpoints and emits images of its models until it is closed.
 *
 * <p>The thread that calls {@link #run()} follows; another one emits, and a third answers requests. Starts before the cluster, the topic or a checkpoint
 * is there, and waits for them; only what the cluster refuses ends it. Of several samplers with one run id each needs a seed
 * of its own, or their images repeat.
 */
public final class SamplerService implements Runnable, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SamplerService.class);
    private static final String CHECK = "kafka";
    private static final Duration TOPIC_POLL = Duration.ofSeconds(1);
    private static final Duration FLUSH_TIMEOUT = Duration.ofSeconds(5);
    /** For one wait of a client and the flush. */
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(12);

    private final SamplerConfig config;
    private final Metrics metrics;
    private final Health health;
    private final Clock clock = Clock.systemUTC();
    private final SamplerState state;
    private final KafkaClients kafka;
    private final Outage outage;
    private final Connection connection;
    private final SamplerMetrics meters;
    private final SamplerClients clients;
    private final Optional<Archive> archive;
    private final Topic checkpoints;
    private final Topic images;
    private final List<Spectator> spectators = new ArrayList<>();
    private final AtomicReference<CheckpointFollower> follower = new AtomicReference<>();
    private final AtomicBoolean started = new AtomicBoolean();
    private final CountDownLatch finished = new CountDownLatch(1);

    /** @throws IllegalArgumentException if the archive cannot be written to */
    public SamplerService(SamplerConfig config, Metrics metrics, Health health) {
        this(config, metrics, health, new Outage(config.kafka()));
    }

    /**
     * In a process with other services.
     *
     * @param outage of the process
     * @throws IllegalArgumentException if the archive cannot be written to
     */
    public SamplerService(SamplerConfig config, Metrics metrics, Health health, Outage outage) {
        this.config = config;
        this.metrics = metrics;
        this.health = health;
        this.state = new SamplerState(config.models());
        this.kafka = new KafkaClients(config.kafka());
        this.outage = outage;
        this.connection = new Connection(new Patience("sampler", outage), state::connected);
        health.expect(CHECK);
        this.meters = new MicrometerSamplerMetrics(metrics.registry(), config.models(), clock);
        this.clients = new SamplerClients(kafka);
        this.archive = config.archive().map(Archive::writable);
        this.checkpoints = new Topics(config.topicPrefix()).modelCheckpoints();
        this.images = new Topics(config.topicPrefix()).imagesGenerated();
        config.models().forEach(model -> health.expect(ModelSwap.check(model)));
    }

    public SamplerConfig config() {
        return config;
    }

    /** Shows a spectator all that happens from the start on; to be called before {@link #run()}. */
    public void watchedBy(Spectator spectator) {
        if (started.get()) {
            throw new IllegalStateException("the sampler runs already");
        }
        spectators.add(spectator);
    }

    /** What is served now. */
    public SamplerState state() {
        return state;
    }

    /**
     * Images that have reached the topic since this process started.
     *
     * @throws IllegalArgumentException if the sampler is not configured for this model
     */
    public long imagesGenerated(String model) {
        return state.model(model)
                .orElseThrow(() -> new IllegalArgumentException("no model '" + model + "' is served"))
                .imagesGenerated();
    }

    /**
     * Samples. Returns after {@link #close()}.
     *
     * @throws SamplerException if the cluster refuses
     */
    @Override
    public void run() {
        if (!started.compareAndSet(false, true)) {
            throw new IllegalStateException("a sampler runs once");
        }
        try (ClusterProbe probe = new ClusterProbe(kafka, health, CHECK, outage)) {
            probe.start();
            Optional<Admin> opened = connection.open(() -> clients.admin("admin"));
            if (opened.isPresent()) {
                try (Admin admin = opened.get()) {
                    sample(admin);
                }
            }
        } catch (InterruptedException | InterruptException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            String reason = Reason.of(e, config.kafka());
            health.live("sampler", false, "stopped: " + reason);
            throw e instanceof KafkaException ? new SamplerException("the sampler had to stop: " + reason, e) : e;
        } finally {
            finished.countDown();
        }
    }

    /** Stops at once, but for a bounded time in which the images under way reach the topic. */
    @Override
    public void close() {
        stop();
        try {
            if (started.get() && !finished.await(CLOSE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.warn("the sampler did not stop within {}", CLOSE_TIMEOUT);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void stop() {
        connection.stop();
        CheckpointFollower following = follower.get();
        if (following != null) {
            following.wakeUp();
        }
    }

    private void sample(Admin admin) throws InterruptedException {
        Topics topics = new Topics(config.topicPrefix());
        connection
                .insist(() -> TopicCreation.ensure(
                        admin,
                        List.of(
                                images,
                                topics.sampleRefusals(),
                                topics.sampleRequests(),
                                topics.sampleRequestLetters())))
                .ifPresent(differences -> differences.forEach(LOG::warn));
        Optional<Map<String, Long>> nextIndexes = connection.insist(this::readNextIndexes);
        try (OpenClients open = new OpenClients(metrics, FLUSH_TIMEOUT)) {
            Optional<Producer<byte[], byte[]>> opened = connection.open(clients::producer);
            if (nextIndexes.isEmpty() || opened.isEmpty()) {
                return;
            }
            Producer<byte[], byte[]> producer = open.add(opened.get());
            ImageOutlet outlet = new ImageOutlet(producer, images, state, meters);
            ImageEmitter emitter =
                    new ImageEmitter(config, ImageEmitter.BATCH, state, nextIndexes.get(), outlet, clock);
            RequestDesk desk = new RequestDesk(
                    open.add(clients.requests(config.group())),
                    producer,
                    outlet,
                    topics.sampleRequests(),
                    new RequestAnswers(config, state, archive),
                    state,
                    connection,
                    meters,
                    clock);
            followBeside(admin, emitter, desk);
        }
    }

    private Map<String, Long> readNextIndexes() {
        try (Consumer<byte[], byte[]> consumer = clients.consumer("consumer")) {
            return NextIndexes.read(consumer, images.name(), config.source(), Set.copyOf(config.models()));
        }
    }

    /** Each of the three threads ends when another does. */
    private void followBeside(Admin admin, ImageEmitter emitter, RequestDesk desk) throws InterruptedException {
        SideThreads beside = new SideThreads(this::stop);
        beside.start("image-emitter", emitter);
        beside.start("request-desk", desk);
        List<Thread> watching = spectators.stream().map(this::watch).toList();
        try {
            follow(admin, new ModelSwap(state, meters, health, clock, spectators, version -> {
                emitter.wake();
                keep(version);
            }));
        } finally {
            connection.stop();
            emitter.stop();
            desk.wakeUp();
            beside.finish();
            for (Thread thread : watching) {
                thread.join();
            }
        }
    }

    private Thread watch(Spectator spectator) {
        Thread thread = new Thread(() -> spectator.watch(clients, connection), "training-events");
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    /** What cannot be archived is served all the same. */
    private void keep(ModelVersion version) {
        try {
            if (archive.isPresent()) {
                archive.get().keep(version);
            }
        } catch (IOException e) {
            LOG.warn(
                    "version {} of {} is not kept in the archive: {}",
                    version.version(),
                    version.model(),
                    e.toString());
        }
    }

    private void follow(Admin admin, ModelSwap swap) throws InterruptedException {
        awaitCheckpoints(admin);
        Optional<Consumer<byte[], byte[]>> opened = connection.open(() -> clients.consumer("consumer"));
        if (opened.isEmpty()) {
            return;
        }
        Consumer<byte[], byte[]> consumer = opened.get();
        Metrics.Binding bound = metrics.bind(consumer);
        try {
            follower.set(new CheckpointFollower(
                    consumer, checkpoints.name(), config.runId(), config.models(), swap, connection));
            follower.get().follow();
        } finally {
            follower.set(null);
            bound.close();
            consumer.close();
        }
    }

    private void awaitCheckpoints(Admin admin) throws InterruptedException {
        boolean told = false;
        while (!connection
                .insist(() -> TopicLookup.partitions(admin, checkpoints.name()).isPresent())
                .orElse(true)) {
            if (!told) {
                LOG.info("the sampler waits for topic {}, which a trainer or merge creates", checkpoints.name());
            }
            told = true;
            connection.pause(TOPIC_POLL);
        }
    }
}
