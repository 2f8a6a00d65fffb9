package sparsestream.benchmarks;

import java.lang.management.ManagementFactory;
import java.util.function.IntFunction;

/**
 * How often something is done, and what it takes.
 *
 * @param perSecond times in a second that passes
 * @param cpuMicros time of a processor for each, in microseconds; on a busy machine the figure to go by
 */
record WorkRate(double perSecond, double cpuMicros) {
    /**
     * Of one thread, after as long a time to warm up.
     *
     * @param seconds of the measurement
     * @param work done with 0, 1, ...; answers what it has made
     */
    static WorkRate ofOneThread(double seconds, IntFunction<byte[]> work) {
        measure(seconds, work);
        return measure(seconds, work);
    }

    private static WorkRate measure(double seconds, IntFunction<byte[]> work) {
        long start = System.nanoTime();
        long cpuStart = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        long end = start + (long) (seconds * 1e9);
        int count = 0;
        long bytes = 0;
        while (System.nanoTime() < end) {
            bytes += work.apply(count++).length;
        }
        if (bytes == 0) {
            throw new IllegalStateException("nothing was made");
        }
        long cpu = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - cpuStart;
        return new WorkRate(count / ((System.nanoTime() - start) / 1e9), cpu / 1e3 / count);
    }

    WorkRate meanWith(WorkRate other) {
        return new WorkRate((perSecond + other.perSecond) / 2, (cpuMicros + other.cpuMicros) / 2);
    }
}
