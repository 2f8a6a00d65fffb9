package sparsestream.model;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import sparsestream.model.layers.Network;
import sparsestream.model.layers.Team;

/**
 * A model as one value: what it is called, how it is built and how it learns. Everything that has to know which models there are asks
 * {@link Models}; nothing asks what the name is.
 *
 * <p>An implementation is a record with a constructor without arguments, which makes the small recipe, and is named in
 * {@code META-INF/services/sparsestream.model.ModelConfig}.
 */
public interface ModelConfig {
    /** The name on the command line, in topics and in meters, such as {@code vae}. */
    String name();

    /** The model with its initial weights. */
    StreamModel create(int pixels, long seed, Team team);

    /** The name of the one of its networks that turns latent vectors into logits of pixels. */
    String imageNetwork();

    /** All that can be set, in the order in which people are told. */
    List<Setting> knobs();

    /** The values of all {@link #knobs}. */
    Settings settings();

    /**
     * The same with other values of some settings.
     *
     * @throws IllegalArgumentException if there is no such setting or a value is out of range; the message is one line
     */
    ModelConfig with(Settings changes);

    /** The built-in recipes by name, {@code small} first, which is what is used unless another is asked for. */
    Map<String, ModelConfig> recipes();

    /**
     * Bounds on the likelihood of images under a published model; empty for a model that has none.
     *
     * @param networks of the published model, by name
     * @throws IllegalArgumentException if they do not belong together
     */
    default Optional<LikelihoodBound> likelihoodBound(Map<String, Network> networks) {
        return Optional.empty();
    }

    /**
     * The settings in what release 0.1.0 saved in their place, the {@code toString} of a record.
     *
     * @param saved the record's name and values
     * @return empty if it is not a record of this model
     * @throws IllegalArgumentException if it is one, and damaged
     */
    default Optional<Settings> ofRecord(RecordText saved) {
        return Optional.empty();
    }
}
