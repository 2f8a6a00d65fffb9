package sparsestream.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.pytorch.global.torch;

/** Loads libtorch. */
final class Libtorch {
    private Libtorch() {}

    /** Must be called before anything else of libtorch. */
    static void load(int threads) {
        try {
            // Unpacking one library at a time, as the loader would, crashes: libtorch finds only half of its
            // neighbours.
            Loader.cacheResource(
                    org.bytedeco.pytorch.presets.torch.class, "/org/bytedeco/pytorch/" + Loader.getPlatform() + "/");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        torch.set_num_threads(threads);
    }
}
