package sparsestream.sampler.gallery;

import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import sparsestream.contract.GeneratedImage;
import sparsestream.contract.GreyPng;
import sparsestream.contract.MalformedMessageException;
import sparsestream.model.ImageGenerator;
import sparsestream.published.ModelVersion;
import sparsestream.sampler.RecentImages;

/** Answers with pictures: PNG, with headers that say where they come from. */
final class GalleryPictures {
    private static final int DEFAULT_COUNT = 100;
    private static final int MAX_STEPS = 100;
    private static final int DEFAULT_STEPS = 36;
    private static final int MAX_SIDE = 15;
    private static final int DEFAULT_SIDE = 11;

    private final GalleryState state;

    GalleryPictures(GalleryState state) {
        this.state = state;
    }

    /** The newest image of a model, or of all if none is named; several are put side by side, the newest first. */
    void latest(Context context) {
        GalleryRequest request = new GalleryRequest(state, context);
        Optional<ShownModel> model =
                Optional.ofNullable(context.queryParam("model")).map(request::model);
        int count = request.integer("count", 1, 1, RecentImages.CAPACITY);
        List<GeneratedImage> images = newest(model, count);
        if (images.isEmpty()) {
            throw new RequestProblem(
                    HttpStatus.SERVICE_UNAVAILABLE, "no image has been generated since the sampler started");
        }
        GeneratedImage newest = images.get(0);
        png(
                context,
                newest.model(),
                newest.version(),
                newest.checkpointSha256(),
                count == 1 ? newest.png() : sideBySide(images));
        context.header("Sparsestream-Seed", String.valueOf(newest.seed()));
        context.header("Sparsestream-Index", String.valueOf(newest.index()));
        context.header("Sparsestream-Count", String.valueOf(images.size()));
    }

    private List<GeneratedImage> newest(Optional<ShownModel> model, int count) {
        List<GeneratedImage> images = new ArrayList<>();
        for (ShownModel served : state.models()) {
            if (model.isEmpty() || served == model.get()) {
                served.recent().since(0, count).images().forEach(emitted -> images.add(emitted.image()));
            }
        }
        images.sort(Comparator.comparing(GeneratedImage::time)
                .thenComparing(GeneratedImage::index)
                .reversed());
        // Models of one run draw images of one size; if somebody mixes runs, the newest image decides.
        images.removeIf(image -> image.width() != images.get(0).width()
                || image.height() != images.get(0).height());
        return images.subList(0, Math.min(count, images.size()));
    }

    private static byte[] sideBySide(List<GeneratedImage> images) {
        GeneratedImage first = images.get(0);
        return draw(images.size(), first.height(), first.width(), i -> pixels(images.get(i)));
    }

    private static byte[] pixels(GeneratedImage image) {
        try {
            return GreyPng.decode(image.png());
        } catch (MalformedMessageException e) {
            throw new IllegalStateException("this process has encoded it", e);
        }
    }

    /** Images 0 to count−1 of a seed, by the version that is served. */
    void samples(Context context) {
        GalleryRequest request = new GalleryRequest(state, context);
        request.model();
        long seed = request.integer("seed", 0);
        int count = request.integer("count", DEFAULT_COUNT, 1, SampleGrid.MAX_COUNT);
        ModelVersion version = request.version();
        ImageGenerator generator = version.generator();
        picture(context, version, draw(count, version.height(), version.width(), i -> generator.image(seed, i)));
    }

    /** The images of the time-lapse by one past version. */
    void history(Context context) {
        GalleryRequest request = new GalleryRequest(state, context);
        ShownModel model = request.model();
        long version = request.integer("version", Long.MAX_VALUE);
        TimeLapse.Frame frame = model.timeLapse()
                .frame(version)
                .orElseThrow(() -> new RequestProblem(
                        HttpStatus.NOT_FOUND,
                        context.queryParam("version") == null
                                ? "version is missing; /api/history lists those that are kept"
                                : "version " + version + " of " + model.name()
                                        + " is not kept; /api/history lists those that are"));
        png(context, model.name(), frame.version(), frame.sha256(), frame.png());
    }

    /** The way from one seed to another. */
    void between(Context context) {
        GalleryRequest request = new GalleryRequest(state, context);
        int count = request.integer("count", DEFAULT_STEPS, 2, MAX_STEPS);
        long from = request.integer("from", 1);
        long to = request.integer("to", 2);
        ModelVersion version = request.version();
        picture(
                context,
                version,
                draw(
                        count,
                        version.height(),
                        version.width(),
                        LatentWalk.between(version.generator(), from, to, count)));
    }

    /** A plane through image 0 of a seed. */
    void plane(Context context) {
        GalleryRequest request = new GalleryRequest(state, context);
        int side = request.integer("side", DEFAULT_SIDE, 2, MAX_SIDE);
        long seed = request.integer("seed", 1);
        Insight insight = request.insight();
        ModelVersion version = insight.version();
        int last = version.generator().latent() - 1;
        int x = request.integer("x", insight.latentAxes().get(0), 0, last);
        int y = request.integer("y", insight.latentAxes().get(Math.min(1, last)), 0, last);
        picture(
                context,
                version,
                draw(
                        side * side,
                        version.height(),
                        version.width(),
                        LatentWalk.plane(version.generator(), seed, x, y, side)));
    }

    /** Which weights of a layer are zero. */
    void layer(Context context) {
        GalleryRequest request = new GalleryRequest(state, context);
        request.model();
        String name = Optional.ofNullable(context.queryParam("layer"))
                .orElseThrow(() ->
                        new RequestProblem(HttpStatus.BAD_REQUEST, "layer is missing; /api/layers lists the layers"));
        String view = Optional.ofNullable(context.queryParam("view")).orElse("matrix");
        Insight insight = request.insight();
        ModelVersion version = insight.version();
        LayerZeros layer = insight.layers().stream()
                .filter(candidate -> candidate.name().equals(name))
                .findAny()
                .orElseThrow(() -> new RequestProblem(
                        HttpStatus.NOT_FOUND, "no layer '" + name + "'; /api/layers lists the layers"));
        picture(context, version, view(layer, view, version));
    }

    private static byte[] view(LayerZeros layer, String view, ModelVersion version) {
        if (view.equals("matrix")) {
            return layer.matrix();
        }
        if (!view.equals("pixels")) {
            throw new RequestProblem(HttpStatus.BAD_REQUEST, "view must be matrix or pixels, got '" + view + "'");
        }
        try {
            return layer.pixels(version.height(), version.width());
        } catch (IllegalArgumentException e) {
            throw new RequestProblem(HttpStatus.BAD_REQUEST, e.getMessage());
        }
    }

    private static byte[] draw(int count, int height, int width, IntFunction<byte[]> images) {
        SampleGrid grid;
        try {
            grid = SampleGrid.of(count, height, width);
        } catch (IllegalArgumentException e) {
            throw new RequestProblem(HttpStatus.BAD_REQUEST, e.getMessage());
        }
        return grid.draw(images);
    }

    private static void picture(Context context, ModelVersion version, byte[] png) {
        png(context, version.model(), version.version(), version.sha256(), png);
    }

    private static void png(Context context, String model, long version, String sha256, byte[] png) {
        context.contentType("image/png")
                .header("Cache-Control", "no-store")
                .header("Sparsestream-Model", model)
                .header("Sparsestream-Version", String.valueOf(version))
                .header("Sparsestream-Checkpoint-Sha256", sha256)
                .result(png);
    }
}
