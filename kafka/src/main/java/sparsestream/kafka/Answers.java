package sparsestream.kafka;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;

/** Waiting for what a Kafka client has promised. */
public final class Answers {
    private Answers() {}

    /**
     * The answer, once it is there.
     *
     * @throws KafkaException what the client failed of
     * @throws InterruptException if this thread is interrupted meanwhile
     */
    public static <T> T await(Future<T> promised) {
        try {
            return promised.get();
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        } catch (ExecutionException e) {
            throw unwrapped(e.getCause());
        }
    }

    /** A failure as the client means it. */
    public static KafkaException unwrapped(Throwable failure) {
        return failure instanceof KafkaException named ? named : new KafkaException(failure);
    }
}
