package sparsestream.kafka;

import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.BrokerNotAvailableException;
import org.apache.kafka.common.errors.ControllerMovedException;
import org.apache.kafka.common.errors.DuplicateSequenceException;
import org.apache.kafka.common.errors.FencedMemberEpochException;
import org.apache.kafka.common.errors.IllegalGenerationException;
import org.apache.kafka.common.errors.InvalidPidMappingException;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.InvalidTxnStateException;
import org.apache.kafka.common.errors.MemberIdRequiredException;
import org.apache.kafka.common.errors.OutOfOrderSequenceException;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.RebootstrapRequiredException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.StaleMemberEpochException;
import org.apache.kafka.common.errors.TransactionAbortableException;
import org.apache.kafka.common.errors.TransactionAbortedException;
import org.apache.kafka.common.errors.TransactionCoordinatorFencedException;
import org.apache.kafka.common.errors.UnknownMemberIdException;
import org.apache.kafka.common.errors.UnknownServerException;
import org.apache.kafka.common.errors.UnreleasedInstanceIdException;
import org.apache.kafka.streams.errors.LockException;
import org.apache.kafka.streams.errors.StreamsException;
import org.apache.kafka.streams.errors.TaskCorruptedException;
import org.apache.kafka.streams.errors.TaskMigratedException;

/** Whether trying again can help after a failure. Every retry loop of every service asks here. */
public enum Verdict {
    /** The cluster may recover from it: wait, and try again with new clients if need be. */
    WAIT,
    /** True of a cluster that is just starting, and else a wrong setting: wait for a moment only. */
    WAIT_A_MOMENT,
    /** A file, setting, id, version, right or certificate is wrong, or another instance has taken over. */
    END;

    /**
     * What Kafka does not count among its retriable errors and still passes, by itself or in a new session: a member that has to join
     * again, a transaction that was aborted, a server that did not know what to say.
     */
    private static final Set<Class<? extends KafkaException>> PASSING = Set.of(
            BrokerNotAvailableException.class,
            CommitFailedException.class,
            ControllerMovedException.class,
            DuplicateSequenceException.class,
            FencedMemberEpochException.class,
            IllegalGenerationException.class,
            InvalidPidMappingException.class,
            InvalidTxnStateException.class,
            LockException.class,
            MemberIdRequiredException.class,
            OutOfOrderSequenceException.class,
            RebalanceInProgressException.class,
            RebootstrapRequiredException.class,
            RetriableException.class,
            StaleMemberEpochException.class,
            TaskCorruptedException.class,
            TaskMigratedException.class,
            TransactionAbortableException.class,
            TransactionAbortedException.class,
            TransactionCoordinatorFencedException.class,
            UnknownMemberIdException.class,
            UnknownServerException.class,
            UnreleasedInstanceIdException.class);

    /** The verdict on a failure: on the outermost exception that says more than that something else went wrong. */
    public static Verdict of(Throwable failure) {
        boolean madeNoClient = false;
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            madeNoClient |= saysThatNoClientWasMade(cause);
            if (isUnresolvedHost(cause)) {
                return WAIT;
            }
            Verdict verdict = madeNoClient ? END : of(cause.getClass());
            if (verdict != END || !isWrapper(cause)) {
                return verdict;
            }
        }
        // Running clients say only this of answers that they did not expect, and of a transaction that failed before.
        return failure.getClass() == KafkaException.class && !madeNoClient ? WAIT : END;
    }

    /** The verdict on exceptions of a class of its own. */
    static Verdict of(Class<? extends Throwable> failure) {
        if (failure == InvalidReplicationFactorException.class) {
            return WAIT_A_MOMENT;
        }
        return PASSING.stream().anyMatch(passing -> passing.isAssignableFrom(failure)) ? WAIT : END;
    }

    /** Whether an exception only carries another. */
    static boolean isWrapper(Throwable failure) {
        return failure.getClass() == KafkaException.class
                || failure.getClass() == StreamsException.class
                || (failure instanceof StreamsException && failure.getCause() instanceof KafkaException)
                || failure.getClass().getName().startsWith("org.apache.kafka.streams.errors.internals.")
                || failure instanceof ExecutionException
                || failure instanceof CompletionException;
    }

    /** Making a client does not ask the cluster, so it fails of settings alone. */
    static boolean saysThatNoClientWasMade(Throwable failure) {
        String message = String.valueOf(failure.getMessage());
        return failure.getClass() == KafkaException.class
                && (message.startsWith("Failed to construct ") || message.startsWith("Failed to create new "));
    }

    /** The name of a broker that is not up yet may not be known yet either, where names come and go with containers. */
    private static boolean isUnresolvedHost(Throwable failure) {
        return failure instanceof ConfigException
                && String.valueOf(failure.getMessage()).startsWith("No resolvable bootstrap urls");
    }
}
