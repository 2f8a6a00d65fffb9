package sparsestream.trainer.session;

import java.lang.management.ManagementFactory;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sparsestream.contract.PublishedModel;
import sparsestream.model.evaluation.Evaluation;
import sparsestream.trainer.learning.Learner;
import sparsestream.trainer.learning.Learner.Learned;
import sparsestream.trainer.learning.Learner.Outcome;
import sparsestream.trainer.learning.Learner.Rejected;
import sparsestream.trainer.learning.LearnerCodec;
import sparsestream.trainer.learning.PartitionWork;
import sparsestream.trainer.learning.TrainerConfig;
import sparsestream.trainer.watch.Notice;

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
    private long refusedStep = -1;

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
            meters.learned(learned.images(), learned.losses().byName(), stepNanos / 1e9, freshnessSeconds);
            learned.notices().forEach(this::noticed);
            meters.prequential(learner.watch().prequentialLoss());
            status = learned(learner, learned.losses().byName());
        } else if (outcome instanceof Rejected refused) {
            if (newlyRejected == 0) {
                firstRejection = "%s-%s@%s: %s"
                        .formatted(
                                record.topic(),
                                record.partition(),
                                record.offset(),
                                refused.reason().getMessage());
            }
            newlyRejected++;
        }
    }

    private void noticed(Notice notice) {
        meters.noticed(notice);
        if (notice instanceof Notice.Refused refused) {
            refused(refused.step(), refused.reason());
        } else if (notice instanceof Notice.RolledBack back) {
            log.warn(
                    "{} goes back from step {} to what it was after step {}, with {} times the learning rate: it was refused {} times in a row",
                    config.model().name(),
                    back.step(),
                    back.toStep(),
                    back.rateScale(),
                    back.refusals());
        } else if (notice instanceof Notice.Drift drift) {
            log.warn(
                    "{} step {}: the stream has changed, says {}: loss {} after {}",
                    config.model().name(),
                    drift.step(),
                    drift.detector(),
                    drift.loss(),
                    drift.prequentialLoss());
        }
    }

    /** Once a step, whether it was found out in passing or in a transaction. */
    private void refused(long step, String reason) {
        if (step != refusedStep) {
            meters.refused();
            log.warn(
                    "{} is not good enough to be published after step {}: {}",
                    config.model().name(),
                    step,
                    reason);
        }
        refusedStep = step;
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

    /** There is a newer common model, of which this trainer's learners may have a part or not. */
    void heard(long version, PublishedModel model) {
        status = new TrainerStatus(
                model.model(),
                model.step(),
                model.images(),
                model.inputTo(),
                version,
                status.losses(),
                model.zeroRatio(),
                status.prequentialLoss(),
                Optional.empty(),
                model.weightsSha256(),
                status.imagesPerSecond(),
                rejected);
        committed = status;
        log.debug("{} version {} is there", config.model().name(), version);
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
        boolean own = learner.role().isPublic();
        return new TrainerStatus(
                status.model(),
                own ? learner.model().step() : status.step(),
                own ? learner.model().images() : status.images(),
                own ? learner.nextOffset() : status.offset(),
                own ? learner.version() : status.version(),
                losses,
                status.zeroRatio(),
                learner.watch().prequentialLoss(),
                status.evaluation(),
                status.weightsSha256(),
                sessionImages / seconds,
                rejected);
    }

    void resumed(Learner learner) {
        // Whatever was rejected and not published is read again.
        newlyRejected = 0;
        status = checkpoint(LearnerCodec.publicModel(learner), Optional.empty(), learner, Map.of());
        committed = status;
    }

    void published(PartitionWork.Transaction transaction, Learner learner, long transactionNanos) {
        reportRejected();
        status = checkpoint(transaction.model(), transaction.evaluation(), learner, status.losses());
        committed = status;
        learner.watch().floor().ifPresent(meters::floor);
        meters.published(status, transaction.model().layerZeroRatios(), transactionNanos / 1e9);
        transaction.refusal().ifPresent(this::noticed);
        log.debug("{} version {} at offset {}", config.model().name(), learner.version(), learner.nextOffset());
    }

    /** What the model is worth at the end. */
    void measured(Learner learner) {
        if (learner.version() > 0 && learner.role().isPublic()) {
            Optional<Evaluation> evaluation = learner.watch().evaluate(learner.model());
            status = checkpoint(LearnerCodec.publicModel(learner), evaluation, learner, status.losses());
            evaluation.ifPresent(meters::evaluated);
        }
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
            PublishedModel published, Optional<Evaluation> evaluation, Learner learner, Map<String, Double> losses) {
        if (!learner.role().isPublic()) {
            // The figures are those of the common model, whatever a learner has published.
            return status;
        }
        return new TrainerStatus(
                published.model(),
                published.step(),
                published.images(),
                learner.nextOffset(),
                learner.version(),
                losses,
                published.zeroRatio(),
                learner.watch().prequentialLoss(),
                evaluation,
                published.weightsSha256(),
                status.imagesPerSecond(),
                rejected);
    }
}
