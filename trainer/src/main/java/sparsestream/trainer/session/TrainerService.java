package sparsestream.trainer.session;

import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.CoordinatorNotAvailableException;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sparsestream.kafka.ClusterProbe;
import sparsestream.kafka.KafkaClients;
import sparsestream.kafka.Outage;
import sparsestream.kafka.Patience;
import sparsestream.kafka.Reason;
import sparsestream.monitoring.Health;
import sparsestream.monitoring.Metrics;
import sparsestream.trainer.TrainerException;
import sparsestream.trainer.learning.TrainerConfig;

/**
 * Trains one model on {@code images.batches} and publishes checkpoints at an interval and at the end.
 *
 * <p>When Kafka fails in the middle, the work since the last checkpoint is forgotten and done again, to the same bits.
 */
public final class TrainerService implements Runnable, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(TrainerService.class);

    private static final Duration RETRY = Duration.ofSeconds(1);
    private static final Duration TOPIC_POLL = Duration.ofSeconds(1);
    /** A session after one that failed shows soon whether Kafka takes what it learns. */
    private static final Duration PROOF = Duration.ofSeconds(1);

    /** For the last checkpoint, which takes a tenth of a second where Kafka is well. */
    private static final long STOP_SECONDS = 3;

    private final TrainerConfig config;
    private final Metrics metrics;
    private final Health health;
    private final String healthCheck;
    private final Cooperation cooperation;
    private final Progress progress;
    private final KafkaClients clients;
    private final Outage outage;
    private final Patience patience;
    /** What was said of topics that are not as they should be. */
    private final Set<String> toldDifferences = new HashSet<>();

    private final AtomicReference<Thread> worker = new AtomicReference<>();
    private boolean resetPending;
    private boolean toldMissing;
    private boolean troubled;
    private Optional<GroupInstance> instance = Optional.empty();

    /** Connects nothing yet; {@link #run} does. */
    public TrainerService(TrainerConfig config, Metrics metrics, Health health) {
        this(config, metrics, health, new Outage(config.kafka()));
    }

    /**
     * In a process with other services.
     *
     * @param outage of the process
     */
    public TrainerService(TrainerConfig config, Metrics metrics, Health health, Outage outage) {
        this(config, Cooperation.NONE, metrics, health, outage);
    }

    /**
     * Of a run in which trainers work together.
     *
     * @param cooperation of this trainer alone
     */
    public TrainerService(
            TrainerConfig config, Cooperation cooperation, Metrics metrics, Health health, Outage outage) {
        this.config = config;
        this.cooperation = cooperation;
        this.metrics = metrics;
        this.health = health;
        this.healthCheck = config.healthCheck();
        this.clients = new KafkaClients(config.kafka());
        this.outage = outage;
        this.patience = new Patience(healthCheck, outage);
        this.resetPending = config.recovery().reset();
        this.progress = new Progress(
                config,
                new MicrometerTrainerMetrics(metrics.registry(), config.model().name()));
        health.expect(healthCheck, healthCheck + ".kafka");
    }

    /**
     * Trains until {@link #close} or the limit of images; what it has learned is published before it returns, unless it was
     * closed and Kafka does not answer in time.
     *
     * @throws TrainerException if the run can't go on
     */
    @Override
    public void run() {
        worker.set(Thread.currentThread());
        try (ClusterProbe probe = new ClusterProbe(clients, health, healthCheck + ".kafka", outage)) {
            probe.start();
            if (!config.kafka().containsKey(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG)) {
                instance = GroupInstance.take(config.group());
            }
            while (!runSession()) {
                patience.pause(RETRY);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            instance.ifPresent(GroupInstance::close);
            ended();
            health.ready(healthCheck, false, "stopped");
        }
    }

    /** From here on nobody interrupts this thread; that somebody did is nobody's business, if it was told to stop. */
    private void ended() {
        synchronized (worker) {
            worker.set(null);
        }
        if (patience.stopped() && Thread.interrupted()) {
            log.warn(
                    "{} stops without a last checkpoint, since Kafka does not answer; it will go on from the one before",
                    config.model().name());
        }
    }

    /** Returns whether the work is done; if not, Kafka has failed and another session may do better. */
    private boolean runSession() {
        Optional<String> name = instance.map(GroupInstance::name);
        try (TrainerClients opened = new TrainerClients(config, clients, name, metrics)) {
            TrainerTopics topics = new TrainerTopics(config, cooperation, opened.admin());
            topics.prepare().stream().filter(toldDifferences::add).forEach(log::warn);
            awaitBatches(topics);
            if (!patience.stopped()) {
                train(opened, topics);
            }
            return true;
        } catch (ProducerFencedException | InvalidProducerEpochException e) {
            throw new TrainerException(
                    "another trainer has taken over run %s; this one stops, and nothing is lost"
                            .formatted(config.runId()),
                    e);
        } catch (FencedInstanceIdException e) {
            return goOnWithoutName(e);
        } catch (InterruptException | InterruptedException e) {
            return true;
        } catch (KafkaException e) {
            return goBack(e);
        }
    }

    private void awaitBatches(TrainerTopics topics) throws InterruptedException {
        String topic = config.topics().imageBatches().name();
        while (!patience.stopped() && !topics.hasBatches()) {
            health.ready(healthCheck, false, "waiting for topic " + topic);
            if (!toldMissing) {
                log.info(
                        "{} waits for topic {}, which a producer or ingest creates",
                        config.model().name(),
                        topic);
            }
            toldMissing = true;
            patience.succeeded();
            patience.pause(TOPIC_POLL);
        }
        toldMissing = false;
    }

    private void train(TrainerClients opened, TrainerTopics topics) {
        Takeover takeover = new Takeover(config, opened::producer, opened.past(), metrics);
        try (TrainerSession session = new TrainerSession(
                config,
                opened.consumer(),
                takeover,
                cooperation,
                topics::hasBatches,
                progress,
                health,
                System::nanoTime)) {
            if (resetPending) {
                session.startAnew(topics.partitions());
                resetPending = false;
            }
            cooperation.join(clients);
            session.start(troubled ? PROOF : config.checkpointInterval());
            while (!patience.stopped() && !progress.isComplete()) {
                session.poll();
                heed(session);
            }
            session.publishAll();
        }
    }

    private void heed(TrainerSession session) {
        if (session.isWell()) {
            troubled = false;
            patience.succeeded();
        } else if (session.isLockedOut()) {
            patience.bear(new CoordinatorNotAvailableException("group %s can't be joined".formatted(config.group())));
        }
    }

    /** To the last checkpoint, and from there on again if that may help; answers whether this has been told to stop. */
    private boolean goBack(KafkaException failure) {
        String reason = Reason.of(failure, config.kafka());
        try {
            patience.bear(failure);
        } catch (KafkaException hopeless) {
            throw new TrainerException(
                    "cannot train on topic %s: %s"
                            .formatted(config.topics().imageBatches().name(), reason),
                    failure);
        }
        log.debug("{} goes back to its last checkpoint: {}", config.model().name(), reason);
        health.ready(healthCheck, false, reason);
        progress.wentBack();
        troubled = true;
        return patience.stopped();
    }

    /** Two machines may have one name: one trainer then does without. */
    private boolean goOnWithoutName(FencedInstanceIdException e) {
        if (instance.isEmpty()) {
            throw new TrainerException(
                    "another trainer of group %s has the same group.instance.id; give each its own"
                            .formatted(config.group()),
                    e);
        }
        log.warn(
                "another trainer of group {} is called {} too; this one goes on without a name",
                config.group(),
                instance.get().name());
        instance.get().close();
        instance = Optional.empty();
        progress.wentBack();
        return patience.stopped();
    }

    /** How far this has come; any thread may ask. */
    public TrainerStatus status() {
        return progress.status();
    }

    /** Asks {@link #run} to publish what it has and return, in {@value #STOP_SECONDS} s at most; any thread may ask. */
    @Override
    public void close() {
        patience.stop();
        if (worker.get() != null) {
            Thread impatience = new Thread(this::interruptWhenLate, healthCheck + "-stop");
            impatience.setDaemon(true);
            impatience.start();
        }
    }

    private void interruptWhenLate() {
        try {
            TimeUnit.SECONDS.sleep(STOP_SECONDS);
        } catch (InterruptedException e) {
            return;
        }
        synchronized (worker) {
            if (worker.get() != null) {
                worker.get().interrupt();
            }
        }
    }
}
