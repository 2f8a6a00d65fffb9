package sparsestream.benchmarks;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import sparsestream.model.gan.GanConfig;
import sparsestream.model.layers.AdamConfig;
import sparsestream.model.layers.L1;
import sparsestream.model.vae.VaeConfig;

/** Widths of the networks; every engine builds them from the lists here, inputs and outputs included. */
enum Architecture {
    SEED,
    WIDE;

    static final int PIXELS = 784;

    /** Without L1, at the peers' constant learning rate. */
    VaeConfig vae() {
        VaeConfig recipe = this == SEED ? new VaeConfig() : VaeConfig.wide();
        return new VaeConfig(recipe.hidden(), recipe.latent(), AdamConfig.of(1e-3), L1.NONE, L1.NONE);
    }

    /** Without L1, with R1 every second step. */
    GanConfig gan() {
        GanConfig recipe = this == SEED ? new GanConfig() : GanConfig.wide();
        return recipe.with("l1-generator", 0).with("l1-discriminator", 0);
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
