package sparsestream.model;

import java.util.List;
import java.util.Locale;
import java.util.ServiceLoader;
import java.util.stream.Collectors;

/** The models that there are: those named in {@code META-INF/services/sparsestream.model.ModelConfig}, in that order. */
public final class Models {
    private Models() {}

    /** Each in its small recipe. */
    public static List<ModelConfig> all() {
        return ServiceLoader.load(ModelConfig.class, Models.class.getClassLoader()).stream()
                .map(ServiceLoader.Provider::get)
                .toList();
    }

    /** The names of all. */
    public static List<String> names() {
        return all().stream().map(ModelConfig::name).toList();
    }

    /**
     * The small recipe of the model of this name.
     *
     * @throws IllegalArgumentException if there is none; the message is one line that names those there are
     */
    public static ModelConfig named(String name) {
        return all().stream()
                .filter(model -> model.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("--model must be one of %s, got '%s'"
                        .formatted(names().stream().collect(Collectors.joining(", ")), name)));
    }

    /**
     * A built-in recipe.
     *
     * @param recipe {@code seed} is another name of {@code small}
     * @throws IllegalArgumentException if there is no such model or recipe; the message is one line that names those there are
     */
    public static ModelConfig recipe(String model, String recipe) {
        ModelConfig small = named(model);
        String name = recipe.toLowerCase(Locale.ROOT).equals("seed") ? "small" : recipe;
        ModelConfig found = small.recipes().get(name);
        if (found == null) {
            throw new IllegalArgumentException("--preset must be one of %s, got '%s'"
                    .formatted(String.join(", ", small.recipes().keySet()), recipe));
        }
        return found;
    }
}
