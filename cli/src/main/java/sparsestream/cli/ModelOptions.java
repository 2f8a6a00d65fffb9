package sparsestream.cli;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IModelTransformer;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.IGetter;
import picocli.CommandLine.Model.ISetter;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import sparsestream.model.ModelConfig;
import sparsestream.model.Models;
import sparsestream.model.Setting;
import sparsestream.model.Settings;
import sparsestream.trainer.learning.ModelSettings;

/**
 * How a model is built and learned: an option for each setting of each model that there is. What is not given is as the preset has
 * it; what another model has is ignored, so that the same options can be given for several models.
 */
@Command(modelTransformer = ModelOptions.Knobs.class)
public final class ModelOptions {
    @Option(
            names = "--preset",
            paramLabel = "NAME",
            defaultValue = "small",
            description = "small (784-128-256 and back; seed is another name of it), wide (512-wide layers), or article"
                    + " (the article's own settings, with which the GAN collapses) (default: ${DEFAULT-VALUE}).")
    private String preset;

    /** By name, as given. */
    private final Map<String, String> given = new LinkedHashMap<>();

    /**
     * The settings of the model of this name.
     *
     * @throws UsageException if there is no such model or preset, or a value is out of range
     */
    public ModelSettings settings(String model, int height, int width, long seed) {
        return new ModelSettings(config(model), height, width, seed);
    }

    private ModelConfig config(String model) {
        try {
            ModelConfig recipe = Models.recipe(model, preset);
            Settings changes = Settings.NONE;
            for (Setting knob : recipe.knobs()) {
                if (given.get(knob.name()) != null) {
                    changes = changes.with(knob.name(), given.get(knob.name()));
                }
            }
            return recipe.with(changes);
        } catch (IllegalArgumentException e) {
            boolean namesOption =
                    given.keySet().stream().anyMatch(name -> e.getMessage().startsWith(name + " "));
            throw new UsageException(namesOption ? "--" + e.getMessage() : e.getMessage());
        }
    }

    /** Adds the options of all models to every command under this one that has these: picocli transforms no subcommand by itself. */
    public static void addTo(CommandLine command) {
        if (Knobs.optionsOf(command.getCommandSpec()) != null) {
            new Knobs().transform(command.getCommandSpec());
        }
        command.getSubcommands().values().forEach(ModelOptions::addTo);
    }

    /** Adds the options of all models to a command. */
    static final class Knobs implements IModelTransformer {
        @Override
        public CommandSpec transform(CommandSpec command) {
            ModelOptions options = optionsOf(command);
            Models.all().stream().flatMap(model -> model.knobs().stream()).forEach(knob -> {
                if (command.findOption("--" + knob.name()) == null) {
                    command.addOption(option(knob, options));
                }
            });
            return command;
        }

        private static ModelOptions optionsOf(CommandSpec command) {
            if (command.userObject() instanceof ModelOptions options) {
                return options;
            }
            return command.mixins().values().stream()
                    .map(Knobs::optionsOf)
                    .filter(options -> options != null)
                    .findFirst()
                    .orElse(null);
        }

        private static OptionSpec option(Setting knob, ModelOptions options) {
            return OptionSpec.builder("--" + knob.name())
                    .paramLabel(knob.valueName())
                    .type(String.class)
                    .description(knob.description().replaceAll("\\.$", "") + " (default: " + defaults(knob) + ").")
                    .getter(new IGetter() {
                        @Override
                        @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
                        public <T> T get() {
                            return (T) options.given.get(knob.name());
                        }
                    })
                    .setter(new ISetter() {
                        @Override
                        @SuppressWarnings("unchecked")
                        public <T> T set(T value) {
                            return (T) options.given.put(knob.name(), (String) value);
                        }
                    })
                    .build();
        }

        /** What the small recipes have. */
        private static String defaults(Setting knob) {
            return Models.all().stream()
                    .filter(model -> model.settings().has(knob.name()))
                    .map(model -> model.name().toUpperCase(Locale.ROOT) + " "
                            + model.settings().text(knob.name()))
                    .collect(Collectors.joining(", "));
        }
    }
}
