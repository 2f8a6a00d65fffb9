package sparsestream.benchmarks;

import java.util.Locale;

/** Who trains. */
enum Engine {
    SPARSESTREAM,
    LIBTORCH,
    DL4J;

    /** DL4J has no double backward and no other way to R1. */
    boolean supports(ModelKind model) {
        return this != DL4J || model != ModelKind.GAN_R1;
    }

    /** The name on the command line and in the results. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
