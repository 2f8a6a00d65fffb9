package sparsestream.benchmarks;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import sparsestream.model.GanConfig;
import sparsestream.model.VaeConfig;

/** Widths of the networks; every engine builds them from the lists here, inputs and outputs included. */
enum Architecture {
    SEED,
    WIDE;

    static final int PIXELS = 784;

    VaeConfig vae() {
        return this == SEED ? VaeConfig.seed() : VaeConfig.wide();
    }

    /** With R1 every second step. */
    GanConfig gan() {
        return this == SEED ? GanConfig.seed() : GanConfig.wide();
    }

    /** Pixels to means and log-variances. */
    List<Integer> encoder() {
        return widths(PIXELS, vae().hidden(), 2 * vae().latent());
    }

    /** Latent to logits of pixels. */
    List<Integer> decoder() {
        List<Integer> reversed = new ArrayList<>(vae().hidden());
        Collections.reverse(reversed);
        return widths(vae().latent(), reversed, PIXELS);
    }

    /** Latent to logits of pixels. */
    List<Integer> generator() {
        return widths(gan().latent(), gan().generatorHidden(), PIXELS);
    }

    /** Pixels to one logit. */
    List<Integer> discriminator() {
        return widths(PIXELS, gan().discriminatorHidden(), 1);
    }

    private static List<Integer> widths(int inputs, List<Integer> hidden, int outputs) {
        List<Integer> widths = new ArrayList<>();
        widths.add(inputs);
        widths.addAll(hidden);
        widths.add(outputs);
        return List.copyOf(widths);
    }

    /** The name on the command line and in the results. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
