package sparsestream.model.gan;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import sparsestream.model.Knobs;
import sparsestream.model.ModelConfig;
import sparsestream.model.RecordText;
import sparsestream.model.Setting;
import sparsestream.model.Setting.Kind;
import sparsestream.model.Settings;
import sparsestream.model.layers.AdamConfig;
import sparsestream.model.layers.L1;
import sparsestream.model.layers.L1.Method;
import sparsestream.model.layers.Team;
import sparsestream.model.layers.Widths;

/**
 * A generative adversarial network: generator latent → hidden → pixels, discriminator pixels → hidden → one logit.
 *
 * @param latent dimensions of the latent space
 * @param generatorAdam of the generator
 * @param discriminatorAdam of the discriminator; nothing but the learning rate may differ from the generator's
 * @param generatorL1 on the generator's weights
 * @param discriminatorL1 on the discriminator's weights; nothing but λ may differ from the generator's
 * @param outputL1 λ of λ Σ|G(z)|, on the generated pixels in [0, 1]; 0 for none
 * @param r1Gamma γ of the gradient penalty on real images, γ/2 E‖∇ₓD(x)‖²; 0 for none
 * @param r1Interval the penalty is applied every so many steps, with γ multiplied by it
 * @param emaDecay decay of the generator's moving average, which is what is published; 0 publishes the generator itself
 */
