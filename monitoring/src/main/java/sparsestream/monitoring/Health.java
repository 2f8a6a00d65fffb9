package sparsestream.monitoring;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * Whether a process is alive and whether it is ready for work, as named checks that its parts report.
 *
 * <p>Live is "need not be restarted": it holds until a part reports otherwise. Ready is "does its work now": it holds
 * once every expected check has reported {@link State#UP} and the process is live. Safe for use by several threads.
 */
public final class Health {
    /** All that a check, or a report as a whole, can be. */
    public enum State {
        /** Expected, and nothing reported yet. */
        STARTING,
        UP,
        DOWN
    }

    /** What a check last reported; the reason is for people, in a few words. */
    public record Check(State state, String reason) {}

    /** The checks at one moment, by name; the state is the worst among them. */
    public record Report(State state, Map<String, Check> checks) {
        public Report {
            checks = Collections.unmodifiableMap(new TreeMap<>(checks));
        }
    }

    private final Map<String, Check> live = new TreeMap<>();
    private final Map<String, Check> ready = new TreeMap<>();

    /** Announces readiness checks: until each of them reports, the process is not ready. */
    public synchronized void expect(String... checks) {
        for (String check : checks) {
            ready.putIfAbsent(check, new Check(State.STARTING, "not reported yet"));
        }
    }

    /** Reports that a part works, or that only a restart can help it. */
    public synchronized void live(String check, boolean up, String reason) {
        live.put(check, check(up, reason));
    }

    /** Reports that a part does its work, or why it cannot do so now. */
    public synchronized void ready(String check, boolean up, String reason) {
        ready.put(check, check(up, reason));
    }

    public synchronized Report liveness() {
        return report(live);
    }

    /** Readiness and liveness together, since what must be restarted is not ready. */
    public synchronized Report readiness() {
        Map<String, Check> all = new TreeMap<>(ready);
        live.forEach((name, check) -> all.merge(name, check, Health::worse));
        return report(all);
    }

    private static Check check(boolean up, String reason) {
        return new Check(up ? State.UP : State.DOWN, reason);
    }

    private static Check worse(Check a, Check b) {
        return worse(a.state(), b.state()) == a.state() ? a : b;
    }

    private static State worse(State a, State b) {
        if (a == State.DOWN || b == State.DOWN) {
            return State.DOWN;
        }
        return a == State.STARTING ? a : b;
    }

    private static Report report(Map<String, Check> checks) {
        return new Report(checks.values().stream().map(Check::state).reduce(State.UP, Health::worse), checks);
    }
}
