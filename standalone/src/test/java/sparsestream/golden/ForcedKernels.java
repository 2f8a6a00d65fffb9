package sparsestream.golden;

import org.junit.jupiter.api.Assumptions;

/**
 * That OpenBLAS uses the same kernels on every machine, without which the same weights can't be expected of all: the build runs what is
 * tagged {@code golden} in a process of its own with {@code OPENBLAS_CORETYPE=Nehalem}, which every x86-64 processor can be.
 */
final class ForcedKernels {
    private static final String CORE = "Nehalem";

    private ForcedKernels() {}

    /** Skips the test, and says so where it can't be overlooked, on another kind of machine or in another process. */
    static void require() {
        require(
                System.getProperty("os.name").equals("Linux")
                        && System.getProperty("os.arch").equals("amd64"),
                "this machine is not Linux on x86-64");
        require(
                CORE.equals(System.getenv("OPENBLAS_CORETYPE")),
                "this process lacks OPENBLAS_CORETYPE=%s, which Maven gives it".formatted(CORE));
    }

    private static void require(boolean there, String otherwise) {
        if (!there) {
            System.err.println("SKIPPED: golden test, since " + otherwise);
        }
        Assumptions.assumeTrue(there, otherwise);
    }
}
