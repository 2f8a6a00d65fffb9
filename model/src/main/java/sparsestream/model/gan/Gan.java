package sparsestream.model.gan;

import java.util.ArrayList;
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
 * Generative adversarial network (Goodfellow et al., 2014) with the non-saturating loss and the zero-centred gradient penalty
 * R1 (Mescheder, Geiger and Nowozin, 2018):
 *
 * <pre>
 *   discriminator:  softplus(−D(x)) + softplus(D(G(z))) + γ/2 ‖∇ₓD(x)‖²       generator:  softplus(−D(G(z)))
 * </pre>
 *
 * One pass of the generator serves both updates. {@link R1Penalty} says how the penalty is learned.
 */
public final class Gan implements StreamModel {
    private static final LossTerm DISCRIMINATOR =
            new LossTerm("discriminator", "What telling fakes from real images costs.");
    private static final LossTerm R1 = new LossTerm("r1", "γ/2 ‖∇ₓD(x)‖², in the steps in which it is applied.");
    private static final LossTerm GENERATOR = new LossTerm("generator", "What being told apart costs the generator.");
    private static final List<LossTerm> TERMS = List.of(DISCRIMINATOR, GENERATOR);
    private static final List<LossTerm> PENALISED_TERMS = List.of(DISCRIMINATOR, R1, GENERATOR);

    /** What the generator's average is called in a state. */
    private static final String AVERAGE = "generator.average";

    private final int pixels;
    private final GanConfig config;
    private final long seed;
    private final Team team;
    final Parameters generatorParameters;
    final Parameters discriminatorParameters;
    private final Adam generatorAdam;
    private final Adam discriminatorAdam;
    private final WeightAverage average;

    private DenseStack generator;
    /** Rows: the fakes, the real images, and where R1 applies x + εg and x − εg; each block has as many rows as the batch. */
    private DenseStack discriminator;

    private double[] rowLosses;
    private R1Penalty penalty;
    private int capacity;

    private long step;
    private long images;

    /**
     * @param pixels of an image
     * @param seed of the initial weights and of all noise
     * @param team works inside {@link #learn}; closed with the model
     */
    public Gan(GanConfig config, int pixels, long seed, Team team) {
        this.pixels = pixels;
        this.config = config;
        this.seed = seed;
        this.team = team;
        generatorParameters = new Parameters(
                Networks.hePerceptron(Widths.of(config.latent(), config.generatorHidden(), pixels), seed));
        discriminatorParameters =
                new Parameters(Networks.hePerceptron(Widths.of(pixels, config.discriminatorHidden(), 1), seed + 1));
        generatorAdam = new Adam(generatorParameters, config.generatorAdam(), config.generatorL1());
        discriminatorAdam = new Adam(discriminatorParameters, config.discriminatorAdam(), config.discriminatorL1());
        average = new WeightAverage(generatorParameters, config.emaDecay());
    }

    private void reserve(int rows) {
        if (rows <= capacity) {
            return;
        }
        closeStacks();
        generator = new DenseStack(generatorParameters, rows);
        discriminator = new DenseStack(discriminatorParameters, 4 * rows);
        rowLosses = new double[2 * rows];
        penalty = new R1Penalty(config, discriminator, rows);
        capacity = rows;
    }

    @Override
    public Losses learn(byte[] batch, int count, double rateScale) throws RejectedBatchException {
        Images.check(batch, count, pixels);
        reserve(count);
        boolean penalised = config.r1Gamma() > 0 && step % config.r1Interval() == 0;
        List<Double> values = new ArrayList<>();
        fillDiscriminatorInput(batch, count);
        updateDiscriminator(count, rateScale, penalised, values);
        updateGenerator(count, rateScale, values);
        step++;
        images += count;
        return new Losses(penalised ? PENALISED_TERMS : TERMS, values, DISCRIMINATOR, false);
    }

    /** Fakes for this step into the first rows of the discriminator's input, the real images into the next. */
    private void fillDiscriminatorInput(byte[] batch, int count) {
        Noise latents = new Noise(seed, Noise.Use.LATENT, step);
        int latent = config.latent();
        team.run(part -> {
            int from = team.from(part, count);
            int to = team.to(part, count);
            latents.fillNormal(generator.input().values, from * latent, (to - from) * latent, (long) from * latent);
            generator.input().push(from, to);
            generator.forward(from, to);
            Matrix fakes = discriminator.input();
            Kernels.sigmoid(generator.output().values, fakes.values, from * pixels, to * pixels);
            fakes.push(from, to);
            Images.toMatrix(batch, from, to, discriminator.input(), count);
        });
    }

    private void updateDiscriminator(int count, double rateScale, boolean penalised, List<Double> losses)
            throws RejectedBatchException {
        team.run(part -> adversarialRows(team.from(part, 2 * count), team.to(part, 2 * count), count, penalised));
        if (penalised) {
            team.run(part -> penalty.rows(team.from(part, count), team.to(part, count), count));
        }
        int rows = penalised ? 4 * count : 2 * count;
        team.run(part -> discriminator.weightGradient(rows, team, part));
        double loss = (sum(rowLosses, 0, count) + sum(rowLosses, count, 2 * count)) / count;
        double cost = penalised ? 0.5 * config.r1Gamma() * sum(penalty.squaredNorms(), 0, count) / count : 0;
        if (!Double.isFinite(loss + cost) || !discriminator.gradientIsFinite()) {
            throw new RejectedBatchException("the discriminator's loss or its gradient is not finite");
        }
        team.run(part -> {
            discriminatorAdam.save(team, part);
            discriminatorAdam.update(step, rateScale, team, part);
        });
        losses.add(loss);
        if (penalised) {
            losses.add(cost);
        }
    }

