package sparsestream.trainer.watch;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import sparsestream.contract.MalformedMessageException;
import sparsestream.contract.Metadata;
import sparsestream.model.Losses;
import sparsestream.model.ModelState;
import sparsestream.model.Settings;
import sparsestream.model.StreamModel;
import sparsestream.model.evaluation.Adwin;
import sparsestream.model.evaluation.Evaluation;
import sparsestream.model.evaluation.FadingAverage;
import sparsestream.model.evaluation.PageHinkley;
import sparsestream.published.HeldOut;
import sparsestream.published.HeldOutEvaluator;

/**
 * Watches over one model: its prequential loss, drift of the stream, evaluations at fixed steps, and what follows from them. All that
 * can change the training is a pure function of the settings and the batches, and is in the saved state.
 */
public final class Watch implements AutoCloseable {

    private static final String PAGE_HINKLEY = "page-hinkley";
    private static final String ADWIN = "adwin";

    /** Whatever can raise an alarm. */
    static final List<String> DETECTORS = List.of(PAGE_HINKLEY, ADWIN);

    /** Prefix of the tensors of the last good model in the saved state. */
    private static final String GOOD = "good.";

    private final WatchConfig config;
    private final Optional<HeldOut> heldOut;
    private final long seed;
    private final Gate gate;
    private final PageHinkley pageHinkley = PageHinkley.ofLogLoss();
    private final Adwin adwin = Adwin.ofLogLoss();

    private FadingAverage prequential = FadingAverage.empty(FadingAverage.DEFAULT_ALPHA);
    private Gate.Reference good = Gate.Reference.NONE;
    private Optional<ModelState> goodState = Optional.empty();
    private int refusals;
    private double rateScale = 1;
    private long raisedUntil;

    private HeldOutEvaluator evaluator;
    private Optional<Evaluation> evaluation = Optional.empty();

    /** @param seed of the latent vectors that evaluations use */
    public Watch(WatchConfig config, Optional<HeldOut> heldOut, long seed) {
        this.config = config;
        this.heldOut = heldOut;
        this.seed = seed;
        this.gate = new Gate(config.gateBound());
    }

    /** By what to multiply the learning rate of the next batch. */
    public double rateScale(long step) {
        return step < raisedUntil ? rateScale * config.driftRate() : rateScale;
    }

    /** Takes the losses of a batch, as they were before the model learned it, and the model as it is now. */
    public List<Notice> learned(StreamModel model, Losses losses) {
        List<Notice> notices = new ArrayList<>();
        double loss = losses.watchedValue();
        if (losses.tracksStream()) {
            watchForDrift(model.step(), loss, notices);
        }
        prequential = prequential.plus(loss);
        if (heldOut.isPresent() && config.isDue(model.step())) {
            judge(model, notices);
        }
        return notices;
    }

    private void watchForDrift(long step, double loss, List<Notice> notices) {
        double level = StrictMath.log(Math.max(loss, Double.MIN_NORMAL));
        boolean tested = pageHinkley.add(level);
        boolean cut = adwin.add(level);
        if (tested) {
            notices.add(new Notice.Drift(step, PAGE_HINKLEY, loss, prequential.estimate()));
        }
        if (cut) {
            notices.add(new Notice.Drift(step, ADWIN, loss, prequential.estimate()));
        }
        if (tested || cut) {
            raisedUntil = step + config.driftSteps();
            // What was good for another stream is no measure for this one.
            good = Gate.Reference.NONE;
        }
    }

    private void judge(StreamModel model, List<Notice> notices) {
        Evaluation now = evaluate(model).orElseThrow();
        Optional<String> objection = gate.objection(now, good);
        if (objection.isEmpty()) {
            good = Gate.Reference.of(now);
            refusals = 0;
            goodState = config.rollbackAfter() > 0 ? Optional.of(model.state()) : Optional.empty();
            notices.add(new Notice.Accepted(now));
            return;
        }
        refusals++;
        notices.add(new Notice.Refused(model.step(), now, objection.get()));
        if (config.rollbackAfter() > 0 && refusals >= config.rollbackAfter() && goodState.isPresent()) {
            rollBack(model, goodState.get(), notices);
        }
    }

    /** Steps and images go on being counted: they say what was learned, and noise must not repeat. */
    private void rollBack(StreamModel model, ModelState state, List<Notice> notices) {
        model.restore(new ModelState(model.step(), model.images(), state.tensors()));
        rateScale *= config.rollbackRate();
        notices.add(new Notice.RolledBack(model.step(), state.step(), refusals, rateScale));
        refusals = 0;
        evaluation = Optional.empty();
    }

