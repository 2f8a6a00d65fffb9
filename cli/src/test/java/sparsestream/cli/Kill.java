package sparsestream.cli;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * When to kill a trainer.
 *
 * @param fault in words
 * @param event that it stands still at, see {@link sparsestream.cli.fault}; empty for a moment in time
 * @param count which of these events
 * @param delayMs after its start; 0 where there is an event
 * @param checkpointIntervalSeconds of the life that ends so
 */
record Kill(String fault, String event, int count, long delayMs, double checkpointIntervalSeconds) {
    private static final int FIXED = 3;
    private static final double INTERVAL_SECONDS = 0.3;
    private static final long MAX_DELAY_MS = 6_000;

    /**
     * The first two kills of a run fall before its first checkpoint and into it, the third after it: from then on there is a
     * state to restore. The rest, mixed, are of all kinds.
     */
    static List<Kill> plan(int count, Random random) {
        List<Kill> kills = new ArrayList<>();
        for (int round = 0; kills.size() < count - FIXED; round++) {
            kills.addAll(round % 2 == 0 ? atEvents(random) : atRandom(random));
        }
        kills.subList(count - FIXED, kills.size()).clear();
        Collections.shuffle(kills, random);
        kills.add(0, new Kill("before the first checkpoint", "read images.batches", 2, 0, 3_600));
        kills.add(1, betweenParts(2 + random.nextInt(2)));
        kills.add(2, committed(1));
        return kills;
    }

    private static List<Kill> atEvents(Random random) {
        return List.of(
                betweenParts(1 + random.nextInt(12)),
                at("between state and public checkpoint", "send model.checkpoints", 1 + random.nextInt(4)),
                at("offsets sent, before the commit", "commit", 1 + random.nextInt(4)),
                committed(1 + random.nextInt(4)),
                at("while restoring", "read trainer.state", 1));
    }

    private static List<Kill> atRandom(Random random) {
        return random.longs(5, 0, MAX_DELAY_MS)
                .mapToObj(delayMs -> new Kill("at a random time", "", 0, delayMs, INTERVAL_SECONDS))
                .toList();
    }

    private static Kill betweenParts(int record) {
        return at("in a transaction, between parts", "send trainer.state", record);
    }

    private static Kill committed(int transaction) {
        return at("committed, answer not seen", "committed", transaction);
    }

    private static Kill at(String fault, String event, int count) {
        return new Kill(fault, event, count, 0, INTERVAL_SECONDS);
    }
}
