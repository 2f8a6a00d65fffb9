package sparsestream.model.vae;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import sparsestream.model.Elbo;
import sparsestream.model.LossTerm;
import sparsestream.model.Losses;
import sparsestream.model.ModelState;
import sparsestream.model.RejectedBatchException;
import sparsestream.model.StreamModel;
import sparsestream.model.layers.Adam;
import sparsestream.model.layers.DenseStack;
import sparsestream.model.layers.Images;
import sparsestream.model.layers.Kernels;
import sparsestream.model.layers.Matrix;
import sparsestream.model.layers.Network;
import sparsestream.model.layers.Networks;
import sparsestream.model.layers.Noise;
import sparsestream.model.layers.Parameters;
import sparsestream.model.layers.Team;
import sparsestream.model.layers.Widths;

/**
 * Variational autoencoder (Kingma and Welling, 2014) with a Gaussian latent and a Bernoulli decoder, learned by
 *
 * <pre>
 *   −ELBO = Σ softplus(l) − x·l  +  ½ Σ (μ² + σ² − 1 − log σ²),   z = μ + σ·ε
 * </pre>
 *
 * with l the decoder's logits for z. On grey pixels the first term is a cross-entropy, not a likelihood. Where the
 * configuration asks for it, λ Σ|μ| and λ Σ|σ(l)| are learned too; no loss that is told includes them.
 */
public final class Vae implements StreamModel {

    private static final LossTerm NELBO =
            new LossTerm("nelbo", "−ELBO: reconstruction and divergence together, a bound on −log p(x).");
    private static final LossTerm RECONSTRUCTION =
            new LossTerm("reconstruction", "−E_q log p(x|z), one sample of z an image.");
    private static final LossTerm KL = new LossTerm("kl", "KL(q(z|x) ‖ p(z)).");
    private static final List<LossTerm> TERMS = List.of(NELBO, RECONSTRUCTION, KL);

    private final VaeConfig config;
    private final int pixels;
    private final int latent;
    private final float latentL1;
    private final float reconstructionL1;
    private final long seed;
    private final Team team;
    final Parameters encoderParameters;
    final Parameters decoderParameters;
    private final Adam encoderAdam;
    private final Adam decoderAdam;

    private DenseStack encoder;
    private DenseStack decoder;
    private float[] noise;
    private float[] probabilities;
    private double[] reconstruction;
    private double[] klDivergence;
    private int capacity;

    private long step;
    private long images;

    /**
     * @param pixels of an image
     * @param seed of the initial weights and of all noise
     * @param team works inside {@link #learn}; closed with the model
     */
    public Vae(VaeConfig config, int pixels, long seed, Team team) {
        this.config = config;
        this.pixels = pixels;
        this.latent = config.latent();
        this.latentL1 = (float) config.latentL1();
        this.reconstructionL1 = (float) config.reconstructionL1();
        this.seed = seed;
        this.team = team;
        encoderParameters = new Parameters(Networks.perceptron(Widths.of(pixels, config.hidden(), 2 * latent), seed));
        decoderParameters = new Parameters(
                Networks.perceptron(Widths.of(latent, Widths.reversed(config.hidden()), pixels), seed + 1));
        encoderAdam = new Adam(encoderParameters, config.adam(), config.encoderL1());
        decoderAdam = new Adam(decoderParameters, config.adam(), config.decoderL1());
    }

    private void reserve(int rows) {
        if (rows <= capacity) {
            return;
        }
        closeStacks();
        encoder = new DenseStack(encoderParameters, rows);
        decoder = new DenseStack(decoderParameters, rows);
        noise = new float[rows * latent];
        probabilities = new float[rows * pixels];
        reconstruction = new double[rows];
        klDivergence = new double[rows];
        capacity = rows;
    }

    @Override
    public Losses learn(byte[] batch, int count, double rateScale) throws RejectedBatchException {
        Images.check(batch, count, pixels);
        reserve(count);
        Noise epsilon = new Noise(seed, Noise.Use.REPARAMETERIZATION, step);
        team.run(part -> {
            int from = team.from(part, count);
            int to = team.to(part, count);
            if (from < to) {
                forward(batch, from, to, epsilon);
                backward(from, to, 1f / count);
            }
        });
        team.run(part -> {
            encoder.weightGradient(count, team, part);
            decoder.weightGradient(count, team, part);
        });
        Losses losses = losses(count);
        if (!Double.isFinite(losses.of(NELBO)) || !encoder.gradientIsFinite() || !decoder.gradientIsFinite()) {
            throw new RejectedBatchException("the VAE's loss or its gradient is not finite");
        }
        team.run(part -> {
            encoderAdam.update(step, rateScale, team, part);
            decoderAdam.update(step, rateScale, team, part);
        });
        step++;
        images += count;
        return losses;
    }

