package sparsestream.kafka;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One line when the cluster stops doing what it is asked, and one when it does again, for all clients and parts of a process
 * together: each part tells of its own trouble, again and again while that lasts. What is over in {@value #GRACE_MS} ms gets none.
 */
public final class Outage {
    private static final Logger log = LoggerFactory.getLogger(Outage.class);
    private static final long GRACE_MS = 2_000;

    private final String servers;
    private final LongSupplier nanoTime;
    private final Map<String, Trouble> troubles = new LinkedHashMap<>();
    private long beginNanos;
    private boolean told;

    /**
     * What a part waits for.
     *
     * @param silent whether there is no answer at all, which tells more than what each part makes of that
     * @param words the rest of a sentence about the brokers
     */
    private record Trouble(boolean silent, String words) {}

    /** @param kafka settings of the Kafka clients, whose {@code bootstrap.servers} is the name of the cluster */
    public Outage(Map<String, ?> kafka) {
        this(String.valueOf(kafka.get("bootstrap.servers")), System::nanoTime);
    }

    Outage(String servers, LongSupplier nanoTime) {
        this.servers = servers;
        this.nanoTime = nanoTime;
    }

    /** A part has had no answer. */
    void silence(String part, Optional<String> why) {
        trouble(
                part,
                new Trouble(true, "do not answer" + why.map(" (%s)"::formatted).orElse("")));
    }

    /** A part was answered by an error that may pass. */
    void trouble(String part, String reason) {
        trouble(part, new Trouble(false, "can't do what is asked now (%s)".formatted(reason)));
    }

    private synchronized void trouble(String part, Trouble trouble) {
        if (troubles.isEmpty()) {
            beginNanos = nanoTime.getAsLong();
        }
        troubles.put(part, trouble);
        if (!told && lasted().toMillis() >= GRACE_MS) {
            told = true;
            Trouble worst = troubles.values().stream()
                    .filter(Trouble::silent)
                    .findFirst()
                    .orElse(trouble);
            log.warn("the brokers at {} {}; waiting for them", servers, worst.words());
        }
    }

    /** A part does what it should. */
    synchronized void over(String part) {
        if (troubles.remove(part) != null && troubles.isEmpty() && told) {
            told = false;
            log.info("the brokers at {} answer again, after {}", servers, inWords(lasted()));
        }
    }

    private Duration lasted() {
        return Duration.ofNanos(nanoTime.getAsLong() - beginNanos);
    }

    private static String inWords(Duration time) {
        long seconds = Math.round(time.toMillis() / 1e3);
        return seconds < 120 ? seconds + " s" : seconds / 60 + " min " + seconds % 60 + " s";
    }
}
