package sparsestream.benchmarks;

import java.util.Locale;

/** What is trained. */
enum ModelKind {
    VAE,
    /** Without gradient penalty. */
    GAN,
    /** With the gradient penalty R1 every second step. */
    GAN_R1;

    /** The name on the command line and in the results. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
