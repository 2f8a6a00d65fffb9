package sparsestream.sampler.gallery;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.javalin.Javalin;
import io.javalin.http.Handler;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import sparsestream.sampler.SamplerService;

/**
 * The page {@code /} that shows what the models draw and how they learn, and what it and others ask for; {@code
 * /openapi.json} describes all of that.
 *
 * <p>A request that cannot be answered gets a JSON object with an {@code error}: 400 if a parameter is wrong, 404 if what it names
 * is not there, 503 if there is nothing to show yet.
 */
public final class Gallery {
    /** Modules of the page, beside the page itself. */
    private static final List<String> FILES = List.of(
            "gallery.css",
            "gallery.js",
            "format.js",
            "wall.js",
            "provenance.js",
            "timelapse.js",
            "curves.js",
            "layers.js",
            "playground.js",
            "happenings.js",
            "services.js",
            "refresher.js",
            "openapi.json");

    private static final String CHARTS = "/META-INF/resources/webjars/uplot/1.6.30/dist/";
    private static final Map<String, String> CONTENT_TYPES = Map.of(
            "html", "text/html; charset=utf-8",
            "css", "text/css; charset=utf-8",
            "js", "text/javascript; charset=utf-8",
            "json", "application/json");
    private static final Map<String, String> SECURITY_HEADERS = Map.of(
            "Content-Security-Policy",
            "default-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
            "X-Content-Type-Options",
            "nosniff",
            "Referrer-Policy",
            "no-referrer");

    private final GalleryApi api;
    private final GalleryPictures pictures;
    private final EventStreams events;

    /** Watches a sampler that does not run yet. */
    public static Gallery of(SamplerService sampler) {
        GalleryState state = new GalleryState(sampler.state(), sampler.config());
        sampler.watchedBy(state);
        return new Gallery(state, Clock.systemUTC());
    }

    Gallery(GalleryState state, Clock clock) {
        ObjectMapper json = new ObjectMapper();
        this.api = new GalleryApi(state, json, clock);
        this.pictures = new GalleryPictures(state);
        this.events = new EventStreams(state, json, clock);
    }

    /** Adds the routes to a server that has not started. */
    public void addTo(Javalin app) {
        app.before(context -> SECURITY_HEADERS.forEach(context::header));
        file(app, "/", "gallery.html");
        FILES.forEach(name -> file(app, "/" + name, name));
        file(app, "/uplot.js", CHARTS + "uPlot.iife.min.js");
        file(app, "/uplot.css", CHARTS + "uPlot.min.css");
        app.get("/events", events::open);
        get(app, "/api/models", api::models);
        get(app, "/api/services", api::services);
        get(app, "/api/events", api::events);
        get(app, "/api/history", api::history);
        get(app, "/api/curves", api::curves);
        get(app, "/api/layers", api::layers);
        get(app, "/api/latent", api::latent);
        get(app, "/images/latest.png", pictures::latest);
        get(app, "/samples.png", pictures::samples);
        get(app, "/history.png", pictures::history);
        get(app, "/layers.png", pictures::layer);
        get(app, "/latent/between.png", pictures::between);
        get(app, "/latent/plane.png", pictures::plane);
        app.exception(RequestProblem.class, api::problem);
        app.events(server -> server.serverStopping(events::close));
    }

    private static void file(Javalin app, String path, String resource) {
        byte[] content = read(resource);
        String type = CONTENT_TYPES.get(resource.substring(resource.lastIndexOf('.') + 1));
        get(app, path, context -> context.contentType(type)
                .header("Cache-Control", "no-cache")
                .result(content));
    }

    /** Without a handler of its own, HEAD would get 200 whatever GET gets. */
    private static void get(Javalin app, String path, Handler handler) {
        app.get(path, handler);
        app.head(path, handler);
    }

    private static byte[] read(String resource) {
        try (InputStream in = Gallery.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException("there is no resource " + resource);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(resource, e);
        }
    }
}
