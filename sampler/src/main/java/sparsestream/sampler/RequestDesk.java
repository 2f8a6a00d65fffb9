package sparsestream.sampler;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import sparsestream.contract.GeneratedImage;
import sparsestream.contract.Topic;
import sparsestream.kafka.Connection;
import sparsestream.sampler.RequestAnswers.Outbox;
import sparsestream.sampler.RequestAnswers.Outcome;

/**
 * Answers {@code sample.requests}, with others of its group, from the time on when the history of checkpoints has been read.
 *
 * <p>A request counts as done once its whole answer is on the topic. One that a sampler had not done when it died is answered by
 * another; a part that had been sent already is sent again, with the same ids.
 */
final class RequestDesk implements Runnable {
    private static final Duration POLL_TIMEOUT = Duration.ofMillis(500);
    private static final Duration CATCH_UP_POLL = Duration.ofMillis(100);
    private static final Duration RETRY = Duration.ofMillis(500);
    private static final long STOP_POLL_MS = 200;

    private final Consumer<byte[], byte[]> consumer;
    private final Producer<byte[], byte[]> producer;
    private final ImageOutlet outlet;
    private final Topic requests;
    private final RequestAnswers answers;
    private final SamplerState state;
    private final Connection connection;
    private final SamplerMetrics metrics;
    private final Clock clock;

    RequestDesk(
            Consumer<byte[], byte[]> consumer,
            Producer<byte[], byte[]> producer,
            ImageOutlet outlet,
            Topic requests,
            RequestAnswers answers,
            SamplerState state,
            Connection connection,
            SamplerMetrics metrics,
            Clock clock) {
        this.consumer = consumer;
        this.producer = producer;
        this.outlet = outlet;
        this.requests = requests;
        this.answers = answers;
        this.state = state;
        this.connection = connection;
        this.metrics = metrics;
        this.clock = clock;
    }

    /**
     * Answers until the connection is stopped.
     *
     * @throws KafkaException if the cluster refuses
     */
    @Override
    public void run() {
        try {
            while (!state.isCaughtUp() && !connection.stopped()) {
                connection.pause(CATCH_UP_POLL);
            }
            consumer.subscribe(List.of(requests.name()));
            while (!connection.stopped()) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL_TIMEOUT)) {
                    if (!answer(record)) {
                        return;
                    }
                }
                // What is not committed when this process dies is answered twice, with the same ids.
                consumer.commitAsync();
            }
        } catch (WakeupException e) {
            if (!connection.stopped()) {
                throw e;
            }
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    /** Ends a wait for requests; to be called from any thread, after the connection was stopped. */
    void wakeUp() {
        consumer.wakeup();
    }

    /** Answers false if stopped before the whole answer was on the topic. */
    private boolean answer(ConsumerRecord<byte[], byte[]> record) throws InterruptedException {
        while (!connection.stopped()) {
            List<Future<RecordMetadata>> sent = new ArrayList<>();
            Instant now = clock.instant();
            Outcome outcome = answers.answer(record, now, new Outbox() {
                @Override
                public void image(GeneratedImage image) {
                    sent.add(outlet.send(image));
                }

                @Override
                public void other(ProducerRecord<byte[], byte[]> record) {
                    sent.add(producer.send(record));
                }
            });
            if (sent.stream().allMatch(this::arrived)) {
                count(outcome, record);
                return true;
            }
            connection.pause(RETRY);
        }
        return false;
    }

    private void count(Outcome outcome, ConsumerRecord<byte[], byte[]> record) {
        switch (outcome) {
            case ANSWERED ->
                metrics.requestAnswered(Duration.ofMillis(Math.max(0, clock.millis() - record.timestamp())));
            case REFUSED -> metrics.requestRefused();
            case LEFT_ALONE -> {}
        }
    }

    /** What finds no room, for want of a cluster that answers, is sent again; what is refused ends the sampler. */
    private boolean arrived(Future<RecordMetadata> sent) {
        while (!connection.stopped()) {
            try {
                return sent.get(STOP_POLL_MS, TimeUnit.MILLISECONDS) != null;
            } catch (java.util.concurrent.TimeoutException e) {
                // Not yet: the client goes on trying.
            } catch (ExecutionException e) {
                connection.bear(new KafkaException(
                        "an answer was refused: " + e.getCause().getMessage(), e.getCause()));
                return false;
            } catch (InterruptedException e) {
                throw new InterruptException(e);
            }
        }
        return false;
    }
}
