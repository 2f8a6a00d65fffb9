package sparsestream.trainer;

import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sparsestream.kafka.ClusterProbe;
import sparsestream.monitoring.Health;
import sparsestream.monitoring.Metrics;

/**
 * Trains one model on {@code images.batches} and publishes checkpoints at an interval and at the end.
 *
 * <p>When Kafka fails in the middle, the work since the last checkpoint is forgotten and done again, to the same bits.
 */
public final class TrainerService implements Runnable, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(TrainerService.class);

    private static final long RETRY_SECONDS = 1;

    /** For the last checkpoint, which takes a tenth of a second where Kafka is well. */
    private static final long STOP_SECONDS = 3;

    private final TrainerConfig config;
    private final Metrics metrics;
    private final Health health;
    private final String healthCheck;
    private final Progress progress;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final AtomicReference<Thread> worker = new AtomicReference<>();
    private boolean resetPending;
    private Optional<GroupInstance> instance = Optional.empty();

    /** Connects nothing yet; {@link #run} does. */
    public TrainerService(TrainerConfig config, Metrics metrics, Health health) {
        this.config = config;
        this.metrics = metrics;
        this.health = health;
        this.healthCheck = "trainer-" + config.model().name();
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
        try (ClusterProbe probe = new ClusterProbe(config.kafka(), health, healthCheck + ".kafka")) {
            probe.start();
            if (!config.kafka().containsKey(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG)) {
                instance = GroupInstance.take(config.group());
            }
            while (!runSession()) {
                closed.await(RETRY_SECONDS, TimeUnit.SECONDS);
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
        if (closed.getCount() == 0 && Thread.interrupted()) {
            log.warn(
                    "{} stops without a last checkpoint, since Kafka does not answer; it will go on from the one before",
                    config.model().name());
        }
    }

    /** Returns whether the work is done; if not, Kafka has failed and another session may do better. */
    private boolean runSession() {
        try (TrainerSession session =
                new TrainerSession(config, instance.map(GroupInstance::name), progress, metrics, health, healthCheck)) {
            session.prepare();
            if (resetPending) {
                session.startAnew();
                resetPending = false;
            }
            session.start();
            while (closed.getCount() > 0 && !progress.isComplete()) {
                session.poll();
            }
            session.publishAll();
            return true;
        } catch (ProducerFencedException | InvalidProducerEpochException e) {
            throw new TrainerException(
                    "another trainer has taken over run %s; this one stops, and nothing is lost"
                            .formatted(config.runId()),
                    e);
        } catch (FencedInstanceIdException e) {
            return goOnWithoutName(e);
        } catch (AuthenticationException | AuthorizationException e) {
            throw new TrainerException("Kafka refuses: " + e.getMessage(), e);
        } catch (InterruptException e) {
            return true;
        } catch (KafkaException e) {
            health.ready(healthCheck, false, String.valueOf(e.getMessage()));
            progress.wentBack();
            log.warn("{} goes back to its last checkpoint: {}", config.model().name(), e.getMessage());
            return closed.getCount() == 0;
        }
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
        return closed.getCount() == 0;
    }

    /** How far this has come; any thread may ask. */
    public TrainerStatus status() {
        return progress.status();
    }

    /** Asks {@link #run} to publish what it has and return, in {@value #STOP_SECONDS} s at most; any thread may ask. */
    @Override
    public void close() {
        closed.countDown();
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
