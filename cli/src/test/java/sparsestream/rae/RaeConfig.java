package sparsestream.rae;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import sparsestream.model.Knobs;
import sparsestream.model.ModelConfig;
import sparsestream.model.Setting;
import sparsestream.model.Setting.Kind;
import sparsestream.model.Settings;
import sparsestream.model.StreamModel;
import sparsestream.model.layers.AdamConfig;
import sparsestream.model.layers.L1;
import sparsestream.model.layers.Team;

/**
 * A regularised autoencoder (Ghosh et al., 2020): the third model of docs/extending.md, which the program itself knows nothing of.
 *
 * @param hidden width of the one hidden layer of encoder and decoder
 * @param latent dimensions of the latent space
 * @param latentPenalty β of β/2 Σz², which keeps codes near where latent vectors are drawn from
 */
public record RaeConfig(int hidden, int latent, AdamConfig adam, L1 l1, double latentPenalty) implements ModelConfig {
    private static final List<Setting> KNOBS = Knobs.list(
            List.of(
                    new Setting("rae-hidden", Kind.ARCHITECTURE, "N", "Width of the hidden layers."),
                    Knobs.LATENT_SETTING),
            List.of(Knobs.lambda("l1-rae", "weights of a regularised autoencoder")),
            List.of(Knobs.recipe("latent-penalty", "BETA", "Weight of the penalty on latent codes.")));

    /** The small recipe. */
    public RaeConfig() {
        this(64, 8, AdamConfig.of(3e-3), new L1(L1.Method.PROXIMAL, 1e-4), 1);
    }

    @Override
    public String name() {
        return "rae";
    }

    @Override
    public StreamModel create(int pixels, long seed, Team team) {
        return new Rae(this, pixels, seed, team);
    }

    @Override
    public String imageNetwork() {
        return "decoder";
    }

    @Override
    public List<Setting> knobs() {
        return KNOBS;
    }

    @Override
    public Settings settings() {
        return Settings.NONE
                .with("rae-hidden", hidden)
                .with(Knobs.LATENT, latent)
                .with(Knobs.of(adam))
                .with("l1-rae", l1.lambda())
                .with(Knobs.ruleOf(l1))
                .with("latent-penalty", latentPenalty);
    }

    @Override
    public RaeConfig with(Settings changes) {
        Settings all = Knobs.changed(this, changes);
        return new RaeConfig(
                all.size("rae-hidden"),
                all.size(Knobs.LATENT),
                Knobs.adam(all),
                Knobs.l1(all, "l1-rae"),
                all.number("latent-penalty"));
    }

    @Override
    public Map<String, ModelConfig> recipes() {
        Map<String, ModelConfig> recipes = new LinkedHashMap<>();
        recipes.put("small", new RaeConfig());
        return recipes;
    }
}
