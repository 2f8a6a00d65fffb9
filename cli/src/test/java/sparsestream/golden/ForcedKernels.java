package sparsestream.golden;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * That OpenBLAS uses the same kernels on every machine, without which the same weights can't be expected of all: the build runs what is
 * tagged {@code golden} in a process of its own with {@code OPENBLAS_CORETYPE=Nehalem}, which every x86-64 processor can be.
 */
final class ForcedKernels {
    private static final String CORE = "Nehalem";

    private ForcedKernels() {}

    /** Skips the test on another kind of machine, and fails it in a process without these kernels. */
    static void require() {
        assumeTrue(
                System.getProperty("os.name").equals("Linux")
                        && System.getProperty("os.arch").equals("amd64"),
                "golden bits are those of Linux on x86-64");
        assertThat(System.getenv("OPENBLAS_CORETYPE"))
                .as("OPENBLAS_CORETYPE, which the build sets for what is tagged golden")
                .isEqualTo(CORE);
    }
}
