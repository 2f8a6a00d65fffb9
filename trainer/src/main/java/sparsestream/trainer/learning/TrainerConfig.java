package sparsestream.trainer.learning;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import sparsestream.contract.Topics;
import sparsestream.published.HeldOut;
import sparsestream.trainer.watch.Watch;
import sparsestream.trainer.watch.WatchConfig;

/**
 * Settings of a trainer.
 *
 * @param kafka properties of every Kafka client
 * @param topics where to read and write
 * @param runId names the run: its consumer group, transactional ids and state; several runs can read one topic
 * @param model which model to train
 * @param threads that share the work of one step; the weights do not depend on it
 * @param checkpointInterval time between checkpoints
 * @param images stop when the run has learned so many images in all, earlier sessions counted
 * @param heldOut measured at each checkpoint
 * @param recovery what to do about a past that can't simply be gone on from
 * @param watch how to watch over what is learned
 */
public record TrainerConfig(
        Map<String, Object> kafka,
        Topics topics,
        String runId,
        ModelSettings model,
        int threads,
        Duration checkpointInterval,
        OptionalLong images,
        Optional<HeldOut> heldOut,
        Recovery recovery,
        WatchConfig watch) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,64}");

    public TrainerConfig {
        kafka = Map.copyOf(kafka);
        if (!NAME.matcher(runId).matches()) {
            throw new IllegalArgumentException(
                    "--run-id must be 1 to 64 letters, digits, '.', '_' and '-', got '" + runId + "'");
        }
        if (threads < 1) {
            throw new IllegalArgumentException("--threads must be at least 1, got " + threads);
        }
        if (checkpointInterval.isNegative() || checkpointInterval.isZero()) {
            throw new IllegalArgumentException("--checkpoint-interval must be above 0, got " + checkpointInterval);
        }
        if (images.isPresent() && images.getAsLong() < 1) {
            throw new IllegalArgumentException("--images must be at least 1, got " + images.getAsLong());
        }
        heldOut.ifPresent(set -> set.requireSize(model.height(), model.width()));
    }

    /** Settings that go on from the state that is there, or not at all. */
    public TrainerConfig(
            Map<String, Object> kafka,
            Topics topics,
            String runId,
            ModelSettings model,
            int threads,
            Duration checkpointInterval,
            OptionalLong images,
            Optional<HeldOut> heldOut) {
        this(
                kafka,
                topics,
                runId,
                model,
                threads,
                checkpointInterval,
                images,
                heldOut,
                Recovery.STRICT,
                WatchConfig.DEFAULT);
    }

    public TrainerConfig with(Recovery wanted) {
        return new TrainerConfig(
                kafka, topics, runId, model, threads, checkpointInterval, images, heldOut, wanted, watch);
    }

    public TrainerConfig with(WatchConfig wanted) {
        return new TrainerConfig(
                kafka, topics, runId, model, threads, checkpointInterval, images, heldOut, recovery, wanted);
    }

    /** Watches over one new model. */
    public Watch newWatch() {
        return new Watch(watch, heldOut, model.seed());
    }

    /** The consumer group. */
    public String group() {
        return topics.prefix() + "sparsestream-" + runId + "-" + model.name();
    }

    /** Whoever has this id may publish for a partition. */
    public String transactionalId(int partition) {
        return group() + "-" + partition;
    }

    /** The trainer's name among the checks of its health. */
    public String healthCheck() {
        return "trainer-" + model.name();
    }

    /** Who tells of what happens, as the CloudEvents {@code source}. */
    public String source() {
        return "/sparsestream/" + runId + "/trainer";
    }

    /** The key of the public checkpoint. */
    public String checkpointKey() {
        return runId + "/" + model.name();
    }

    /** The key of the state of one partition. */
    public String stateKey(int partition) {
        return checkpointKey() + "/" + partition;
    }
}