    /** What the model is worth now; empty if there is nothing held out. */
    public Optional<Evaluation> evaluate(StreamModel model) {
        if (heldOut.isEmpty()) {
            return Optional.empty();
        }
        if (evaluation.isEmpty() || evaluation.get().step() != model.step()) {
            if (evaluator == null) {
                evaluator = new HeldOutEvaluator(heldOut.get(), seed);
            }
            evaluation = Optional.of(evaluator.evaluate(model));
        }
        return evaluation;
    }

    /**
     * Why the model must not be published as it is now; empty if it may be. Goes by the last evaluation while that is fresh: a model is
     * published too often to be evaluated each time.
     */
    public Optional<Notice.Refused> refusal(StreamModel model) {
        boolean fresh =
                evaluation.isPresent() && model.step() - evaluation.get().step() < config.freshSteps();
        return (fresh ? evaluation : evaluate(model)).flatMap(last -> gate.objection(last, good)
                .map(reason -> new Notice.Refused(model.step(), last, reason)));
    }

    /** The last evaluation of this session, which may be of an earlier step. */
    public Optional<Evaluation> lastEvaluation() {
        return evaluation;
    }

    /** Mean loss of the last batches before each was learned, nats an image; not a number before the first. */
    public double prequentialLoss() {
        return prequential.estimate();
    }

    /** Fréchet distance of real images from real ones, once there was an evaluation of samples. */
    public Optional<Double> floor() {
        return evaluator == null ? Optional.empty() : evaluator.floor();
    }

    /** Part of the run's settings, none if watching changes nothing. */
    public Settings settings() {
        return config.settings(heldOut);
    }

    /** Adds what {@link #restore} needs. */
    public void addTo(Map<String, String> metadata, Map<String, float[]> tensors) {
        metadata.put("watch.prequential", numbers(prequential.sum(), prequential.weight()));
        metadata.put("watch.page_hinkley", numbers(pageHinkley.state()));
        metadata.put("watch.adwin", numbers(adwin.state()));
        metadata.put(
                "watch.good", numbers(good.nelbo(), good.frechetDistance(), good.classesCovered(), good.classes()));
        metadata.put("watch.refusals", String.valueOf(refusals));
        metadata.put("watch.rate_scale", String.valueOf(rateScale));
        metadata.put("watch.raised_until", String.valueOf(raisedUntil));
        goodState.ifPresent(state -> {
            metadata.put("watch.good_step", String.valueOf(state.step()));
            state.tensors().forEach((name, values) -> tensors.put(GOOD + name, values));
        });
    }

    /**
     * Goes back to what was saved, and takes its own out of the tensors.
     *
     * @throws MalformedMessageException if it is not such a state
     */
    public void restore(Metadata metadata, Map<String, float[]> tensors) throws MalformedMessageException {
        double[] fading = numbers(metadata, "watch.prequential");
        double[] reference = numbers(metadata, "watch.good");
        if (fading.length != 2 || reference.length != 4) {
            throw new MalformedMessageException("__metadata__.watch.good", "has another number of figures");
        }
        prequential = new FadingAverage(FadingAverage.DEFAULT_ALPHA, fading[0], fading[1]);
        good = new Gate.Reference(reference[0], reference[1], (int) reference[2], (int) reference[3]);
        restore("watch.page_hinkley", metadata, pageHinkley::restore);
        restore("watch.adwin", metadata, adwin::restore);
        refusals = (int) metadata.integer("watch.refusals", 0, Integer.MAX_VALUE);
        rateScale = metadata.number("watch.rate_scale");
        raisedUntil = metadata.integer("watch.raised_until", 0, Long.MAX_VALUE);
        Map<String, float[]> saved = new LinkedHashMap<>();
        for (String name : List.copyOf(tensors.keySet())) {
            if (name.startsWith(GOOD)) {
                saved.put(name.substring(GOOD.length()), tensors.remove(name));
            }
        }
        goodState = saved.isEmpty()
                ? Optional.empty()
                : Optional.of(new ModelState(metadata.integer("watch.good_step", 0, Long.MAX_VALUE), 0, saved));
    }

    private interface Restored {
        void restore(double[] state);
    }

    private static void restore(String name, Metadata metadata, Restored detector) throws MalformedMessageException {
        try {
            detector.restore(numbers(metadata, name));
        } catch (IllegalArgumentException e) {
            throw new MalformedMessageException("__metadata__." + name, e.getMessage(), e);
        }
    }

    private static String numbers(double... values) {
        return Arrays.stream(values).mapToObj(Double::toString).collect(Collectors.joining(" "));
    }

    private static double[] numbers(Metadata metadata, String name) throws MalformedMessageException {
        try {
            return Arrays.stream(metadata.text(name).split(" "))
                    .mapToDouble(Double::parseDouble)
                    .toArray();
        } catch (NumberFormatException e) {
            throw new MalformedMessageException("__metadata__." + name, "is not a list of numbers", e);
        }
    }

    @Override
    public void close() {
        if (evaluator != null) {
            evaluator.close();
        }
    }
}
