package sparsestream.trainer;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
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

    private final TrainerConfig config;
    private final Metrics metrics;
    private final Health health;
    private final String healthCheck;
    private final Progress progress;
    private final CountDownLatch closed = new CountDownLatch(1);

    /** Connects nothing yet; {@link #run} does. */
    public TrainerService(TrainerConfig config, Metrics metrics, Health health) {
        this.config = config;
        this.metrics = metrics;
        this.health = health;
        this.healthCheck = "trainer-" + config.model().name();
        this.progress = new Progress(
                config,
                new MicrometerTrainerMetrics(metrics.registry(), config.model().name()));
        health.expect(healthCheck);
    }

    /**
     * Trains until {@link #close} or the limit of images; what it has learned is published before it returns.
     *
     * @throws TrainerException if the run can't go on
     */
    @Override
    public void run() {
        try {
            while (!runSession()) {
                closed.await(RETRY_SECONDS, TimeUnit.SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            health.ready(healthCheck, false, "stopped");
        }
    }

    /** Returns whether the work is done; if not, Kafka has failed and another session may do better. */
    private boolean runSession() {
        try (TrainerSession session = new TrainerSession(config, progress, metrics, health, healthCheck)) {
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
        } catch (OffsetOutOfRangeException e) {
            throw new TrainerException(
                    "the topic no longer has batches that run %s has yet to learn: %s"
                            .formatted(config.runId(), e.getMessage()),
                    e);
        } catch (AuthenticationException | AuthorizationException e) {
            throw new TrainerException("Kafka refuses: " + e.getMessage(), e);
        } catch (InterruptException e) {
            return true;
        } catch (KafkaException e) {
            health.ready(healthCheck, false, String.valueOf(e.getMessage()));
            log.warn("{} goes back to its last checkpoint: {}", config.model().name(), e.getMessage());
            return closed.getCount() == 0;
        }
    }

    /** How far this has come; any thread may ask. */
    public TrainerStatus status() {
        return progress.status();
    }

    /** Asks {@link #run} to publish what it has and return; any thread may ask. */
    @Override
    public void close() {
        closed.countDown();
    }
}
