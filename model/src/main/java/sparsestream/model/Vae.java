package sparsestream.model;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * Variational autoencoder (Kingma and Welling, 2014) with a Gaussian latent and a Bernoulli decoder, learned by
 *
 * <pre>
 *   −ELBO = Σ softplus(l) − x·l  +  ½ Σ (μ² + σ² − 1 − log σ²),   z = μ + σ·ε
 * </pre>
 *
 * with l the decoder's logits for z. On grey pixels the first term is a cross-entropy, not a likelihood.
 */
public final class Vae implements StreamModel {
    /** Bounds of log σ²: beyond them σ² is constant, so that no finite weights make it infinite. */
    private static final float MIN_LOG_VARIANCE = -30f;

    private static final float MAX_LOG_VARIANCE = 20f;

    private final int pixels;
    private final int latent;
    private final long seed;
    private final Team team;
    private final Parameters encoderParameters;
    private final Parameters decoderParameters;
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
        this.pixels = pixels;
        this.latent = config.latent();
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
        capacity = rows;
        encoder = new DenseStack(encoderParameters, rows);
        decoder = new DenseStack(decoderParameters, rows);
        noise = new float[rows * latent];
        probabilities = new float[rows * pixels];
        reconstruction = new double[rows];
        klDivergence = new double[rows];
    }

    @Override
    public Map<String, Double> learn(byte[] batch, int count) throws RejectedBatchException {
        Images.check(batch, count, pixels);
        reserve(count);
        Noise epsilon = new Noise(seed, Noise.Use.REPARAMETERIZATION, step);
        team.run(part -> {
            int from = team.from(part, count);
            int to = team.to(part, count);
            if (from < to) {
                forward(batch, 0, from, to, epsilon);
                backward(from, to, 1f / count);
            }
        });
        team.run(part -> {
            encoder.weightGradient(count, team, part);
            decoder.weightGradient(count, team, part);
        });
        if (!encoder.gradientIsFinite() || !decoder.gradientIsFinite()) {
            throw new RejectedBatchException("the gradient of the VAE's loss is not finite");
        }
        team.run(part -> {
            encoderAdam.update(step, team, part);
            decoderAdam.update(step, team, part);
        });
        step++;
        images += count;
        return losses(count);
    }

    /** Computes latent codes, logits and losses of rows {@code [from, to)}, which are images {@code first + from, …}. */
    private void forward(byte[] batch, int first, int from, int to, Noise epsilon) {
        Images.toMatrix(batch, first + from, first + to, encoder.input(), -first);
        encoder.forward(from, to);
        epsilon.fillNormal(noise, from * latent, (to - from) * latent, (long) (first + from) * latent);
        for (int row = from; row < to; row++) {
            klDivergence[row] = reparameterize(row);
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

    /** z = μ + σ·ε for one row. Returns KL(N(μ, σ²) ‖ N(0, 1)) = ½ Σ (μ² + σ² − 1 − log σ²). */
    private double reparameterize(int row) {
        float[] code = encoder.output().values;
        float[] z = decoder.input().values;
        double divergence = 0;
        for (int i = 0; i < latent; i++) {
            float mean = code[row * 2 * latent + i];
            float logVariance = clamp(code[row * 2 * latent + latent + i]);
            float deviation = (float) StrictMath.exp(0.5 * logVariance);
            z[row * latent + i] = mean + deviation * noise[row * latent + i];
            divergence += 0.5 * ((double) mean * mean + (double) deviation * deviation - 1 - logVariance);
        }
        return divergence;
    }

    private void backward(int from, int to, float scale) {
        Matrix delta = decoder.outputDelta();
        Kernels.crossEntropyGradient(
                delta.values, probabilities, encoder.input().values, scale, from * pixels, to * pixels);
        delta.push(from, to);
        decoder.backward(from, to, true);
        decoder.inputDelta().pull(from, to);
        for (int row = from; row < to; row++) {
            reparameterizeBackward(row, scale);
        }
        encoder.outputDelta().push(from, to);
        encoder.backward(from, to, false);
    }

    /** From ∂/∂z to ∂/∂(μ, log σ²), the divergence's own gradient added: μ and ½ (σ² − 1). */
    private void reparameterizeBackward(int row, float scale) {
        float[] code = encoder.output().values;
        float[] delta = encoder.outputDelta().values;
        float[] latentDelta = decoder.inputDelta().values;
        for (int i = 0; i < latent; i++) {
            int mean = row * 2 * latent + i;
            int logVariance = mean + latent;
            float dz = latentDelta[row * latent + i];
            delta[mean] = dz + scale * code[mean];
            float bounded = clamp(code[logVariance]);
            float deviation = (float) StrictMath.exp(0.5 * bounded);
            delta[logVariance] = bounded == code[logVariance]
                    ? 0.5f * (dz * noise[row * latent + i] * deviation + scale * (deviation * deviation - 1f))
                    : 0f;
        }
    }

    private static float clamp(float logVariance) {
        return Math.max(MIN_LOG_VARIANCE, Math.min(MAX_LOG_VARIANCE, logVariance));
    }

    private Map<String, Double> losses(int count) {
        Map<String, Double> terms = new LinkedHashMap<>();
        double cross = mean(reconstruction, count);
        double divergence = mean(klDivergence, count);
        terms.put("nelbo", cross + divergence);
        terms.put("reconstruction", cross);
        terms.put("kl", divergence);
        return terms;
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
    public OptionalDouble heldOutNelbo(byte[] heldOut, int count) {
        Images.check(heldOut, count, pixels);
        reserve(Math.min(count, 128));
        Noise epsilon = new Noise(seed, Noise.Use.HELD_OUT, 0);
        double sum = 0;
        for (int first = 0; first < count; first += capacity) {
            int rows = Math.min(capacity, count - first);
            forward(heldOut, first, 0, rows, epsilon);
            sum += rows * (mean(reconstruction, rows) + mean(klDivergence, rows));
        }
        return OptionalDouble.of(sum / count);
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
        encoderAdam.restore(state.tensors(), "encoder");
        decoderAdam.restore(state.tensors(), "decoder");
        step = state.step();
        images = state.images();
    }

    @Override
    public List<Network> networks() {
        return List.of(
                Network.of("encoder", encoderParameters, encoderParameters.values.values),
                Network.of("decoder", decoderParameters, decoderParameters.values.values));
    }

    @Override
    public double zeroRatio() {
        return Parameters.zeroRatio(List.of(encoderParameters, decoderParameters));
    }

    @Override
    public String name() {
        return "vae";
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
    public void close() {
        team.close();
    }
}
