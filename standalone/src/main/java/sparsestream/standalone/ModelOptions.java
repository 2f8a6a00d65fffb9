package sparsestream.standalone;

import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Option;
import sparsestream.model.AdamConfig;
import sparsestream.model.GanConfig;
import sparsestream.model.L1;
import sparsestream.model.VaeConfig;
import sparsestream.trainer.ModelSettings;

/** How a model is built and learned. What is not given is as the preset has it. */
public final class ModelOptions {
    @Option(
            names = "--preset",
            paramLabel = "NAME",
            defaultValue = "seed",
            description = "seed (784-128-256 and back), wide (512-wide layers), or article (the article's own settings,"
                    + " with which the GAN collapses) (default: ${DEFAULT-VALUE}).")
    private String preset;

    @Option(
            names = "--learning-rate",
            paramLabel = "LR",
            description = "Adam's learning rate at the first step, the generator's for a GAN (default: VAE 0.003, GAN"
                    + " 0.008, wide 0.002).")
    private Double learningRate;

    @Option(
            names = "--discriminator-rate",
            paramLabel = "LR",
            description = "That of the GAN's discriminator (default: an eighth of --learning-rate, wide a half,"
                    + " article the same).")
    private Double discriminatorRate;

    @Option(
            names = "--rate-floor",
            paramLabel = "SHARE",
            description = "The learning rate falls towards this share of what it was (default: 0.1).")
    private Double rateFloor;

    @Option(
            names = "--rate-decay",
            paramLabel = "STEPS",
            description = "Steps in which what it is above that falls to 1/e; 0 for a constant learning rate"
                    + " (default: VAE 6000, GAN 2500).")
    private Long decaySteps;

    @Option(
            names = "--beta1",
            paramLabel = "DECAY",
            description = "Decay of Adam's first moment (default: VAE 0.9, GAN 0).")
    private Double beta1;

    @Option(
            names = "--beta2",
            paramLabel = "DECAY",
            description = "Decay of its second moment (default: VAE 0.999, GAN 0.99).")
    private Double beta2;

    @Option(names = "--latent", paramLabel = "N", description = "Latent dimensions (default: VAE 32, GAN 100).")
    private Integer latent;

    @Option(
            names = "--l1-method",
            paramLabel = "METHOD",
            description = "proximal (soft threshold in Adam's metric: exact zeros), proximal-plain, or subgradient"
                    + " (default: proximal).")
    private String method;

    @Option(names = "--l1-encoder", paramLabel = "LAMBDA", description = "L1 factor of the encoder's weights.")
    private Double encoder;

    @Option(names = "--l1-decoder", paramLabel = "LAMBDA", description = "L1 factor of the decoder's weights.")
    private Double decoder;

    @Option(names = "--l1-generator", paramLabel = "LAMBDA", description = "L1 factor of the generator's weights.")
    private Double generator;

    @Option(
            names = "--l1-discriminator",
            paramLabel = "LAMBDA",
            description = "L1 factor of the discriminator's weights.")
    private Double discriminator;

    @Option(
            names = "--l1-latent",
            paramLabel = "LAMBDA",
            description = "L1 factor of the VAE's latent mean (default: 0).")
    private Double latentMean;

    @Option(
            names = "--l1-reconstruction",
            paramLabel = "LAMBDA",
            description = "L1 factor of the VAE's reconstructed pixels (default: 0).")
    private Double reconstruction;

    @Option(
            names = "--l1-output",
            paramLabel = "LAMBDA",
            description = "L1 factor of the GAN's generated pixels (default: 0).")
    private Double output;

    @Option(
            names = "--l1-adaptivity",
            paramLabel = "A",
            description = "Divides each weight's own L1 factor by 1 + A|w|, so that large weights are shrunk less"
                    + " (default: VAE 0, GAN 50).")
    private Double adaptivity;

    @Option(
            names = "--l1-warm-up",
            paramLabel = "STEPS",
            description = "Steps over which the L1 factors grow from 0 (default: VAE 0, GAN 2000).")
    private Long warmUpSteps;

