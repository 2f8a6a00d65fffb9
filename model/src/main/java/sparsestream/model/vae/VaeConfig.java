package sparsestream.model.vae;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import sparsestream.model.Knobs;
import sparsestream.model.LikelihoodBound;
import sparsestream.model.ModelConfig;
import sparsestream.model.RecordText;
import sparsestream.model.Setting;
import sparsestream.model.Setting.Kind;
import sparsestream.model.Settings;
import sparsestream.model.layers.AdamConfig;
import sparsestream.model.layers.L1;
import sparsestream.model.layers.L1.Method;
import sparsestream.model.layers.Network;
import sparsestream.model.layers.Team;
import sparsestream.model.layers.Widths;

/**
 * A variational autoencoder: encoder pixels → hidden → (mean, log-variance), decoder latent → hidden reversed → pixels.
 *
 * @param hidden widths of the encoder's hidden layers
 * @param latent dimensions of the latent space
 * @param encoderL1 on the encoder's weights
 * @param decoderL1 on the decoder's weights; nothing but λ may differ from the encoder's
 * @param latentL1 λ of λ Σ|μ|, on the activations that are the latent mean; 0 for none
 * @param reconstructionL1 λ of λ Σ|p|, on the reconstructed pixels p in [0, 1]; 0 for none
 */
public record VaeConfig(
        List<Integer> hidden,
        int latent,
        AdamConfig adam,
        L1 encoderL1,
        L1 decoderL1,
        double latentL1,
        double reconstructionL1)
        implements ModelConfig {
    static final String NAME = "vae";
    static final String ENCODER = "encoder";
    static final String DECODER = "decoder";

    private static final List<Setting> KNOBS = Knobs.list(
            List.of(
                    new Setting("hidden", Kind.ARCHITECTURE, "N,N", "Widths of the encoder's hidden layers."),
                    Knobs.LATENT_SETTING),
            List.of(
                    Knobs.lambda("l1-encoder", "encoder's weights"),
                    Knobs.lambda("l1-decoder", "decoder's weights"),
                    Knobs.lambda("l1-latent", "VAE's latent mean"),
                    Knobs.lambda("l1-reconstruction", "VAE's reconstructed pixels")),
            List.of());

    public VaeConfig {
        hidden = List.copyOf(hidden);
        Widths.check(hidden, latent);
        L1.checkAlike(encoderL1, decoderL1);
        L1.check(latentL1);
        L1.check(reconstructionL1);
    }

    /** Without a penalty on activations. */
    public VaeConfig(List<Integer> hidden, int latent, AdamConfig adam, L1 encoderL1, L1 decoderL1) {
        this(hidden, latent, adam, encoderL1, decoderL1, 0, 0);
    }

    /** The small recipe: 784-128-256, latent 32. */
    public VaeConfig() {
        this(List.of(128, 256), 32, falling(3e-3), proximal(1e-4), proximal(1e-4));
    }

    /** Two hidden layers of 512. */
    public static VaeConfig wide() {
        return new VaeConfig(List.of(512, 512), 32, falling(2e-3), proximal(3e-4), proximal(3e-4));
    }

    /** What the article says for all its networks; its λ acts through the gradient. */
    private static VaeConfig article() {
        L1 penalty = new L1(Method.SUBGRADIENT, 0.01);
        return new VaeConfig(List.of(128, 256), 784, AdamConfig.of(2e-4), penalty, penalty);
    }

    /** Fast at first, and fine enough later; the floor keeps a stream that changes in reach. */
    private static AdamConfig falling(double learningRate) {
        return AdamConfig.of(learningRate).withDecay(0.1, 6_000);
    }

    private static L1 proximal(double lambda) {
        return new L1(Method.PROXIMAL, lambda);
    }

    @Override
    public Map<String, ModelConfig> recipes() {
        Map<String, ModelConfig> recipes = new LinkedHashMap<>();
        recipes.put("small", new VaeConfig());
        recipes.put("wide", wide());
        recipes.put("article", article());
        return recipes;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Vae create(int pixels, long seed, Team team) {
        return new Vae(this, pixels, seed, team);
    }

    @Override
    public String imageNetwork() {
        return DECODER;
    }

    @Override
    public Optional<LikelihoodBound> likelihoodBound(Map<String, Network> networks) {
        return Optional.of(new HeldOutBound(networks.get(ENCODER), networks.get(DECODER)));
    }

    @Override
    public List<Setting> knobs() {
        return KNOBS;
    }

    @Override
    public Settings settings() {
        return Settings.NONE
                .with("hidden", hidden)
                .with(Knobs.LATENT, latent)
                .with(Knobs.of(adam))
                .with("l1-encoder", encoderL1.lambda())
                .with("l1-decoder", decoderL1.lambda())
                .with("l1-latent", latentL1)
                .with("l1-reconstruction", reconstructionL1)
                .with(Knobs.ruleOf(encoderL1));
    }

    @Override
    public VaeConfig with(Settings changes) {
        Settings all = Knobs.changed(this, changes);
        return new VaeConfig(
                all.sizes("hidden"),
                all.size(Knobs.LATENT),
                Knobs.adam(all),
                Knobs.l1(all, "l1-encoder"),
                Knobs.l1(all, "l1-decoder"),
                all.number("l1-latent"),
                all.number("l1-reconstruction"));
    }

    /** The same with another value of one setting. */
    public VaeConfig with(String name, Object value) {
        return with(Settings.NONE.with(name, value));
    }

    @Override
    public Optional<Settings> ofRecord(RecordText saved) {
        if (!saved.name().equals("VaeConfig")) {
            return Optional.empty();
        }
        return Optional.of(Settings.NONE
                .with("hidden", saved.value("hidden"))
                .with(Knobs.LATENT, saved.value("latent"))
                .with(Knobs.adamOf(saved, "adam"))
                .with("l1-encoder", saved.value("encoderL1.lambda"))
                .with("l1-decoder", saved.value("decoderL1.lambda"))
                .with("l1-latent", saved.value("latentL1"))
                .with("l1-reconstruction", saved.value("reconstructionL1"))
                .with(Knobs.ruleOf(saved, "encoderL1")));
    }
}
