package sparsestream.standalone;

import java.util.List;
import sparsestream.model.AdamConfig;
import sparsestream.model.GanConfig;
import sparsestream.model.L1;
import sparsestream.model.L1.Method;
import sparsestream.model.VaeConfig;

/** Named settings. The reasons for the figures are in RATIONALE.md. */
final class Presets {
    /** What the article says for all its networks; its λ acts through the gradient, and its GAN has no further help. */
    private static final L1 ARTICLE_L1 = new L1(Method.SUBGRADIENT, 0.01);

    private static final AdamConfig ARTICLE_ADAM = AdamConfig.of(2e-4);

    private Presets() {}

    static VaeConfig vae() {
        return VaeConfig.seed().withAdam(falling(3e-3)).withL1(proximal(1e-4), proximal(1e-4));
    }

    static VaeConfig wideVae() {
        return VaeConfig.wide().withAdam(falling(2e-3)).withL1(proximal(3e-4), proximal(3e-4));
    }

    static VaeConfig articleVae() {
        return new VaeConfig(List.of(128, 256), 784, ARTICLE_ADAM, ARTICLE_L1, ARTICLE_L1);
    }

    static GanConfig gan() {
        return GanConfig.seed().withL1(sparingly(5e-7), sparingly(2e-5));
    }

    static GanConfig wideGan() {
        return GanConfig.wide().withL1(sparingly(1e-6), sparingly(2e-5));
    }

    static GanConfig articleGan() {
        return new GanConfig(
                100, List.of(128, 256), List.of(256, 256), ARTICLE_ADAM, ARTICLE_ADAM, ARTICLE_L1, ARTICLE_L1, 0, 1, 0);
    }

    /** Fast at first, and fine enough later; the floor keeps a stream that changes in reach. */
    private static AdamConfig falling(double learningRate) {
        return AdamConfig.of(learningRate).withDecay(0.1, 6_000);
    }

    /** Removes what is small, and hardly shrinks what is large. */
    private static L1 sparingly(double lambda) {
        return new L1(Method.PROXIMAL, lambda, 50, 2_000, 0, 0);
    }

    private static L1 proximal(double lambda) {
        return new L1(Method.PROXIMAL, lambda);
    }
}
