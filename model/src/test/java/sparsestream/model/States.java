package sparsestream.model;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Comparing and changing states of models, and running models side by side. */
public final class States {
    private States() {}

    public static boolean sameBits(ModelState a, ModelState b) {
        return a.step() == b.step()
                && a.images() == b.images()
                && a.tensors().keySet().equals(b.tensors().keySet())
                && a.tensors().keySet().stream()
                        .allMatch(name -> Arrays.equals(
                                bits(a.tensors().get(name)), bits(b.tensors().get(name))));
    }

    private static int[] bits(float[] values) {
        int[] bits = new int[values.length];
        for (int i = 0; i < bits.length; i++) {
            bits[i] = Float.floatToRawIntBits(values[i]);
        }
        return bits;
    }

    /** The state with all elements of one tensor multiplied by a factor. */
    public static ModelState scaled(ModelState state, String name, float factor) {
        Map<String, float[]> tensors = new LinkedHashMap<>(state.tensors());
        float[] scaled = tensors.get(name).clone();
        for (int i = 0; i < scaled.length; i++) {
            scaled[i] *= factor;
        }
        tensors.put(name, scaled);
        return new ModelState(state.step(), state.images(), tensors);
    }

    /** The state with all tensors of one network taken from another state. */
    public static ModelState with(ModelState state, String network, ModelState source) {
        Map<String, float[]> tensors = new LinkedHashMap<>(state.tensors());
        source.tensors().forEach((name, values) -> {
            if (name.startsWith(network + ".")) {
                tensors.put(name, values);
            }
        });
        return new ModelState(state.step(), state.images(), tensors);
    }

    public static boolean allFinite(ModelState state) {
        for (float[] values : state.tensors().values()) {
            for (float value : values) {
                if (!Float.isFinite(value)) {
                    return false;
                }
            }
        }
        return true;
    }

    /** Does the same on several threads at once and fails if one of them does. */
    public static void onThreads(int threads, Attempt attempt) throws Exception {
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        try {
            List<Callable<Void>> attempts = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                attempts.add(() -> {
                    attempt.run();
                    return null;
                });
            }
            for (Future<Void> done : executor.invokeAll(attempts)) {
                done.get();
            }
        } finally {
            executor.shutdownNow();
        }
    }

    @FunctionalInterface
    public interface Attempt {
        void run() throws Exception;
    }

    /** On the caller's thread, mean over some steps after the first ones, batches of 128. */
    public static long bytesAllocatedByAStep(StreamModel model) throws RejectedBatchException {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        byte[] batch = DrawnBlobs.noise(128, model.pixels(), 1);
        for (int i = 0; i < 10; i++) {
            model.learn(batch, 128);
        }
        long self = Thread.currentThread().getId();
        long before = threads.getThreadAllocatedBytes(self);
        for (int i = 0; i < 20; i++) {
            model.learn(batch, 128);
        }
        return (threads.getThreadAllocatedBytes(self) - before) / 20;
    }
}
