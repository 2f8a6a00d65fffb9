package sparsestream.trainer;

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

/**
 * One membership in the consumer group, from joining to leaving or failing. All that matters is on the topics, so a session that
 * fails is simply followed by another.
 */
final class TrainerSession implements ConsumerRebalanceListener, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(TrainerSession.class);

    private static final Duration POLL = Duration.ofMillis(100);
    /** While a partition waits for a merged model. */
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
    private final Progress progress;
    private final Metrics metrics;
    private final Health health;
    private final String healthCheck;
    private final Consumer<byte[], byte[]> consumer;
    private final Metrics.Binding consumerMeters;
    private final Admin admin;
    private final Map<TopicPartition, PartitionTrainer> trainers =
            new TreeMap<>(Comparator.comparingInt(TopicPartition::partition));
    /** Of a merged run, once the group has been joined. */
    private Optional<MergedFollower> merged = Optional.empty();

    private long startNanos;
    private long nextCheckpointNanos;
    private long topicSeenNanos;
    private boolean published;

    /** @param instance this trainer's {@code group.instance.id}, unless the configuration has one */
    TrainerSession(
            TrainerConfig config,
            KafkaClients clients,
            Optional<String> instance,
            Progress progress,
            Metrics metrics,
            Health health,
            String healthCheck) {
        this.config = config;
        this.clients = clients;
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
        if (config.merging().isPresent()) {
            topics.add(names.modelContributions());
        }
        List<String> differences = TopicCreation.ensure(admin, topics);
        if (config.merging().isPresent()) {
            TopicCreation.requirePartitions(admin, names.modelContributions());
        }
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
                    config, clients, partition, partitions.size(), admin, beginnings.get(partition))) {
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
        if (config.merging().isPresent()) {
            merged = Optional.of(new MergedFollower(config, clients));
            merged.get().catchUp();
            tellMerged();
        }
        consumer.subscribe(List.of(config.topics().imageBatches().name()), this);
        startNanos = System.nanoTime();
        topicSeenNanos = startNanos;
        nextCheckpointNanos = startNanos + untilCheckpoint.toNanos();
    }

    /** Waits a little for records and learns them; publishes when it is time. */
    void poll() {
        for (ConsumerRecord<byte[], byte[]> record : records()) {
            trainers.get(new TopicPartition(record.topic(), record.partition()))
                    .backlog()
                    .add(record);
        }
        merged.ifPresent(this::follow);
        trainers.forEach((partition, trainer) -> {
            learn(trainer);
            merged.ifPresent(any -> contributeWhenDue(partition, trainer));
        });
        merged.ifPresent(any -> progress.awaits(awaited()));
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
        boolean hasAll =
                trainer.backlog().isEmpty() && consumer.currentLag(partition).orElse(1) == 0;
        return !trainer.work().hasProgress() && (hasAll || !trainer.work().takesRecords());
    }

    /** Whether the group has not let this session in for so long that something must be wrong. */
    boolean isLockedOut() {
        return !hasJoined() && System.nanoTime() - startNanos > JOIN.toNanos();
    }

    private boolean hasJoined() {
        return !consumer.groupMetadata().memberId().isEmpty();
    }

    private void learn(PartitionTrainer trainer) {
        while (!trainer.backlog().isEmpty() && trainer.work().takesRecords() && !progress.isComplete()) {
            ConsumerRecord<byte[], byte[]> record = trainer.backlog().remove();
            long start = System.nanoTime();
            progress.accepted(record, trainer.work().accept(record), trainer.learner(), System.nanoTime() - start);
            trainer.busy();
        }
    }

    private void follow(MergedFollower follower) {
        boolean waiting =
                trainers.values().stream().anyMatch(trainer -> trainer.learner().isWaiting());
        if (follower.poll(waiting ? WAITING_POLL : Duration.ZERO)) {
            tellMerged();
            trainers.values().forEach(this::adopt);
        }
    }

    private List<RoundWaits.Awaited> awaited() {
        return trainers.values().stream()
                .flatMap(trainer -> trainer.learner().round().stream())
                .filter(RoundProgress::isWaiting)
                .map(round -> new RoundWaits.Awaited(round.partition(), round.number()))
                .toList();
    }

    private void tellMerged() {
        merged.flatMap(MergedFollower::newest)
                .ifPresent(newest -> progress.merged(newest.model().version(), newest.published()));
    }

    private void adopt(PartitionTrainer trainer) {
        merged.flatMap(MergedFollower::newest).ifPresent(newest -> {
            if (trainer.work().adopt(newest.model())) {
                trainer.busy();
            }
        });
    }

    /** At once when the round has all its batches; with what there is when there have been no more for long. */
    private void contributeWhenDue(TopicPartition partition, PartitionTrainer trainer) {
        boolean due = trainer.work().mustContribute()
                || (trainer.work().canContribute()
                        && trainer.isIdle(config.merging().orElseThrow().roundTimeout())
                        && consumer.currentLag(partition).orElse(1) == 0);
        if (due && !progress.isComplete()) {
            contribute(trainer);
        }
        if (trainer.learner().isWaiting()) {
            consumer.pause(List.of(partition));
        } else {
            consumer.resume(List.of(partition));
        }
    }

    /** Batches that are on the topic and not learned, as far as the last answer of the broker told. */
    private long lag() {
        return trainers.keySet().stream()
                        .map(consumer::currentLag)
                        .filter(OptionalLong::isPresent)
                        .mapToLong(OptionalLong::getAsLong)
                        .sum()
                + trainers.values().stream()
                        .mapToLong(trainer -> trainer.backlog().size())
                        .sum();
    }

    private ConsumerRecords<byte[], byte[]> records() {
        try {
            boolean waiting = trainers.values().stream()
                    .anyMatch(trainer ->
                            trainer.learner().isWaiting() || !trainer.backlog().isEmpty());
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
            trainers.get(partition).backlog().clear();
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

    private void contribute(PartitionTrainer trainer) {
        long start = System.nanoTime();
        progress.published(trainer.contribute(consumer.groupMetadata()), trainer.learner(), System.nanoTime() - start);
        published = true;
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
        Map<TopicPartition, Long> beginnings = consumer.beginningOffsets(partitions);
        int count =
                consumer.partitionsFor(config.topics().imageBatches().name()).size();
        for (TopicPartition partition : partitions) {
            PartitionTrainer trainer =
                    PartitionTrainer.resume(config, clients, partition, count, admin, beginnings.get(partition));
            trainer.bind(metrics);
            trainers.put(partition, trainer);
            adopt(trainer);
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
        merged.ifPresent(MergedFollower::close);
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
