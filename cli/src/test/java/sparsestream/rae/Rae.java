package sparsestream.rae;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import sparsestream.model.Elbo;
import sparsestream.model.LossTerm;
import sparsestream.model.Losses;
import sparsestream.model.ModelConfig;
import sparsestream.model.ModelState;
import sparsestream.model.RejectedBatchException;
import sparsestream.model.StreamModel;
import sparsestream.model.layers.Adam;
import sparsestream.model.layers.DenseStack;
import sparsestream.model.layers.Images;
import sparsestream.model.layers.Kernels;
import sparsestream.model.layers.Network;
import sparsestream.model.layers.Networks;
import sparsestream.model.layers.Parameters;
import sparsestream.model.layers.Team;

/** Learns by Σ softplus(l) − x·l + β/2 Σz², with l the decoder's logits for the code z that the encoder gives. */
final class Rae implements StreamModel {
    private static final LossTerm RECONSTRUCTION = new LossTerm("reconstruction", "Cross-entropy of pixels.");
    private static final LossTerm PENALTY = new LossTerm("penalty", "β/2 Σz² of the codes.");

    private final RaeConfig config;
    private final int pixels;
    private final Team team;
    private final Parameters encoderParameters;
    private final Parameters decoderParameters;
    private final Adam encoderAdam;
    private final Adam decoderAdam;
    private long step;
    private long images;

    Rae(RaeConfig config, int pixels, long seed, Team team) {
        this.config = config;
        this.pixels = pixels;
        this.team = team;
        encoderParameters =
                new Parameters(Networks.perceptron(List.of(pixels, config.hidden(), config.latent()), seed));
        decoderParameters =
                new Parameters(Networks.perceptron(List.of(config.latent(), config.hidden(), pixels), seed + 1));
        encoderAdam = new Adam(encoderParameters, config.adam(), config.l1());
        decoderAdam = new Adam(decoderParameters, config.adam(), config.l1());
    }

    @Override
    public Losses learn(byte[] batch, int count, double rateScale) throws RejectedBatchException {
        Images.check(batch, count, pixels);
        // A model that is used in earnest keeps these from batch to batch.
        Losses losses;
        try (DenseStack encoder = new DenseStack(encoderParameters, count);
                DenseStack decoder = new DenseStack(decoderParameters, count)) {
            losses = gradients(batch, count, encoder, decoder);
            if (!losses.values().stream().allMatch(Double::isFinite)
                    || !encoder.gradientIsFinite()
                    || !decoder.gradientIsFinite()) {
                throw new RejectedBatchException("the autoencoder's loss or its gradient is not finite");
            }
        }
        team.run(part -> {
            encoderAdam.update(step, rateScale, team, part);
            decoderAdam.update(step, rateScale, team, part);
        });
        step++;
        images += count;
        return losses;
    }

    private Losses gradients(byte[] batch, int count, DenseStack encoder, DenseStack decoder) {
        int latent = config.latent();
        float scale = 1f / count;
        Images.toMatrix(batch, 0, count, encoder.input(), 0);
        encoder.forward(0, count);
        float[] codes = encoder.output().values;
        System.arraycopy(codes, 0, decoder.input().values, 0, count * latent);
        decoder.input().push(0, count);
        decoder.forward(0, count);
        float[] logits = decoder.output().values;
        float[] probabilities = new float[count * pixels];
        Kernels.sigmoid(logits, probabilities, 0, count * pixels);
        double cross = Kernels.crossEntropy(logits, probabilities, encoder.input().values, 0, count * pixels);
        Kernels.crossEntropyGradient(
                decoder.outputDelta().values, probabilities, encoder.input().values, scale, 0, count * pixels);
        decoder.outputDelta().push(0, count);
        decoder.backward(0, count, true);
        decoder.inputDelta().pull(0, count);
        double squares = 0;
        for (int i = 0; i < count * latent; i++) {
            squares += (double) codes[i] * codes[i];
            encoder.outputDelta().values[i] =
                    decoder.inputDelta().values[i] + scale * (float) config.latentPenalty() * codes[i];
        }
        encoder.outputDelta().push(0, count);
        encoder.backward(0, count, false);
        team.run(part -> {
            encoder.weightGradient(count, team, part);
            decoder.weightGradient(count, team, part);
        });
        double penalty = 0.5 * config.latentPenalty() * squares / count;
        return new Losses(List.of(RECONSTRUCTION, PENALTY), List.of(cross / count, penalty), RECONSTRUCTION, true);
    }

    @Override
    public ModelConfig config() {
        return config;
    }

    @Override
    public int pixels() {
        return pixels;
    }

    @Override
    public long step() {
        return step;
    }

    @Override
    public long images() {
        return images;
    }

    @Override
    public ModelState state() {
        Map<String, float[]> tensors = new LinkedHashMap<>();
        encoderAdam.addTo(tensors, "encoder");
        decoderAdam.addTo(tensors, "decoder");
        return new ModelState(step, images, tensors);
    }

    @Override
    public void restore(ModelState state) {
        Map<String, Integer> sizes = new LinkedHashMap<>();
        encoderAdam.addSizesTo(sizes, "encoder");
        decoderAdam.addSizesTo(sizes, "decoder");
        state.check(sizes);
        encoderAdam.restore(state.tensors(), "encoder");
        decoderAdam.restore(state.tensors(), "decoder");
        step = state.step();
        images = state.images();
    }

    @Override
    public List<Network> networks() {
        return List.of(Network.of("encoder", encoderParameters, encoderParameters.values.values), imageNetwork());
    }

    @Override
    public Network imageNetwork() {
        return Network.of("decoder", decoderParameters, decoderParameters.values.values);
    }

    @Override
    public double zeroRatio() {
        return Parameters.zeroRatio(List.of(encoderParameters, decoderParameters));
    }

    @Override
    public Optional<Elbo> heldOutElbo(byte[] heldOut, int count) {
        return Optional.empty();
    }

    @Override
    public void close() {
        team.close();
        encoderParameters.close();
        decoderParameters.close();
    }
}
