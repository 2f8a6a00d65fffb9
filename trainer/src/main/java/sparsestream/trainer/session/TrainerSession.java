package sparsestream.trainer.session;

import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sparsestream.monitoring.Health;
import sparsestream.trainer.learning.Learner;
import sparsestream.trainer.learning.PartitionWork;
import sparsestream.trainer.learning.TrainerConfig;

/**
 * One membership in the consumer group, from joining to leaving or failing: polls, and does on each partition what there is to do. All
 * that matters is on the topics, so a session that fails is simply followed by another.
 */
final class TrainerSession implements ConsumerRebalanceListener, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(TrainerSession.class);

    private static final Duration POLL = Duration.ofMillis(100);
    /** While a partition waits for others. */
    private static final Duration WAITING_POLL = Duration.ofMillis(10);
    /** After which a group that lets nobody in is a trouble to tell of. Others may have to be waited for until then. */
    private static final Duration JOIN = Duration.ofSeconds(15);

    private final TrainerConfig config;
    private final String topic;
    private final Consumer<byte[], byte[]> consumer;
    private final Takeover takeover;
    private final Cooperation cooperation;
    private final BooleanSupplier hasTopic;
    private final Progress progress;
    private final Health health;
    private final LongSupplier nanoTime;
    private final Map<TopicPartition, AssignedPartition> assigned =
            new TreeMap<>(Comparator.comparingInt(TopicPartition::partition));

    private long startNanos;
    private long nextCheckpointNanos;
    private long topicSeenNanos;
    private boolean published;

    /**
     * A session that has not joined yet.
     *
     * @param consumer of this thread, not closed with this
     * @param cooperation that has been joined once this is started, and is left with this
     * @param hasTopic whether there are batches, or may be soon
     */
    TrainerSession(
            TrainerConfig config,
            Consumer<byte[], byte[]> consumer,
            Takeover takeover,
            Cooperation cooperation,
            BooleanSupplier hasTopic,
            Progress progress,
            Health health,
            LongSupplier nanoTime) {
        this.config = config;
        this.topic = config.topics().imageBatches().name();
        this.consumer = consumer;
        this.takeover = takeover;
        this.cooperation = cooperation;
        this.hasTopic = hasTopic;
        this.progress = progress;
        this.health = health;
        this.nanoTime = nanoTime;
    }

    /** Gives each of all partitions a new model and publishes that. Whoever trains on them is fenced. */
    void startAnew(List<TopicPartition> partitions) {
        Map<TopicPartition, Long> beginnings = consumer.beginningOffsets(partitions);
        for (TopicPartition partition : partitions) {
            try (PartitionPublisher publisher = takeover.beginAnew(
                    partition, cooperation.role(partition.partition(), partitions.size()), beginnings.get(partition))) {
                publisher.publish(publisher.work().transaction(), consumer.groupMetadata());
                Learner learner = publisher.work().learner();
                log.info(
                        "{} begins anew at {} offset {} with version {}",
                        config.model().name(),
                        partition,
                        learner.nextOffset(),
                        learner.version());
            }
        }
    }

    /**
     * Joins the group; partitions come with {@link #poll}.
     *
     * @param untilCheckpoint time until what was learned by then is published; from then on at the interval of the configuration
     */
    void start(Duration untilCheckpoint) {
        tellCommon();
        consumer.subscribe(List.of(topic), this);
        startNanos = nanoTime.getAsLong();
        topicSeenNanos = startNanos;
        nextCheckpointNanos = startNanos + untilCheckpoint.toNanos();
    }

    /** Waits a little for records and learns them; publishes when it is time. */
    void poll() {
        ConsumerRecords<byte[], byte[]> records = records();
        hear();
        assigned.forEach((partition, mine) -> {
            mine.learn(records.records(partition));
            if (mine.isGiftDue() && !progress.isComplete()) {
                publish(mine, mine.work().giving());
            }
            mine.regulate();
        });
        progress.lag(lag());
        publishWhenDue();
        requireTopic();
    }

    private ConsumerRecords<byte[], byte[]> records() {
        try {
            return consumer.poll(works().allMatch(PartitionWork::takesRecords) ? POLL : WAITING_POLL);
        } catch (OffsetOutOfRangeException e) {
            seek(e.offsetOutOfRangePartitions().keySet());
            return ConsumerRecords.empty();
        } catch (KafkaException e) {
            // What the rebalance listener throws comes packed; it is what the session failed of.
            boolean packed = e.getClass() == KafkaException.class;
            throw packed && e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }

    private void hear() {
        if (cooperation.hear(
                assigned.keySet().stream().map(TopicPartition::partition).collect(Collectors.toSet()))) {
            tellCommon();
            assigned.values().forEach(AssignedPartition::takeOver);
        }
    }

    private void tellCommon() {
        cooperation.newest().ifPresent(common -> progress.heard(common.version(), common.model()));
    }

    /** Batches that are on the topic and not learned, as far as the last answer of the broker told. */
    private long lag() {
        return assigned.keySet().stream()
                .map(consumer::currentLag)
                .filter(OptionalLong::isPresent)
                .mapToLong(OptionalLong::getAsLong)
                .sum();
    }

    private void publishWhenDue() {
        boolean due = nanoTime.getAsLong() - nextCheckpointNanos >= 0;
        for (AssignedPartition mine : assigned.values()) {
            if (mine.work().mustPublish() || (due && mine.work().hasProgress())) {
                publish(mine, mine.work().transaction());
            }
        }
        if (due || works().noneMatch(PartitionWork::hasProgress)) {
            nextCheckpointNanos =
                    nanoTime.getAsLong() + config.checkpointInterval().toNanos();
        }
    }

    private void publish(AssignedPartition mine, PartitionWork.Transaction transaction) {
        mine.publish(transaction);
        published = true;
    }

    private void publishRest(AssignedPartition mine) {
        if (mine.work().hasProgress()) {
            publish(mine, mine.work().transaction());
        }
    }

    private Stream<PartitionWork> works() {
        return assigned.values().stream().map(AssignedPartition::work);
    }

    /** Publishes whatever the last transactions did not. */
    void publishAll() {
        assigned.values().forEach(this::publishRest);
        works().forEach(work -> progress.measured(work.learner()));
    }

    /** Whoever has no partition may stand by for another, or wait for a topic that is gone. */
    private void requireTopic() {
        long now = nanoTime.getAsLong();
        if (!assigned.isEmpty()) {
            topicSeenNanos = now;
        } else if (now - topicSeenNanos >= TrainerClients.METADATA_MAX_AGE.toNanos()) {
            if (!hasTopic.getAsBoolean()) {
                throw TrainerTopics.missing(topic);
            }
            topicSeenNanos = now;
        }
    }

    /** Whether the cluster has let this session do what there is to do. */
    boolean isWell() {
        return published || (hasJoined() && assigned.values().stream().allMatch(AssignedPartition::hasNothingToDo));
    }

    /** Whether the group has not let this session in for so long that something must be wrong. */
    boolean isLockedOut() {
        return !hasJoined() && nanoTime.getAsLong() - startNanos > JOIN.toNanos();
    }

    private boolean hasJoined() {
        return !consumer.groupMetadata().memberId().isEmpty();
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
        Map<TopicPartition, Long> beginnings = consumer.beginningOffsets(partitions);
        int count = consumer.partitionsFor(topic).size();
        for (TopicPartition partition : partitions) {
            PartitionPublisher publisher = takeover.resume(
                    partition, cooperation.role(partition.partition(), count), beginnings.get(partition));
            AssignedPartition mine = new AssignedPartition(partition, publisher, consumer, progress, nanoTime);
            assigned.put(partition, mine);
            mine.takeOver();
            Learner learner = mine.work().learner();
            progress.resumed(learner);
            log.info(
                    "{} {} at {} offset {}, {} images learned",
                    config.model().name(),
                    learner.version() == 0 ? "starts" : "resumes",
                    partition,
                    learner.nextOffset(),
                    learner.model().images());
        }
        seek(partitions);
        health.ready(config.healthCheck(), true, "partitions " + assigned.keySet());
    }

    private void seek(Collection<TopicPartition> partitions) {
        Map<TopicPartition, Long> beginnings = consumer.beginningOffsets(partitions);
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        partitions.forEach(partition -> assigned.get(partition).seek(beginnings.get(partition), ends.get(partition)));
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
        for (TopicPartition partition : partitions) {
            Optional.ofNullable(assigned.get(partition)).ifPresent(this::publishRest);
        }
        onPartitionsLost(partitions);
    }

    @Override
    public void onPartitionsLost(Collection<TopicPartition> partitions) {
        for (TopicPartition partition : partitions) {
            AssignedPartition mine = assigned.remove(partition);
            if (mine != null) {
                if (mine.work().hasProgress()) {
                    progress.wentBack();
                }
                mine.close();
            }
        }
    }

    /** Forgets what was not published. */
    @Override
    public void close() {
        TrainerClients.uninterrupted(() -> {
            assigned.values().forEach(AssignedPartition::close);
            assigned.clear();
            cooperation.leave();
        });
    }
}
