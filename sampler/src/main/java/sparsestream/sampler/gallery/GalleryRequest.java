package sparsestream.sampler.gallery;

import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import java.util.Optional;
import java.util.stream.Collectors;
import sparsestream.published.ModelVersion;

/** The parameters of a request, checked; what is wrong is a {@link RequestProblem} that names the parameter. */
record GalleryRequest(GalleryState state, Context context) {

    /** The name may be left out where there is no choice. */
    ShownModel model() {
        String name = context.queryParam("model");
        if (name == null && state.models().size() > 1) {
            throw new RequestProblem(HttpStatus.BAD_REQUEST, "model is missing; it is one of " + known());
        }
        return name == null ? state.models().get(0) : model(name);
    }

    ShownModel model(String name) {
        return state.model(name)
                .orElseThrow(() -> new RequestProblem(
                        HttpStatus.NOT_FOUND, "no model '" + name + "' is served here, but " + known()));
    }

    /** What the model is served from now. */
    ModelVersion version() {
        ShownModel model = model();
        return present(model, model.version());
    }

    /** What the weights of that tell. */
    Insight insight() {
        ShownModel model = model();
        return present(model, model.insight());
    }

    private static <T> T present(ShownModel model, Optional<T> served) {
        return served.orElseThrow(
                () -> new RequestProblem(HttpStatus.SERVICE_UNAVAILABLE, "no checkpoint of " + model.name() + " yet"));
    }

    long integer(String name, long otherwise) {
        String text = context.queryParam(name);
        try {
            return text == null ? otherwise : Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new RequestProblem(HttpStatus.BAD_REQUEST, name + " must be a 64-bit integer, got '" + text + "'");
        }
    }

    int integer(String name, long otherwise, int min, int max) {
        long value = integer(name, otherwise);
        if (value < min || value > max) {
            throw new RequestProblem(
                    HttpStatus.BAD_REQUEST, "%s must be between %s and %s, got %s".formatted(name, min, max, value));
        }
        return (int) value;
    }

    private String known() {
        return state.models().stream().map(ShownModel::name).collect(Collectors.joining(", "));
    }
}
