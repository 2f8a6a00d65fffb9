package sparsestream.sampler;

import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.LongStream;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import sparsestream.contract.GeneratedImage;
import sparsestream.contract.LatentSource;
import sparsestream.contract.SampleRequest.Sample;
import sparsestream.kafka.Pace;
import sparsestream.published.ModelVersion;

/**
 * Draws images of each served model at the configured rate and sends them to {@code images.generated}.
 *
 * <p>What is due is drawn in batches of one version, by all cores, and sent in order. A model's indexes count up by one, over
 * restarts too. While the client's buffer is full, the image that found no room
 * is drawn again later; an image counts as generated when the broker has it.
 */
final class ImageEmitter implements Runnable {
    /** Few enough that a new version does not wait for them, which take some milliseconds to draw. */
    static final int BATCH = 64;

    /** Images on their way to the broker. What waits in a queue here would make a new version and who asked wait too. */
    private static final int MAX_UNDER_WAY = 512;

    private static final long ROOM_WAIT_MS = 100;

    private final SamplerConfig config;
    private final int batch;
    private final ImageOutlet outlet;
    private final Clock clock;
    private final List<Lane> lanes;
    private final Semaphore room = new Semaphore(MAX_UNDER_WAY);
    private volatile boolean stopped;
    private volatile Thread thread;
    private volatile Exception refusal;

    /** One model's own pace and count. */
    private static final class Lane {
        final ServedModel served;
        final Pace pace;
        long index;

        Lane(ServedModel served, Pace pace, long index) {
            this.served = served;
            this.pace = pace;
            this.index = index;
        }
    }

    /**
     * Emits for each model of the configuration.
     *
     * @param batch images of a model to draw at once, at most
     * @param nextIndexes by model, where it goes on; a model that is not there starts at 0
     */
    ImageEmitter(
            SamplerConfig config,
            int batch,
            SamplerState state,
            Map<String, Long> nextIndexes,
            ImageOutlet outlet,
            Clock clock) {
        this.config = config;
        this.batch = batch;
        this.outlet = outlet;
        this.clock = clock;
        this.lanes = state.models().stream()
                .map(model -> new Lane(
                        model, new Pace(config.rate(), System.nanoTime()), nextIndexes.getOrDefault(model.name(), 0L)))
                .toList();
    }

    /**
     * Emits until stopped.
     *
     * @throws KafkaException if the cluster refuses an image
     */
    @Override
    public void run() {
        thread = Thread.currentThread();
        while (!stopped) {
            long waitNanos = emitDue(System.nanoTime());
            if (waitNanos > 0 && !stopped) {
                LockSupport.parkNanos(this, waitNanos);
            }
        }
    }

    void stop() {
        stopped = true;
        wake();
    }

    /** Looks again what is due, since something may have changed; from any thread. */
    void wake() {
        LockSupport.unpark(thread);
    }

    /** Emits what is due of each model, a batch at most; answers how long nothing more will be, in nanoseconds. */
    long emitDue(long nowNanos) {
        long waitNanos = Long.MAX_VALUE;
        for (Lane lane : lanes) {
            if (lane.served.version().isEmpty()) {
                continue;
            }
            Lock steady = lane.served.steady();
            steady.lock();
            try {
                emit(lane, lane.served.version().orElseThrow(), lane.pace.due(nowNanos, batch));
            } finally {
                steady.unlock();
            }
            waitNanos = Math.min(waitNanos, lane.pace.waitNanos(nowNanos));
        }
        if (refusal != null) {
            throw new KafkaException("an image was refused: " + refusal.getMessage(), refusal);
        }
        return waitNanos;
    }

    /** Sends up to {@code count} images: until one finds no room. */
    private void emit(Lane lane, ModelVersion version, int count) {
        for (GeneratedImage image : draw(lane.index, count, version)) {
            if (!hasRoom() || !taken(outlet.send(image, this::answered))) {
                return;
            }
            lane.index++;
            lane.pace.sent(1);
        }
    }

    private List<GeneratedImage> draw(long from, int count, ModelVersion version) {
        List<Sample> samples = LongStream.range(from, from + count)
                .mapToObj(index -> new Sample(config.seed(), index, LatentSource.PLAIN))
                .toList();
        return version.drawAll(samples, Optional.empty(), clock.instant(), config.source());
    }

    private boolean hasRoom() {
        try {
            return room.tryAcquire(ROOM_WAIT_MS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    private void answered(Optional<Exception> failure) {
        room.release();
        if (failure.isPresent() && !(failure.get() instanceof TimeoutException)) {
            refusal = failure.get();
            wake();
        }
    }

    /** What the client cannot take, for want of room or of a first answer from the cluster, has failed at once. */
    private static boolean taken(Future<RecordMetadata> sent) {
        try {
            return !sent.isDone() || sent.get() != null;
        } catch (ExecutionException e) {
            return false;
        } catch (InterruptedException e) {
            throw new IllegalStateException("what is done does not wait", e);
        }
    }
}
