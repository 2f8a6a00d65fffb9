package sparsestream.benchmarks;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.hipparchus.stat.regression.SimpleRegression;
import sparsestream.model.ImageGenerator;
import sparsestream.model.ModelState;
import sparsestream.model.RejectedBatchException;
import sparsestream.model.StreamModel;
import sparsestream.model.evaluation.Evaluation;
import sparsestream.model.evaluation.Evaluator;
import sparsestream.model.gan.Gan;
import sparsestream.model.layers.Network;
import sparsestream.model.layers.Team;
import sparsestream.model.vae.Vae;
import sparsestream.producer.Dataset;

/** Learns one model with one regularisation and measures it at points of the second half of the way. */
final class StudyRun {
    private static final int BATCH = 128;

    /** Of the whole way. */
    private static final int POINTS = 20;

    /** Learned and held-out images on which the gap is measured. */
    private static final int MAX_COMPARED = 10_000;

    private final Dataset train;
    private final Dataset heldOut;
    private final Evaluator evaluator;
    private final MeasuredRun run;

    /** @param steps batches to learn */
    StudyRun(Digits digits, Evaluator evaluator, long steps) {
        this.train = digits.learned();
        this.heldOut = digits.measured();
        this.evaluator = evaluator;
        this.run = new MeasuredRun(train, BATCH, steps, POINTS);
    }

    /** Measures by name, in the order of the table; a VAE has more than a GAN. */
    Map<String, Double> run(ModelKind kind, StudyVariant variant, long seed) throws RejectedBatchException {
        try (StreamModel model = kind == ModelKind.VAE
                ? new Vae(variant.vae(), train.imageBytes(), seed, new Team(1))
                : new Gan(variant.gan(), train.imageBytes(), seed, new Team(1))) {
            List<Evaluation> points = new ArrayList<>();
            run.learn(model, seed, () -> shrink(model, variant), () -> {
                if (model.step() > run.steps() / 2) {
                    points.add(evaluator.evaluate(model));
                }
            });
            return measures(model, points);
        }
    }

    private static void shrink(StreamModel model, StudyVariant variant) {
        if (variant.decay() > 0) {
            decay(model, 1 - 1e-3 * variant.decay());
        }
    }

    /** w ← (1 − lr·λ) w, biases exempt: decoupled weight decay (Loshchilov and Hutter, 2019). */
    static void decay(StreamModel model, double factor) {
        ModelState state = model.state();
        for (Network network : model.networks()) {
            float[] values = state.tensors().get(network.name() + ".values");
            int at = 0;
            for (Network.Layer layer : network.layers()) {
                int end = at + layer.weights().length;
                for (int i = at; i < end; i++) {
                    values[i] *= (float) factor;
                }
                at = end + layer.outputs();
            }
        }
        model.restore(state);
    }

    private Map<String, Double> measures(StreamModel model, List<Evaluation> points) {
        Map<String, Double> measures = new LinkedHashMap<>();
        Evaluation last = points.get(points.size() - 1);
        if (last.elbo().isPresent()) {
            double nelbo = last.elbo().get().negative();
            int count = Math.min(MAX_COMPARED, train.count());
            measures.put("held-out −ELBO", nelbo);
            byte[] learned = train.range(0, count).images();
            measures.put("gap", nelbo - model.heldOutNelbo(learned, count).orElseThrow());
            measures.put("Fréchet distance", frechet(last));
        } else {
            measures.put("Fréchet distance", frechet(last));
            Network discriminator = model.networks().get(1);
            measures.put("gap, %", 100 * (meanBelief(discriminator, train) - meanBelief(discriminator, heldOut)));
        }
        measures.put(
                "unsteadiness, %",
                100
                        * unsteadiness(
                                points.stream().mapToDouble(StudyRun::frechet).toArray()));
        measures.put("coverage", last.samples().orElseThrow().coverage());
        measures.put("zeros, %", 100 * model.zeroRatio());
        int bytes = L1Run.published(model, heldOut.height(), heldOut.width())
                .encode()
                .encode()
                .length;
        measures.put("kB", bytes / 1e3);
        measures.put("µs to draw one", L1Run.imageMicros(new ImageGenerator(model.imageNetwork())));
        return measures;
    }

    /** Mean of σ(D(x)), which is the discriminator's belief that an image is real; a generator's output ends in σ too. */
    private static double meanBelief(Network discriminator, Dataset images) {
        ImageGenerator belief = new ImageGenerator(discriminator);
        int count = Math.min(MAX_COMPARED, images.count());
        int pixels = images.imageBytes();
        float[] image = new float[pixels];
        double sum = 0;
        for (int i = 0; i < count; i++) {
            for (int pixel = 0; pixel < pixels; pixel++) {
                image[pixel] = (images.images()[i * pixels + pixel] & 0xff) / 255f;
            }
            sum += belief.intensities(image)[0];
        }
        return sum / count;
    }

    private static double frechet(Evaluation evaluation) {
        return evaluation.samples().orElseThrow().frechetDistance();
    }

    /**
     * How far values are from steady progress: the standard error of the line through their logarithms, so that neither the
     * progress itself nor the level counts.
     */
    static double unsteadiness(double... values) {
        SimpleRegression line = new SimpleRegression();
        for (int i = 0; i < values.length; i++) {
            line.addData(i, Math.log(values[i]));
        }
        return Math.sqrt(line.getMeanSquareError());
    }
}
