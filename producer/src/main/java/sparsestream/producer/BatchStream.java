package sparsestream.producer;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import sparsestream.contract.ImageBatch;
import sparsestream.kafka.Answers;
import sparsestream.kafka.Pace;
import sparsestream.kafka.Patience;

/** Sends the stream's batches in order, no faster than its rate and its lead allow. */
final class BatchStream {
    private static final Duration LEAD_POLL = Duration.ofMillis(100);
    private static final Duration ARRIVAL_POLL = Duration.ofMillis(1);

    private final ProducerConfig config;
    private final String topic;
    private final Producer<String, byte[]> producer;
    private final Supplier<LeadLimit.Offsets> offsets;
    private final Arrivals arrivals;
    private final Patience patience;
    private final ImageStream images;
    private final AtomicReference<Exception> failure = new AtomicReference<>();
    private final AtomicLong imagesInFlight = new AtomicLong();

    /** Told, in the Kafka client's thread, of batches that are on the topic. */
    interface Arrivals {
        void arrived(int images);
    }

    BatchStream(
            ProducerConfig config,
            ImageStream images,
            String topic,
            Producer<String, byte[]> producer,
            Supplier<LeadLimit.Offsets> offsets,
            Arrivals arrivals,
            Patience patience) {
        this.config = config;
        this.topic = topic;
        this.producer = producer;
        this.offsets = offsets;
        this.arrivals = arrivals;
        this.patience = patience;
        this.images = images;
    }

    /**
     * Sends what is missing up to the stream's end, and returns when all has arrived or a stop is asked for.
     *
     * @throws KafkaException if the cluster refuses a batch
     */
    void run(Turns turns) throws InterruptedException {
        long end = config.images().orElse(Long.MAX_VALUE);
        Pace pace = new Pace(config.rate().orElse(0), System.nanoTime());
        long allowedUpTo = turns.first();
        for (long position = turns.first(); position < end && !patience.stopped(); ) {
            int count = (int) Math.min(config.batchSize(), end - position);
            if (turns.has(position)) {
                position += count;
                continue;
            }
            allowedUpTo = awaitLead(position, count, allowedUpTo);
            awaitPace(pace);
            if (send(record(position, count, turns.partition(position)), count)) {
                pace.sent(count);
                position += count;
            }
        }
        awaitArrival();
    }

    /** Waits until the consumers are near enough for one more batch; returns up to where they are now. */
    private long awaitLead(long position, int count, long allowedUpTo) throws InterruptedException {
        if (config.lead().isEmpty()) {
            return Long.MAX_VALUE;
        }
        LeadLimit limit = config.lead().get();
        long allowed = allowedUpTo;
        while (position + count > allowed && !patience.stopped()) {
            long inFlight = imagesInFlight.get();
            Optional<LeadLimit.Offsets> now = patience.insist(offsets);
            allowed = position
                    + now.map(o -> limit.allowance(o, config.batchSize(), inFlight))
                            .orElse(0L);
            if (position + count > allowed) {
                patience.pause(LEAD_POLL);
            }
        }
        return allowed;
    }

    private void awaitPace(Pace pace) throws InterruptedException {
        for (long wait = pace.waitNanos(System.nanoTime()); wait > 0 && !patience.stopped(); ) {
            patience.pause(Duration.ofNanos(wait));
            wait = pace.waitNanos(System.nanoTime());
        }
    }

    private ProducerRecord<String, byte[]> record(long position, int count, int partition) {
        ImageBatch batch = images.batch(position, count);
        ProducerRecord<String, byte[]> record = new ProducerRecord<>(topic, partition, images.name(), batch.encode());
        new BatchOrigin(images.name(), config.seed(), position, count).addTo(record.headers());
        return record;
    }

    /** Hands a batch to the client, however long that takes; false if stopped before. */
    private boolean send(ProducerRecord<String, byte[]> record, int images) throws InterruptedException {
        throwFailure();
        Thread handing = Thread.currentThread();
        Optional<Future<RecordMetadata>> taken = patience.insist(() -> {
            imagesInFlight.addAndGet(images);
            Future<RecordMetadata> sent = producer.send(
                    record, (metadata, error) -> completed(images, error, Thread.currentThread() == handing));
            if (sent.isDone()) {
                // The client did not take it: its buffer is full, or it does not know the topic's leader.
                Answers.await(sent);
            }
            return sent;
        });
        return taken.isPresent();
    }

    /** A batch that the client had taken and then gave up is a hole in the stream, whatever the reason. */
    private void completed(int images, Exception error, boolean notTaken) {
        imagesInFlight.addAndGet(-images);
        if (error == null) {
            arrivals.arrived(images);
        } else if (!notTaken) {
            failure.compareAndSet(null, error);
        }
    }

    private void awaitArrival() throws InterruptedException {
        while (imagesInFlight.get() > 0 && !patience.stopped()) {
            patience.pause(ARRIVAL_POLL);
        }
        throwFailure();
    }

    private void throwFailure() {
        Exception failed = failure.get();
        if (failed != null) {
            throw Answers.unwrapped(failed);
        }
    }
}
