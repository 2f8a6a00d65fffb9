package sparsestream.model;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import sparsestream.model.Setting.Kind;
import sparsestream.model.layers.AdamConfig;
import sparsestream.model.layers.L1;

/** Settings that models have in common: those of {@link AdamConfig} and of {@link L1}. */
public final class Knobs {
    /** Latent dimensions. */
    public static final String LATENT = "latent";

    public static final Setting LATENT_SETTING =
            new Setting(LATENT, Kind.ARCHITECTURE, "N", "Dimensions of the latent space.");

    private Knobs() {}

    /** Those of a model's optimiser and penalties, its own before and between them. */
    public static List<Setting> list(List<Setting> shape, List<Setting> penalties, List<Setting> others) {
        return Stream.of(shape, adam(), penalties, l1Rule(), others)
                .flatMap(List::stream)
                .toList();
    }

    /** A setting of a recipe. */
    public static Setting recipe(String name, String valueName, String description) {
        return new Setting(name, Kind.RECIPE, valueName, description);
    }

    /** An L1 factor. */
    public static Setting lambda(String name, String of) {
        return recipe(name, "LAMBDA", "L1 factor of the " + of + ".");
    }

    private static List<Setting> adam() {
        return List.of(
                recipe("learning-rate", "LR", "Adam's learning rate at the first step; a GAN's is its generator's."),
                recipe("rate-floor", "SHARE", "The learning rate falls towards this share of what it was."),
                recipe(
                        "rate-decay",
                        "STEPS",
                        "Steps in which what the learning rate is above its floor falls to 1/e; 0 for a constant one."),
                recipe("beta1", "DECAY", "Decay of Adam's first moment."),
                recipe("beta2", "DECAY", "Decay of Adam's second moment."),
                recipe("epsilon", "E", "What Adam adds to the root of the second moment."));
    }

    private static List<Setting> l1Rule() {
        return List.of(
                recipe(
                        "l1-method",
                        "METHOD",
                        "How L1 acts: proximal (soft threshold in Adam's metric: exact zeros), proximal-plain, or"
                                + " subgradient."),
                recipe(
                        "l1-adaptivity",
                        "A",
                        "Divides each weight's own L1 factor by 1 + A|w|, so that large weights are shrunk less."),
                recipe("l1-warm-up", "STEPS", "Steps over which the L1 factors grow from 0."),
                recipe(
                        "l1-freeze-after",
                        "STEPS",
                        "After so many steps a weight that is or becomes zero stays so; 0 for not before"
                                + " --l1-debias-after."),
                recipe(
                        "l1-debias-after",
                        "STEPS",
                        "After so many steps zeros stay and the other weights learn without shrinkage; 0 for never."));
    }

    public static Settings of(AdamConfig adam) {
        return Settings.NONE
                .with("learning-rate", adam.learningRate())
                .with("rate-floor", adam.rateFloor())
                .with("rate-decay", adam.decaySteps())
                .with("beta1", adam.beta1())
                .with("beta2", adam.beta2())
                .with("epsilon", adam.epsilon());
    }

    /** The inverse of {@link #of(AdamConfig)}. */
    public static AdamConfig adam(Settings settings) {
        return new AdamConfig(
                settings.number("learning-rate"),
                settings.number("beta1"),
                settings.number("beta2"),
                settings.number("epsilon"),
                settings.number("rate-floor"),
                settings.integer("rate-decay"));
    }

    /** All but λ, which each network has its own of. */
    public static Settings ruleOf(L1 l1) {
        return Settings.NONE
                .with("l1-method", l1.method())
                .with("l1-adaptivity", l1.adaptivity())
                .with("l1-warm-up", l1.warmUpSteps())
                .with("l1-freeze-after", l1.freezeAfterSteps())
                .with("l1-debias-after", l1.debiasAfterSteps());
    }

    /** The inverse of {@link #ruleOf}, with the λ that is called {@code lambda}. */
    public static L1 l1(Settings settings, String lambda) {
        return new L1(
                method(settings.text("l1-method")),
                settings.number(lambda),
                settings.number("l1-adaptivity"),
                settings.integer("l1-warm-up"),
                settings.integer("l1-freeze-after"),
                settings.integer("l1-debias-after"));
    }

    private static L1.Method method(String name) {
        for (L1.Method method : L1.Method.values()) {
            if (method.toString().equals(name.toLowerCase(Locale.ROOT))) {
                return method;
            }
        }
        throw new IllegalArgumentException(
                "l1-method must be one of " + List.of(L1.Method.values()) + ", got '" + name + "'");
    }

    /** What release 0.1.0 saved of an {@link AdamConfig}, whose component of the model's record is called {@code component}. */
    public static Settings adamOf(RecordText saved, String component) {
        return Settings.NONE
                .with("learning-rate", saved.value(component + ".learningRate"))
                .with("rate-floor", saved.value(component + ".rateFloor"))
                .with("rate-decay", saved.value(component + ".decaySteps"))
                .with("beta1", saved.value(component + ".beta1"))
                .with("beta2", saved.value(component + ".beta2"))
                .with("epsilon", saved.value(component + ".epsilon"));
    }

    /** What release 0.1.0 saved of an {@link L1}, likewise, all but λ. */
    public static Settings ruleOf(RecordText saved, String component) {
        return Settings.NONE
                .with("l1-method", saved.value(component + ".method"))
                .with("l1-adaptivity", saved.value(component + ".adaptivity"))
                .with("l1-warm-up", saved.value(component + ".warmUpSteps"))
                .with("l1-freeze-after", saved.value(component + ".freezeAfterSteps"))
                .with("l1-debias-after", saved.value(component + ".debiasAfterSteps"));
    }

    /**
     * Changes to a model's settings, checked for names that it does not have.
     *
     * @throws IllegalArgumentException if it has not all of them
     */
    public static Settings changed(ModelConfig model, Settings changes) {
        changes.values().keySet().stream()
                .filter(name ->
                        model.knobs().stream().noneMatch(knob -> knob.name().equals(name)))
                .findFirst()
                .ifPresent(name -> {
                    throw new IllegalArgumentException("a " + model.name() + " has no setting " + name);
                });
        return model.settings().with(changes);
    }
}
