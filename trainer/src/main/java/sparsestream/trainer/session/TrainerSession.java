package sparsestream.trainer.session;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sparsestream.contract.Topic;
import sparsestream.contract.Topics;
import sparsestream.kafka.KafkaClients;
import sparsestream.kafka.TopicCreation;
import sparsestream.kafka.TopicLookup;
import sparsestream.monitoring.Health;
import sparsestream.monitoring.Metrics;
import sparsestream.trainer.learning.PartitionWork;
import sparsestream.trainer.learning.TrainerConfig;

/**
 * One membership in the consumer group, from joining to leaving or failing. All that matters is on the topics, so a session that
 * fails is simply followed by another.
 */
final class TrainerSession implements ConsumerRebalanceListener, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(TrainerSession.class);

    private static final Duration POLL = Duration.ofMillis(100);
    /** While a partition waits for others. */
    private static final Duration WAITING_POLL = Duration.ofMillis(10);

    private static final Duration CLOSE = Duration.ofMillis(500);
    private static final int MAX_POLL_RECORDS = 32;
    /** The least that brokers allow unless told otherwise. */
    private static final int SESSION_TIMEOUT_MS = 6_000;

    private static final int METADATA_MAX_AGE_MS = 5_000;
    /** After which a group that lets nobody in is a trouble to tell of. Others may have to be waited for until then. */
    private static final Duration JOIN = Duration.ofSeconds(15);

    private final TrainerConfig config;
    private final KafkaClients clients;
    private final Cooperation cooperation;
    private final Progress progress;
    private final Metrics metrics;
    private final Health health;
    private final String healthCheck;
    private final Consumer<byte[], byte[]> consumer;
    private final Metrics.Binding consumerMeters;
    private final Admin admin;
    private final Map<TopicPartition, PartitionTrainer> trainers =
            new TreeMap<>(Comparator.comparingInt(TopicPartition::partition));
    private long startNanos;
    private long nextCheckpointNanos;
    private long topicSeenNanos;
    private boolean published;

    /** @param instance this trainer's {@code group.instance.id}, unless the configuration has one */
    TrainerSession(
            TrainerConfig config,
            KafkaClients clients,
            Optional<String> instance,
            Cooperation cooperation,
            Progress progress,
            Metrics metrics,
            Health health,
            String healthCheck) {
        this.config = config;
        this.clients = clients;
        this.cooperation = cooperation;
        this.progress = progress;
        this.metrics = metrics;
        this.health = health;
        this.healthCheck = healthCheck;
        this.consumer = consumer(config, clients, instance);
        this.consumerMeters = metrics.bind(consumer);
        this.admin = clients.admin();
    }

    private static Consumer<byte[], byte[]> consumer(
            TrainerConfig config, KafkaClients clients, Optional<String> instance) {
        Map<String, Object> defaults = new HashMap<>(Map.of(
                ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
                MAX_POLL_RECORDS,
                // Until a member that is gone has been found out, its partitions wait; a heartbeat does not wait for a
                // step.
                ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG,
                SESSION_TIMEOUT_MS,
                ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG,
                SESSION_TIMEOUT_MS / 4,
                // A trainer whose topic gets more partitions should see it soon.
                ConsumerConfig.METADATA_MAX_AGE_CONFIG,
                METADATA_MAX_AGE_MS));
        instance.ifPresent(name -> defaults.put(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG, name));
        // Every position is sought; one that does not exist must not be replaced by another in silence.
        return clients.member(config.group(), defaults, Map.of(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none"));
    }

    /**
     * Creates the topics that are missing.
     *
     * @return how the others differ from what they should be
     */
    List<String> prepare() {
        Topics names = config.topics();
        List<Topic> topics = new ArrayList<>(List.of(
                names.trainerState(),
                names.modelCheckpoints().packedAsAskedBy(config.kafka()),
                names.deadLetters(),
                names.trainingEvents().packedAsAskedBy(config.kafka())));
        topics.addAll(cooperation.topics());
        List<String> differences = TopicCreation.ensure(admin, topics);
        cooperation.topics().forEach(topic -> TopicCreation.requirePartitions(admin, topic));
        return differences;
    }

    /** Whether there are batches, or may be soon: the topic is not a trainer's to create. */
    boolean hasTopic() {
        return TopicLookup.partitions(admin, config.topics().imageBatches().name())
                .isPresent();
    }

    /** Gives every partition a new model and publishes that. Whoever trains on them is fenced. */
    void startAnew() {
        String topic = config.topics().imageBatches().name();
        List<TopicPartition> partitions = TopicLookup.partitions(admin, topic).orElseThrow(() -> missing(topic));
        Map<TopicPartition, Long> beginnings = consumer.beginningOffsets(partitions);
        for (TopicPartition partition : partitions) {
            try (PartitionTrainer trainer = PartitionTrainer.anew(
                    config,
                    clients,
                    partition,
                    cooperation.role(partition.partition(), partitions.size()),
                    admin,
                    beginnings.get(partition))) {
                trainer.publish(consumer.groupMetadata());
                log.info(
                        "{} begins anew at {} offset {} with version {}",
                        config.model().name(),
                        partition,
                        trainer.learner().nextOffset(),
                        trainer.learner().version());
            }
        }
    }

    /**
     * Joins the group; partitions come with {@link #poll}.
     *
     * @param untilCheckpoint time until what was learned by then is published; from then on at the interval of the configuration
     */
    void start(Duration untilCheckpoint) {
        cooperation.join(clients);
        tellCommon();
        consumer.subscribe(List.of(config.topics().imageBatches().name()), this);
        startNanos = System.nanoTime();
        topicSeenNanos = startNanos;
        nextCheckpointNanos = startNanos + untilCheckpoint.toNanos();
    }

    /** Waits a little for records and learns them; publishes when it is time. */
    void poll() {
        ConsumerRecords<byte[], byte[]> records = records();
        hear();
        trainers.forEach((partition, trainer) -> {
            learn(partition, trainer, records.records(partition));
            giveWhenDue(partition, trainer);
        });
        progress.lag(lag());
        publishWhenDue();
        requireTopic();
    }

    /** Whoever has no partition may stand by for another, or wait for a topic that is gone. */
    private void requireTopic() {
        long now = System.nanoTime();
        if (!trainers.isEmpty()) {
            topicSeenNanos = now;
        } else if (now - topicSeenNanos >= METADATA_MAX_AGE_MS * 1_000_000L) {
            if (!hasTopic()) {
                throw missing(config.topics().imageBatches().name());
            }
            topicSeenNanos = now;
        }
    }

    private static KafkaException missing(String topic) {
        return new UnknownTopicOrPartitionException("there is no topic " + topic);
    }

    /** Whether the cluster has let this session do what there is to do. */
    boolean isWell() {
        return published || (hasJoined() && trainers.keySet().stream().allMatch(this::hasNothingToDo));
    }

    private boolean hasNothingToDo(TopicPartition partition) {
        PartitionTrainer trainer = trainers.get(partition);
        return !trainer.work().hasProgress()
                && (hasAll(partition) || !trainer.work().takesRecords());
    }

    private boolean hasAll(TopicPartition partition) {
        return consumer.currentLag(partition).orElse(1) == 0;
    }

    /** Whether the group has not let this session in for so long that something must be wrong. */
    boolean isLockedOut() {
        return !hasJoined() && System.nanoTime() - startNanos > JOIN.toNanos();
    }

    private boolean hasJoined() {
        return !consumer.groupMetadata().memberId().isEmpty();
    }

    private void learn(
            TopicPartition partition, PartitionTrainer trainer, List<ConsumerRecord<byte[], byte[]>> records) {
        for (ConsumerRecord<byte[], byte[]> record : records) {
            if (!trainer.work().takesRecords() || progress.isComplete()) {
                // It is read again once it may be learned.
                consumer.seek(partition, trainer.learner().nextOffset());
                return;
            }
            long start = System.nanoTime();
            progress.accepted(record, trainer.work().accept(record), trainer.learner(), System.nanoTime() - start);
            trainer.busy();
        }
    }

    private void hear() {
        if (cooperation.hear(
                trainers.keySet().stream().map(TopicPartition::partition).collect(Collectors.toSet()))) {
            tellCommon();
            trainers.values().forEach(TrainerSession::takeOver);
        }
    }

    private void tellCommon() {
        cooperation.newest().ifPresent(common -> progress.heard(common.version(), common.model()));
    }

    private static void takeOver(PartitionTrainer trainer) {
        if (trainer.work().takeOver()) {
            trainer.busy();
        }
    }

    private void giveWhenDue(TopicPartition partition, PartitionTrainer trainer) {
        Duration idle = hasAll(partition) ? trainer.idle() : Duration.ZERO;
        if (trainer.work().isGiftDue(idle) && !progress.isComplete()) {
            give(trainer);
        }
        if (trainer.work().takesRecords()) {
            consumer.resume(List.of(partition));
        } else {
            consumer.pause(List.of(partition));
        }
    }

    /** Batches that are on the topic and not learned, as far as the last answer of the broker told. */
    private long lag() {
        return trainers.keySet().stream()
                .map(consumer::currentLag)
                .filter(OptionalLong::isPresent)
                .mapToLong(OptionalLong::getAsLong)
                .sum();
    }

    private ConsumerRecords<byte[], byte[]> records() {
        try {
            boolean waiting = trainers.values().stream()
                    .anyMatch(trainer -> !trainer.work().takesRecords());
            return consumer.poll(waiting ? WAITING_POLL : POLL);
        } catch (OffsetOutOfRangeException e) {
            seek(e.offsetOutOfRangePartitions().keySet());
            return ConsumerRecords.empty();
        } catch (KafkaException e) {
            // What the rebalance listener throws comes packed; it is what the session failed of.
            boolean packed = e.getClass() == KafkaException.class;
            throw packed && e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }

    /** Where each partition's work goes on, which may be beyond records that were deleted. */
    private void seek(Collection<TopicPartition> partitions) {
        Map<TopicPartition, Long> beginnings = consumer.beginningOffsets(partitions);
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        for (TopicPartition partition : partitions) {
            PartitionWork work = trainers.get(partition).work();
            long lost = work.meet(beginnings.get(partition), ends.get(partition));
            if (lost > 0) {
                progress.lost(lost, partition, work.learner());
            }
            consumer.seek(partition, work.learner().nextOffset());
        }
    }

    private void publishWhenDue() {
        boolean due = System.nanoTime() - nextCheckpointNanos >= 0;
        for (PartitionTrainer trainer : trainers.values()) {
            if (trainer.work().mustPublish() || (due && trainer.work().hasProgress())) {
                publish(trainer);
            }
        }
        if (due
                || trainers.values().stream()
                        .noneMatch(trainer -> trainer.work().hasProgress())) {
            nextCheckpointNanos =
                    System.nanoTime() + config.checkpointInterval().toNanos();
        }
    }

    /** Publishes whatever the last transactions did not. */
    void publishAll() {
        trainers.values().stream()
                .filter(trainer -> trainer.work().hasProgress())
                .forEach(this::publish);
        trainers.values().forEach(trainer -> progress.measured(trainer.learner()));
    }

    private void publish(PartitionTrainer trainer) {
        long start = System.nanoTime();
        progress.published(trainer.publish(consumer.groupMetadata()), trainer.learner(), System.nanoTime() - start);
        published = true;
    }

    private void give(PartitionTrainer trainer) {
        long start = System.nanoTime();
        progress.published(trainer.give(consumer.groupMetadata()), trainer.learner(), System.nanoTime() - start);
        published = true;
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
        Map<TopicPartition, Long> beginnings = consumer.beginningOffsets(partitions);
        int count =
                consumer.partitionsFor(config.topics().imageBatches().name()).size();
        for (TopicPartition partition : partitions) {
            PartitionTrainer trainer = PartitionTrainer.resume(
                    config,
                    clients,
                    partition,
                    cooperation.role(partition.partition(), count),
                    admin,
                    beginnings.get(partition));
            trainer.bind(metrics);
            trainers.put(partition, trainer);
            takeOver(trainer);
            progress.resumed(trainer.learner());
            log.info(
                    "{} {} at {} offset {}, {} images learned",
                    config.model().name(),
                    trainer.learner().version() == 0 ? "starts" : "resumes",
                    partition,
                    trainer.learner().nextOffset(),
                    trainer.learner().model().images());
        }
        seek(partitions);
        health.ready(healthCheck, true, "partitions " + trainers.keySet());
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
        for (TopicPartition partition : partitions) {
            PartitionTrainer trainer = trainers.get(partition);
            if (trainer != null && trainer.work().hasProgress()) {
                publish(trainer);
            }
        }
        onPartitionsLost(partitions);
    }

    @Override
    public void onPartitionsLost(Collection<TopicPartition> partitions) {
        for (TopicPartition partition : partitions) {
            PartitionTrainer trainer = trainers.remove(partition);
            if (trainer != null) {
                if (trainer.work().hasProgress()) {
                    progress.wentBack();
                }
                trainer.close();
            }
        }
    }

    /** Leaves the group without publishing; waits for the cluster no longer than a moment. */
    @Override
    public void close() {
        // A client that is closed by an interrupted thread leaves things behind.
        boolean interrupted = Thread.interrupted();
        trainers.values().forEach(PartitionTrainer::close);
        trainers.clear();
        consumerMeters.close();
        cooperation.leave();
        try {
            // A member with a name would else keep its partitions until its session has run out.
            consumer.close(CloseOptions.timeout(CLOSE)
                    .withGroupMembershipOperation(CloseOptions.GroupMembershipOperation.LEAVE_GROUP));
        } catch (KafkaException e) {
            log.debug("the group has to find out by itself that this member left", e);
        }
        admin.close(Duration.ZERO);
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
