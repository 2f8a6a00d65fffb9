package sparsestream.trainer;

import java.lang.management.ManagementFactory;
import java.util.Map;
import java.util.OptionalDouble;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sparsestream.contract.PublishedModel;
import sparsestream.trainer.Learner.Learned;
import sparsestream.trainer.Learner.Outcome;
import sparsestream.trainer.Learner.Rejected;

/** Keeps account of what a trainer does, for meters and for whoever asks how far it is. One thread writes, any may read. */
final class Progress {
    private static final Logger log = LoggerFactory.getLogger(Progress.class);

    private final TrainerConfig config;
    private final TrainerMetrics meters;
    private volatile TrainerStatus status;
    private TrainerStatus committed;
    private long sessionImages;
    private long rejected;
    private int newlyRejected;
    private String firstRejection = "";
    private long sessionStartNanos;

    Progress(TrainerConfig config, TrainerMetrics meters) {
        this.config = config;
        this.meters = meters;
        this.committed = TrainerStatus.starting(config.model().name());
        this.status = committed;
    }

    /** What was learned since the last checkpoint is forgotten. */
    void wentBack() {
        status = committed;
    }

    TrainerStatus status() {
        return status;
    }

    /** Whether the run has learned all the images it was told to. */
    boolean isComplete() {
        return config.images().isPresent() && status.images() >= config.images().getAsLong();
    }

    void accepted(ConsumerRecord<byte[], byte[]> record, Outcome outcome, Learner learner, long stepNanos) {
        if (outcome instanceof Learned learned) {
            if (sessionStartNanos == 0) {
                sessionStartNanos = System.nanoTime() - stepNanos;
                recovered();
            }
            sessionImages += learned.images();
            double freshnessSeconds = (System.currentTimeMillis() - record.timestamp()) / 1e3;
            meters.learned(learned.images(), learned.losses(), stepNanos / 1e9, freshnessSeconds);
            status = learned(learner, learned.losses());
        } else if (outcome instanceof Rejected refused) {
            if (newlyRejected == 0) {
                firstRejection = "%s-%d@%d: %s"
                        .formatted(
                                record.topic(),
                                record.partition(),
                                record.offset(),
                                refused.reason().getMessage());
            }
            newlyRejected++;
        }
    }

    private void recovered() {
        long startMs = ManagementFactory.getRuntimeMXBean().getStartTime();
        double seconds = (System.currentTimeMillis() - startMs) / 1e3;
        meters.recovered(seconds);
        log.info(
                "{} took its first step {} s after the process began",
                config.model().name(),
                seconds);
    }

    void lag(long batches) {
        meters.lag(batches);
    }

    void lost(long batches, TopicPartition partition, Learner learner) {
        meters.lost(batches);
        log.warn(
                "{} goes on at {} offset {}: the {} records before it were deleted before it learned them",
                config.model().name(),
                partition,
                learner.nextOffset(),
                batches);
    }

    private TrainerStatus learned(Learner learner, Map<String, Double> losses) {
        double seconds = (System.nanoTime() - sessionStartNanos) / 1e9;
        return new TrainerStatus(
                status.model(),
                learner.model().step(),
                learner.model().images(),
                learner.nextOffset(),
                learner.version(),
                losses,
                status.zeroRatio(),
                status.heldOutNelbo(),
                status.weightsSha256(),
                sessionImages / seconds,
                rejected);
    }

    void resumed(Learner learner) {
        // Whatever was rejected and not published is read again.
        newlyRejected = 0;
        status = checkpoint(LearnerCodec.publish(learner), learner.heldOutNelbo(config.heldOut()), learner, Map.of());
        committed = status;
    }

    void published(PartitionWork.Transaction transaction, Learner learner, long transactionNanos) {
        reportRejected();
        status = checkpoint(transaction.published(), transaction.heldOutNelbo(), learner, status.losses());
        committed = status;
        meters.published(status, transaction.published().layerZeroRatios(), transactionNanos / 1e9);
        log.debug("{} version {} at offset {}", config.model().name(), learner.version(), learner.nextOffset());
    }

    /** One line a transaction, however many records it was. */
    private void reportRejected() {
        if (newlyRejected > 0) {
            log.warn("new dead letters: {}, the first is {}", newlyRejected, firstRejection);
        }
        for (int i = 0; i < newlyRejected; i++) {
            meters.rejected();
        }
        rejected += newlyRejected;
        newlyRejected = 0;
    }

    private TrainerStatus checkpoint(
            PublishedModel published, OptionalDouble heldOutNelbo, Learner learner, Map<String, Double> losses) {
        return new TrainerStatus(
                published.model(),
                published.step(),
                published.images(),
                learner.nextOffset(),
                learner.version(),
                losses,
                published.zeroRatio(),
                heldOutNelbo,
                published.weightsSha256(),
                status.imagesPerSecond(),
                rejected);
    }
}