    /** Loss and deltas of fakes and real images, rows {@code [from, to)} of the discriminator. */
    private void adversarialRows(int from, int to, int count, boolean penalised) {
        discriminator.forward(from, to);
        float[] logits = discriminator.output().values;
        float[] delta = discriminator.outputDelta().values;
        for (int row = from; row < to; row++) {
            boolean real = row >= count;
            rowLosses[row] = AdversarialLoss.of(logits[row], real);
            // For the penalty the delta of D itself is wanted first; R1Penalty turns it into that of the loss.
            delta[row] = real && penalised ? 1f : AdversarialLoss.slope(logits[row], real, count);
        }
        discriminator.outputDelta().push(from, to);
        discriminator.backward(from, to, false);
    }

    private void updateGenerator(int count, double rateScale, List<Double> losses) throws RejectedBatchException {
        team.run(part -> generatorRows(team.from(part, count), team.to(part, count), count));
        team.run(part -> generator.weightGradient(count, team, part));
        double loss = sum(rowLosses, 0, count) / count;
        if (!Double.isFinite(loss) || !generator.gradientIsFinite()) {
            discriminatorAdam.undo();
            throw new RejectedBatchException("the generator's loss or its gradient is not finite");
        }
        team.run(part -> {
            generatorAdam.update(step, rateScale, team, part);
            average.update(step, team, part);
        });
        losses.add(loss);
    }

    /** Loss and deltas of the generator for fakes {@code [from, to)}, as the updated discriminator sees them. */
    private void generatorRows(int from, int to, int count) {
        discriminator.forward(from, to);
        for (int row = from; row < to; row++) {
            float logit = discriminator.output().values[row];
            rowLosses[row] = AdversarialLoss.of(logit, true);
            discriminator.outputDelta().values[row] = AdversarialLoss.slope(logit, true, count);
        }
        discriminator.outputDelta().push(from, to);
        discriminator.backward(from, to, true);
        Matrix delta = generator.outputDelta();
        discriminator.inputDelta().pull(from, to);
        Kernels.sigmoidBackward(
                delta.values,
                discriminator.inputDelta().values,
                discriminator.input().values,
                from * pixels,
                to * pixels);
        if (config.outputL1() > 0) {
            // The fakes are σ(logits) and never negative, so |G(z)| is G(z).
            float scale = (float) config.outputL1() / count;
            Kernels.addSigmoidSlope(delta.values, discriminator.input().values, scale, from * pixels, to * pixels);
        }
        delta.push(from, to);
        generator.backward(from, to, false);
    }

    private static double sum(double[] values, int from, int to) {
        double sum = 0;
        for (int i = from; i < to; i++) {
            sum += values[i];
        }
        return sum;
    }

    @Override
    public Optional<Elbo> heldOutElbo(byte[] heldOut, int count) {
        return Optional.empty();
    }

    @Override
    public Network imageNetwork() {
        return Network.of(GanConfig.GENERATOR, generatorParameters, average.published());
    }

    @Override
    public ModelState state() {
        Map<String, float[]> tensors = new LinkedHashMap<>();
        generatorAdam.addTo(tensors, GanConfig.GENERATOR);
        discriminatorAdam.addTo(tensors, GanConfig.DISCRIMINATOR);
        tensors.put(AVERAGE, average.values());
        return new ModelState(step, images, tensors);
    }

    @Override
    public void restore(ModelState state) {
        Map<String, Integer> sizes = new LinkedHashMap<>();
        generatorAdam.addSizesTo(sizes, GanConfig.GENERATOR);
        discriminatorAdam.addSizesTo(sizes, GanConfig.DISCRIMINATOR);
        sizes.put(AVERAGE, generatorParameters.count);
        state.check(sizes);
        generatorAdam.restore(state.tensors(), GanConfig.GENERATOR);
        discriminatorAdam.restore(state.tensors(), GanConfig.DISCRIMINATOR);
        average.restore(state.tensors().get(AVERAGE));
        step = state.step();
        images = state.images();
    }

    @Override
    public List<Network> networks() {
        return List.of(
                Network.of(GanConfig.GENERATOR, generatorParameters, average.published()),
                Network.of(GanConfig.DISCRIMINATOR, discriminatorParameters, discriminatorParameters.values.values));
    }

    @Override
    public double zeroRatio() {
        return Parameters.zeroRatio(List.of(generatorParameters, discriminatorParameters));
    }

    @Override
    public GanConfig config() {
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
            generator.close();
            discriminator.close();
        }
    }

    @Override
    public void close() {
        team.close();
        closeStacks();
        generatorParameters.close();
        discriminatorParameters.close();
    }
}
