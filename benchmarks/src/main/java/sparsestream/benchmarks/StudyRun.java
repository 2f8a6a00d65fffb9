package sparsestream.benchmarks;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import sparsestream.model.Elbo;
import sparsestream.model.Gan;
import sparsestream.model.ImageGenerator;
import sparsestream.model.ModelState;
import sparsestream.model.Network;
import sparsestream.model.RejectedBatchException;
import sparsestream.model.StreamModel;
import sparsestream.model.Team;
import sparsestream.model.Vae;
import sparsestream.model.evaluation.Evaluation;
import sparsestream.model.evaluation.Evaluator;
import sparsestream.producer.BatchSchedule;
import sparsestream.producer.Dataset;

/** Learns one model with one regularisation and measures it at ten points of the way. */
final class StudyRun {
    private static final int BATCH = 128;
    private static final int POINTS = 10;

    /** Of the points, how many of the last say how steady the model is. */
    private static final int STEADY_POINTS = 5;

    /** Learned images on which a VAE's gap is measured. */
    private static final int MAX_LEARNED = 10_000;

    private final Dataset train;
    private final Dataset heldOut;
    private final Evaluator evaluator;
    private final long steps;

    /** @param steps batches to learn */
    StudyRun(Dataset train, Dataset heldOut, Evaluator evaluator, long steps) {
        this.train = train;
        this.heldOut = heldOut;
        this.evaluator = evaluator;
        this.steps = steps;
    }

    /** Measures by name, in the order of the table; a VAE has more than a GAN. */
    Map<String, Double> run(ModelKind kind, StudyVariant variant, long seed) throws RejectedBatchException {
        try (StreamModel model = kind == ModelKind.VAE
                ? new Vae(variant.vae(), train.imageBytes(), seed, new Team(1))
                : new Gan(variant.gan(), train.imageBytes(), seed, new Team(1))) {
            List<Evaluation> points = learn(model, variant, seed);
            return measures(model, points);
        }
    }

    private List<Evaluation> learn(StreamModel model, StudyVariant variant, long seed) throws RejectedBatchException {
        BatchSchedule schedule = new BatchSchedule(train, seed);
        List<Evaluation> points = new ArrayList<>();
        for (long step = 0; step < steps; step++) {
            model.learn(schedule.batch(step * BATCH, BATCH).images(), BATCH);
            if (variant.decay() > 0) {
                decay(model, 1 - 1e-3 * variant.decay());
            }
            if ((step + 1) * POINTS / steps > step * POINTS / steps) {
                points.add(evaluator.evaluate(model));
            }
        }
        return points;
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
        List<Evaluation> steady = points.subList(Math.max(0, points.size() - STEADY_POINTS), points.size());
        last.elbo().map(Elbo::negative).ifPresent(nelbo -> {
            int count = Math.min(MAX_LEARNED, train.count());
            double learned = model.heldOutNelbo(Arrays.copyOf(train.images(), count * train.imageBytes()), count)
                    .orElseThrow();
            measures.put("held-out −ELBO", nelbo);
            measures.put("gap", nelbo - learned);
        });
        measures.put("Fréchet distance", frechet(last));
        measures.put(
                "Fréchet deviation",
                deviation(steady.stream().mapToDouble(StudyRun::frechet).toArray()));
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

    private static double frechet(Evaluation evaluation) {
        return evaluation.samples().orElseThrow().frechetDistance();
    }

    private static double deviation(double[] values) {
        double mean = Arrays.stream(values).average().orElseThrow();
        return Math.sqrt(Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum() / (values.length - 1));
    }
}
