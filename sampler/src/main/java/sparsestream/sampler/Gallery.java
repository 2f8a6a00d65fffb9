package sparsestream.sampler;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.javalin.Javalin;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.javalin.http.HttpStatus;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import sparsestream.contract.GeneratedImage;

/**
 * The page {@code /} that shows the newest images, and what it and others ask for: {@code /events}, {@code /api/models},
 * {@code /images/latest.png} and {@code /samples.png}.
 *
 * <p>A request that cannot be answered gets a JSON object with an {@code error}: 400 if a parameter is wrong, 404 if the
 * model is not served here, 503 if there is nothing to show yet.
 */
public final class Gallery {
    private static final int DEFAULT_COUNT = 100;
    private static final String JSON = "application/json";
    private static final Map<String, String> PAGE = Map.of(
            "/", "gallery.html",
            "/gallery.css", "gallery.css",
            "/gallery.js", "gallery.js");
    private static final Map<String, String> CONTENT_TYPES = Map.of(
            "html", "text/html; charset=utf-8",
            "css", "text/css; charset=utf-8",
            "js", "text/javascript; charset=utf-8");
    private static final Map<String, String> SECURITY_HEADERS = Map.of(
            "Content-Security-Policy",
            "default-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
            "X-Content-Type-Options",
            "nosniff",
            "Referrer-Policy",
            "no-referrer");

    private final SamplerState state;
    private final Clock clock;
    private final ObjectMapper json = new ObjectMapper();
    private final EventStreams events;

    public Gallery(SamplerState state) {
        this(state, Clock.systemUTC());
    }

    Gallery(SamplerState state, Clock clock) {
        this.state = state;
        this.clock = clock;
        this.events = new EventStreams(state, json, clock);
    }

    /** Adds the routes to a server that has not started. */
    public void addTo(Javalin app) {
        app.before(context -> SECURITY_HEADERS.forEach(context::header));
        PAGE.forEach((path, resource) -> page(app, path, resource));
        app.get("/events", events::open);
        get(app, "/api/models", this::models);
        get(app, "/images/latest.png", this::latest);
        get(app, "/samples.png", this::samples);
        app.exception(RequestProblem.class, this::answer);
        app.events(server -> server.serverStopping(events::close));
    }

    private static void page(Javalin app, String path, String resource) {
        byte[] content = read(resource);
        String type = CONTENT_TYPES.get(resource.substring(resource.indexOf('.') + 1));
        get(app, path, context -> context.contentType(type)
                .header("Cache-Control", "no-cache")
                .result(content));
    }

    /** Without a handler of its own, HEAD would get 200 whatever GET gets. */
    private static void get(Javalin app, String path, Handler handler) {
        app.get(path, handler);
        app.head(path, handler);
    }

    private void models(Context context) throws JsonProcessingException {
        context.contentType(JSON)
                .header("Cache-Control", "no-store")
                .result(json.writeValueAsString(ModelStatus.all(state, clock.instant())));
    }

    /** The newest image of a model, or of all if none is named. */
    private void latest(Context context) {
        Optional<ServedModel> model =
                Optional.ofNullable(context.queryParam("model")).map(this::model);
        GeneratedImage image = state.models().stream()
                .filter(served -> model.isEmpty() || served == model.get())
                .flatMap(served -> served.recent().newest().stream())
                .max(Comparator.comparing(GeneratedImage::time))
                .orElseThrow(() -> new RequestProblem(
                        HttpStatus.SERVICE_UNAVAILABLE, "no image has been generated since the sampler started"));
        png(context, image.model(), image.version(), image.checkpointSha256(), image.png());
        context.header("Sparsestream-Seed", String.valueOf(image.seed()));
        context.header("Sparsestream-Index", String.valueOf(image.index()));
    }

    private void samples(Context context) {
        ServedModel model = model(context.queryParam("model"));
        long seed = integer(context, "seed", 0);
        long count = integer(context, "count", DEFAULT_COUNT);
        if (count < 1 || count > SampleGrid.MAX_COUNT) {
            throw new RequestProblem(
                    HttpStatus.BAD_REQUEST, "count must be between 1 and " + SampleGrid.MAX_COUNT + ", got " + count);
        }
        ModelVersion version = model.version()
                .orElseThrow(() -> new RequestProblem(
                        HttpStatus.SERVICE_UNAVAILABLE, "no checkpoint of " + model.name() + " yet"));
        png(context, model.name(), version.version(), version.sha256(), draw(version, (int) count, seed));
    }

    private static byte[] draw(ModelVersion version, int count, long seed) {
        try {
            return SampleGrid.of(count, version.height(), version.width()).draw(version, seed);
        } catch (IllegalArgumentException e) {
            throw new RequestProblem(HttpStatus.BAD_REQUEST, e.getMessage());
        }
    }

    private static void png(Context context, String model, long version, String sha256, byte[] png) {
        context.contentType("image/png")
                .header("Cache-Control", "no-store")
                .header("Sparsestream-Model", model)
                .header("Sparsestream-Version", String.valueOf(version))
                .header("Sparsestream-Checkpoint-Sha256", sha256)
                .result(png);
    }

    /** The name may be left out where there is no choice. */
    private ServedModel model(String name) {
        String known = state.models().stream().map(ServedModel::name).collect(Collectors.joining(", "));
        if (name == null && state.models().size() > 1) {
            throw new RequestProblem(HttpStatus.BAD_REQUEST, "model is missing; it is one of " + known);
        }
        return name == null
                ? state.models().get(0)
                : state.model(name)
                        .orElseThrow(() -> new RequestProblem(
                                HttpStatus.NOT_FOUND, "no model '" + name + "' is served here, but " + known));
    }

    private static long integer(Context context, String name, long otherwise) {
        String text = context.queryParam(name);
        try {
            return text == null ? otherwise : Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new RequestProblem(HttpStatus.BAD_REQUEST, name + " must be a 64-bit integer, got '" + text + "'");
        }
    }

    private void answer(RequestProblem problem, Context context) {
        try {
            context.status(problem.status())
                    .contentType(JSON)
                    .header("Cache-Control", "no-store")
                    .result(json.writeValueAsString(Map.of("error", problem.getMessage())));
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] read(String resource) {
        try (InputStream in = Gallery.class.getResourceAsStream(resource)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(resource, e);
        }
    }
}