    @Option(
            names = "--l1-freeze-after",
            paramLabel = "STEPS",
            defaultValue = "0",
            description = "After so many steps a weight that is or becomes zero stays so; 0 for not before"
                    + " --l1-debias-after (default: ${DEFAULT-VALUE}).")
    private long freezeAfterSteps;

    @Option(
            names = "--l1-debias-after",
            paramLabel = "STEPS",
            defaultValue = "0",
            description = "After so many steps zeros stay and the other weights learn without shrinkage; 0 for never"
                    + " (default: ${DEFAULT-VALUE}).")
    private long debiasAfterSteps;

    @Option(
            names = "--r1-gamma",
            paramLabel = "GAMMA",
            description = "Weight of the GAN's gradient penalty on real images; 0 for none (default: 0.3).")
    private Double r1Gamma;

    @Option(
            names = "--r1-interval",
            paramLabel = "STEPS",
            description = "It applies every so many steps, as much stronger (default: 2).")
    private Integer r1Interval;

    @Option(
            names = "--ema-decay",
            paramLabel = "DECAY",
            description = "Decay of the published generator's moving average; 0 publishes the generator itself"
                    + " (default: 0.999).")
    private Double emaDecay;

    /** The settings of the model that is called {@code vae} or {@code gan}. */
    public ModelSettings settings(String model, int height, int width, long seed) {
        return new ModelSettings(model, vae(), gan(), height, width, seed);
    }

    private VaeConfig vae() {
        VaeConfig base =
                switch (preset) {
                    case "seed" -> Presets.vae();
                    case "wide" -> Presets.wideVae();
                    case "article" -> Presets.articleVae();
                    default -> throw unknownPreset();
                };
        return new VaeConfig(
                base.hidden(),
                or(latent, base.latent()),
                adam(base.adam()),
                l1(base.encoderL1(), encoder),
                l1(base.decoderL1(), decoder),
                or(latentMean, base.latentL1()),
                or(reconstruction, base.reconstructionL1()));
    }

    private GanConfig gan() {
        GanConfig base =
                switch (preset) {
                    case "seed" -> Presets.gan();
                    case "wide" -> Presets.wideGan();
                    case "article" -> Presets.articleGan();
                    default -> throw unknownPreset();
                };
        return new GanConfig(
                or(latent, base.latent()),
                base.generatorHidden(),
                base.discriminatorHidden(),
                adam(base.generatorAdam()),
                adam(base.discriminatorAdam()).withLearningRate(discriminatorRate(base)),
                l1(base.generatorL1(), generator),
                l1(base.discriminatorL1(), discriminator),
                or(output, base.outputL1()),
                or(r1Gamma, base.r1Gamma()),
                or(r1Interval, base.r1Interval()),
                or(emaDecay, base.emaDecay()));
    }

    /** In the proportion that the preset has them, unless told. */
    private double discriminatorRate(GanConfig base) {
        double usual = base.discriminatorAdam().learningRate();
        double share = usual / base.generatorAdam().learningRate();
        return or(discriminatorRate, learningRate == null ? usual : share * learningRate);
    }

    private AdamConfig adam(AdamConfig base) {
        return new AdamConfig(
                or(learningRate, base.learningRate()),
                or(beta1, base.beta1()),
                or(beta2, base.beta2()),
                base.epsilon(),
                or(rateFloor, base.rateFloor()),
                or(decaySteps, base.decaySteps()));
    }

    private L1 l1(L1 base, Double lambda) {
        return new L1(
                method == null ? base.method() : method(method),
                or(lambda, base.lambda()),
                or(adaptivity, base.adaptivity()),
                or(warmUpSteps, base.warmUpSteps()),
                freezeAfterSteps,
                debiasAfterSteps);
    }

    private static L1.Method method(String name) {
        for (L1.Method method : L1.Method.values()) {
            if (method.toString().equals(name.toLowerCase(Locale.ROOT))) {
                return method;
            }
        }
        throw new UsageException("--l1-method must be one of " + List.of(L1.Method.values()) + ", got '" + name + "'");
    }

    private UsageException unknownPreset() {
        return new UsageException("--preset must be seed, wide or article, got '" + preset + "'");
    }

    private static <T> T or(T given, T otherwise) {
        return given == null ? otherwise : given;
    }
}
