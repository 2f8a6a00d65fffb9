package sparsestream.sampler.gallery;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.javalin.http.Context;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import sparsestream.published.ModelVersion;

/** Answers with JSON; {@code openapi.json} says what each answer holds. Times are RFC 3339. */
final class GalleryApi {
    static final String JSON = "application/json";

    private final GalleryState state;
    private final ObjectMapper json;
    private final Clock clock;

    GalleryApi(GalleryState state, ObjectMapper json, Clock clock) {
        this.state = state;
        this.json = json;
        this.clock = clock;
    }

    private record History(String model, String seed, int count, List<Frame> versions) {}

    private record Frame(
            long version, String sha256, long step, long imagesLearned, double zeroRatio, String committed) {
        static Frame of(TimeLapse.Frame frame) {
            return new Frame(
                    frame.version(),
                    frame.sha256(),
                    frame.step(),
                    frame.images(),
                    frame.zeroRatio(),
                    frame.committed().toString());
        }
    }

    private record Curves(String model, List<Point> points) {}

    /** A point of the curves, as the events tell it too. */
    record Point(long version, long step, long imagesLearned, String time, Map<String, Double> figures) {
        static Point of(CurvePoint point) {
            return new Point(
                    point.version(), point.step(), point.images(), point.time().toString(), point.figures());
        }
    }

    private record Layers(String model, long version, List<Layer> layers) {}

    /** @param pixels whether there is a picture of the pixels that the layer sees or draws */
    private record Layer(String name, int outputs, int inputs, double zeroRatio, int deadInputs, boolean pixels) {}

    private record Latent(String model, long version, int dimensions, List<Integer> axes) {}

    /** Something that happened, as the events tell it too. */
    record Event(long offset, String kind, String model, String time, Map<String, Object> details) {
        static Event of(ReportedEvent event) {
            return new Event(
                    event.offset(), event.kind(), event.model(), event.time().toString(), event.details());
        }
    }

    void models(Context context) {
        answer(context, ModelStatus.all(state, clock.instant()));
    }

    void services(Context context) {
        answer(context, ServiceStatus.all(state, clock.instant()));
    }

    void events(Context context) {
        answer(context, state.training().events().stream().map(Event::of).toList());
    }

    void history(Context context) {
        ShownModel model = new GalleryRequest(state, context).model();
        answer(
                context,
                new History(
                        model.name(),
                        String.valueOf(TimeLapse.SEED),
                        TimeLapse.COUNT,
                        model.timeLapse().frames().stream().map(Frame::of).toList()));
    }

    void curves(Context context) {
        String model = new GalleryRequest(state, context).model().name();
        answer(
                context,
                new Curves(
                        model,
                        state.training().curve(model).stream().map(Point::of).toList()));
    }

    void layers(Context context) {
        Insight insight = new GalleryRequest(state, context).insight();
        ModelVersion version = insight.version();
        List<Layer> layers = insight.layers().stream()
                .map(layer -> new Layer(
                        layer.name(),
                        layer.outputs(),
                        layer.inputs(),
                        layer.zeroRatio(),
                        layer.deadInputs(),
                        layer.hasPixels(version.height(), version.width())))
                .toList();
        answer(context, new Layers(version.model(), version.version(), layers));
    }

    void latent(Context context) {
        Insight insight = new GalleryRequest(state, context).insight();
        ModelVersion version = insight.version();
        answer(
                context,
                new Latent(
                        version.model(), version.version(), version.generator().latent(), insight.latentAxes()));
    }

    void problem(RequestProblem problem, Context context) {
        context.status(problem.status());
        answer(context, Map.of("error", problem.getMessage()));
    }

    private void answer(Context context, Object answer) {
        try {
            context.contentType(JSON).header("Cache-Control", "no-store").result(json.writeValueAsString(answer));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("records of numbers and texts can be written", e);
        }
    }
}
