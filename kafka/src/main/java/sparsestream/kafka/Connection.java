package sparsestream.kafka;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.kafka.common.KafkaException;

/** Whether the cluster does what it is asked, told to who shows it; and waiting for it, which a request to stop ends at once. */
public final class Connection {
    private static final Duration RETRY = Duration.ofMillis(500);

    private final Patience patience;
    private final Consumer<Boolean> connected;

    /** @param connected told whether the cluster has answered, whenever it has been asked */
    public Connection(Patience patience, Consumer<Boolean> connected) {
        this.patience = patience;
        this.connected = connected;
    }

    public void stop() {
        patience.stop();
    }

    public boolean stopped() {
        return patience.stopped();
    }

    public void pause(Duration time) throws InterruptedException {
        patience.pause(time);
    }

    /**
     * Opens a client, which tells nothing of the cluster yet; empty if stopped before.
     *
     * @throws KafkaException if its settings can't be right
     */
    public <T> Optional<T> open(Supplier<T> client) throws InterruptedException {
        return patience.open(client);
    }

    /**
     * Takes note of an error that may pass.
     *
     * @throws KafkaException if it can't
     */
    public void bear(KafkaException failure) {
        patience.bear(failure);
    }

    /**
     * Asks the cluster once; empty if it does not answer, or not as it should once it has settled.
     *
     * @throws KafkaException if that can't get better
     */
    public <T> Optional<T> ask(Supplier<T> question) {
        try {
            T answer = question.get();
            connected.accept(true);
            patience.succeeded();
            return Optional.of(answer);
        } catch (KafkaException e) {
            connected.accept(false);
            patience.bear(e);
            return Optional.empty();
        }
    }

    /**
     * Asks until the cluster answers; empty if stopped before.
     *
     * @throws KafkaException if that can't get better
     */
    public <T> Optional<T> insist(Supplier<T> question) throws InterruptedException {
        while (!stopped()) {
            Optional<T> answer = ask(question);
            if (answer.isPresent()) {
                return answer;
            }
            pause(RETRY);
        }
        return Optional.empty();
    }
}