    /** Computes latent codes, logits and losses of images {@code [from, to)} of the batch. */
    private void forward(byte[] batch, int from, int to, Noise epsilon) {
        Images.toMatrix(batch, from, to, encoder.input(), 0);
        encoder.forward(from, to);
        epsilon.fillNormal(noise, from * latent, (to - from) * latent, (long) from * latent);
        for (int row = from; row < to; row++) {
            Posterior.reparameterize(encoder.output().values, decoder.input().values, noise, row, latent);
            klDivergence[row] = Posterior.klDivergence(encoder.output().values, row, latent);
        }
        decoder.input().push(from, to);
        decoder.forward(from, to);
        float[] logits = decoder.output().values;
        Kernels.sigmoid(logits, probabilities, from * pixels, to * pixels);
        for (int row = from; row < to; row++) {
            reconstruction[row] = Kernels.crossEntropy(
                    logits, probabilities, encoder.input().values, row * pixels, (row + 1) * pixels);
        }
    }

    private void backward(int from, int to, float scale) {
        Matrix delta = decoder.outputDelta();
        Kernels.crossEntropyGradient(
                delta.values, probabilities, encoder.input().values, scale, from * pixels, to * pixels);
        if (reconstructionL1 > 0) {
            Kernels.addSigmoidSlope(delta.values, probabilities, scale * reconstructionL1, from * pixels, to * pixels);
        }
        delta.push(from, to);
        decoder.backward(from, to, true);
        decoder.inputDelta().pull(from, to);
        for (int row = from; row < to; row++) {
            Posterior.backward(
                    encoder.output().values,
                    encoder.outputDelta().values,
                    decoder.inputDelta().values,
                    noise,
                    row,
                    latent,
                    scale,
                    latentL1);
        }
        encoder.outputDelta().push(from, to);
        encoder.backward(from, to, false);
    }

    private Losses losses(int count) {
        double cross = mean(reconstruction, count);
        double divergence = mean(klDivergence, count);
        return new Losses(TERMS, List.of(cross + divergence, cross, divergence), NELBO, true);
    }

    /** Summed in the order of the rows, whichever thread computed them. */
    private static double mean(double[] values, int count) {
        double sum = 0;
        for (int i = 0; i < count; i++) {
            sum += values[i];
        }
        return sum / count;
    }

    @Override
    public Optional<Elbo> heldOutElbo(byte[] heldOut, int count) {
        try (HeldOutBound bound = new HeldOutBound(networks().get(0), networks().get(1))) {
            return Optional.of(bound.elbo(heldOut, count, seed));
        }
    }

    @Override
    public Network imageNetwork() {
        return Network.of(VaeConfig.DECODER, decoderParameters, decoderParameters.values.values);
    }

    @Override
    public ModelState state() {
        Map<String, float[]> tensors = new LinkedHashMap<>();
        encoderAdam.addTo(tensors, VaeConfig.ENCODER);
        decoderAdam.addTo(tensors, VaeConfig.DECODER);
        return new ModelState(step, images, tensors);
    }

    @Override
    public void restore(ModelState state) {
        Map<String, Integer> sizes = new LinkedHashMap<>();
        encoderAdam.addSizesTo(sizes, VaeConfig.ENCODER);
        decoderAdam.addSizesTo(sizes, VaeConfig.DECODER);
        state.check(sizes);
        encoderAdam.restore(state.tensors(), VaeConfig.ENCODER);
        decoderAdam.restore(state.tensors(), VaeConfig.DECODER);
        step = state.step();
        images = state.images();
    }

    @Override
    public List<Network> networks() {
        return List.of(
                Network.of(VaeConfig.ENCODER, encoderParameters, encoderParameters.values.values),
                Network.of(VaeConfig.DECODER, decoderParameters, decoderParameters.values.values));
    }

    @Override
    public double zeroRatio() {
        return Parameters.zeroRatio(List.of(encoderParameters, decoderParameters));
    }

    @Override
    public VaeConfig config() {
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

    private void closeStacks() {
        if (capacity > 0) {
            encoder.close();
            decoder.close();
        }
    }

    @Override
    public void close() {
        team.close();
        closeStacks();
        encoderParameters.close();
        decoderParameters.close();
    }
}