public record GanConfig(
        int latent,
        List<Integer> generatorHidden,
        List<Integer> discriminatorHidden,
        AdamConfig generatorAdam,
        AdamConfig discriminatorAdam,
        L1 generatorL1,
        L1 discriminatorL1,
        double outputL1,
        double r1Gamma,
        int r1Interval,
        double emaDecay)
        implements ModelConfig {
    static final String NAME = "gan";
    static final String GENERATOR = "generator";
    static final String DISCRIMINATOR = "discriminator";

    private static final List<Setting> KNOBS = Knobs.list(
            List.of(
                    Knobs.LATENT_SETTING,
                    new Setting(
                            "generator-hidden", Kind.ARCHITECTURE, "N,N", "Widths of the generator's hidden layers."),
                    new Setting(
                            "discriminator-hidden",
                            Kind.ARCHITECTURE,
                            "N,N",
                            "Widths of the discriminator's hidden layers.")),
            List.of(
                    Knobs.lambda("l1-generator", "generator's weights"),
                    Knobs.lambda("l1-discriminator", "discriminator's weights"),
                    Knobs.lambda("l1-output", "GAN's generated pixels")),
            List.of(
                    Knobs.recipe("discriminator-rate", "LR", "The learning rate of the GAN's discriminator."),
                    Knobs.recipe(
                            "r1-gamma", "GAMMA", "Weight of the GAN's gradient penalty on real images; 0 for none."),
                    Knobs.recipe("r1-interval", "STEPS", "R1's penalty applies every so many steps, as much stronger."),
                    Knobs.recipe(
                            "ema-decay",
                            "DECAY",
                            "Decay of the published generator's moving average; 0 publishes the generator itself.")));

    public GanConfig {
        generatorHidden = List.copyOf(generatorHidden);
        discriminatorHidden = List.copyOf(discriminatorHidden);
        Widths.check(generatorHidden, latent);
        Widths.check(discriminatorHidden, latent);
        L1.checkAlike(generatorL1, discriminatorL1);
        if (!generatorAdam.withLearningRate(discriminatorAdam.learningRate()).equals(discriminatorAdam)) {
            throw new IllegalArgumentException("a GAN's networks may differ in their learning rates alone, got "
                    + generatorAdam + " and " + discriminatorAdam);
        }
        L1.check(outputL1);
        if (!(r1Gamma >= 0) || Double.isInfinite(r1Gamma)) {
            throw new IllegalArgumentException("R1's gamma must be a finite number of at least 0, got " + r1Gamma);
        }
        if (r1Interval < 1) {
            throw new IllegalArgumentException("R1's interval must be at least 1, got " + r1Interval);
        }
        if (!(emaDecay >= 0 && emaDecay < 1)) {
            throw new IllegalArgumentException(
                    "the decay of the generator's average must be in [0, 1), got " + emaDecay);
        }
    }

    /** Without a penalty on activations. */
    public GanConfig(
            int latent,
            List<Integer> generatorHidden,
            List<Integer> discriminatorHidden,
            AdamConfig generatorAdam,
            AdamConfig discriminatorAdam,
            L1 generatorL1,
            L1 discriminatorL1,
            double r1Gamma,
            int r1Interval,
            double emaDecay) {
        this(
                latent,
                generatorHidden,
                discriminatorHidden,
                generatorAdam,
                discriminatorAdam,
                generatorL1,
                discriminatorL1,
                0,
                r1Gamma,
                r1Interval,
                emaDecay);
    }

    /**
     * The small recipe, with R1 (γ = 0.3 every second step), an averaged generator, and Adam without a first moment, with learning
     * rates that fall to a tenth: from 8·10⁻³ for the generator, from 10⁻³ for the discriminator.
     */
    public GanConfig() {
        this(
                100,
                List.of(128, 256),
                List.of(256, 256),
                falling(8e-3),
                falling(1e-3),
                sparingly(5e-7),
                sparingly(2e-5),
                0.3,
                2,
                0.999);
    }

    /** All hidden layers 512 wide, with learning rates that fall from 2·10⁻³ for the generator and 10⁻³ for the discriminator. */
    public static GanConfig wide() {
        return new GanConfig()
                .with(Settings.NONE
                        .with("generator-hidden", List.of(512, 512))
                        .with("discriminator-hidden", List.of(512, 512))
                        .with("learning-rate", 2e-3)
                        .with("discriminator-rate", 1e-3)
                        .with("l1-generator", 1e-6));
    }

    /** What the article says for all its networks; its GAN has no further help. */
    private static GanConfig article() {
        L1 penalty = new L1(Method.SUBGRADIENT, 0.01);
        AdamConfig adam = AdamConfig.of(2e-4);
        return new GanConfig(100, List.of(128, 256), List.of(256, 256), adam, adam, penalty, penalty, 0, 1, 0);
    }

    private static AdamConfig falling(double learningRate) {
        return new AdamConfig(learningRate, 0, 0.99, 1e-8, 0.1, 2_500);
    }

    /** Removes what is small, and hardly shrinks what is large. */
    private static L1 sparingly(double lambda) {
        return new L1(Method.PROXIMAL, lambda, 50, 2_000, 0, 0);
    }

    @Override
    public Map<String, ModelConfig> recipes() {
        Map<String, ModelConfig> recipes = new LinkedHashMap<>();
        recipes.put("small", new GanConfig());
        recipes.put("wide", wide());
        recipes.put("article", article());
        return recipes;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Gan create(int pixels, long seed, Team team) {
        return new Gan(this, pixels, seed, team);
    }

    @Override
    public String imageNetwork() {
        return GENERATOR;
    }

    @Override
    public List<Setting> knobs() {
        return KNOBS;
    }

    @Override
    public Settings settings() {
        return Settings.NONE
                .with(Knobs.LATENT, latent)
                .with("generator-hidden", generatorHidden)
                .with("discriminator-hidden", discriminatorHidden)
                .with(Knobs.of(generatorAdam))
                .with("l1-generator", generatorL1.lambda())
                .with("l1-discriminator", discriminatorL1.lambda())
                .with("l1-output", outputL1)
                .with(Knobs.ruleOf(generatorL1))
                .with("discriminator-rate", discriminatorAdam.learningRate())
                .with("r1-gamma", r1Gamma)
                .with("r1-interval", r1Interval)
                .with("ema-decay", emaDecay);
    }

    /** Where the generator's learning rate changes alone, the discriminator's keeps its proportion to it. */
    @Override
    public GanConfig with(Settings changes) {
        Settings all = Knobs.changed(this, changes);
        if (changes.has("learning-rate") && !changes.has("discriminator-rate")) {
            double share = discriminatorAdam.learningRate() / generatorAdam.learningRate();
            all = all.with("discriminator-rate", share * all.number("learning-rate"));
        }
        AdamConfig adam = Knobs.adam(all);
        return new GanConfig(
                all.size(Knobs.LATENT),
                all.sizes("generator-hidden"),
                all.sizes("discriminator-hidden"),
                adam,
                adam.withLearningRate(all.number("discriminator-rate")),
                Knobs.l1(all, "l1-generator"),
                Knobs.l1(all, "l1-discriminator"),
                all.number("l1-output"),
                all.number("r1-gamma"),
                all.size("r1-interval"),
                all.number("ema-decay"));
    }

    /** The same with another value of one setting. */
    public GanConfig with(String name, Object value) {
        return with(Settings.NONE.with(name, value));
    }

    @Override
    public Optional<Settings> ofRecord(RecordText saved) {
        if (!saved.name().equals("GanConfig")) {
            return Optional.empty();
        }
        return Optional.of(Settings.NONE
                .with(Knobs.LATENT, saved.value("latent"))
                .with("generator-hidden", saved.value("generatorHidden"))
                .with("discriminator-hidden", saved.value("discriminatorHidden"))
                .with(Knobs.adamOf(saved, "generatorAdam"))
                .with("l1-generator", saved.value("generatorL1.lambda"))
                .with("l1-discriminator", saved.value("discriminatorL1.lambda"))
                .with("l1-output", saved.value("outputL1"))
                .with(Knobs.ruleOf(saved, "generatorL1"))
                .with("discriminator-rate", saved.value("discriminatorAdam.learningRate"))
                .with("r1-gamma", saved.value("r1Gamma"))
                .with("r1-interval", saved.value("r1Interval"))
                .with("ema-decay", saved.value("emaDecay")));
    }
}
