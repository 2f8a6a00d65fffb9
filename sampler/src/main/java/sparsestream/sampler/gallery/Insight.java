package sparsestream.sampler.gallery;

import java.util.List;
import sparsestream.contract.MalformedMessageException;
import sparsestream.published.ModelVersion;

/**
 * What the weights of a version tell.
 *
 * @param latentAxes the latent dimensions, those that matter most first
 * @param layers which weights of each layer are zero
 */
record Insight(ModelVersion version, List<Integer> latentAxes, List<LayerZeros> layers) {
    static Insight of(ModelVersion version) {
        try {
            return new Insight(
                    version,
                    LatentAxes.byInfluence(version.imageNetwork()),
                    LayerZeros.of(version.contents().tensors()));
        } catch (MalformedMessageException e) {
            throw new IllegalStateException("a version that was loaded can be read again", e);
        }
    }
}
