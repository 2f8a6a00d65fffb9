package sparsestream.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import picocli.CommandLine.Option;
import sparsestream.model.Models;

/** What a run is. */
final class RunOptions {
    @Option(
            names = "--model",
            paramLabel = "MODEL",
            split = ",",
            defaultValue = "vae,gan",
            completionCandidates = ModelNames.class,
            description = "Models, separated by commas: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private List<String> models;

    @Option(
            names = "--run-id",
            paramLabel = "ID",
            defaultValue = "default",
            description = "Names the run: its consumer groups, transactions and state (default: ${DEFAULT-VALUE}).")
    private String runId;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "Seed of all chance (default: ${DEFAULT-VALUE}).")
    private long seed;

    /** Made by the command line. */
    static final class ModelNames extends ArrayList<String> {
        private static final long serialVersionUID = 1L;

        ModelNames() {
            super(Models.names());
        }
    }

    List<String> models() {
        models.forEach(RunOptions::requireModel);
        return models.stream().distinct().toList();
    }

    /** @throws UsageException if there is no model of this name */
    static void requireModel(String name) {
        if (!Models.names().contains(name)) {
            throw new UsageException(
                    "--model must be one of %s, got '%s'".formatted(String.join(", ", Models.names()), name));
        }
    }

    String runId() {
        return runId;
    }

    long seed() {
        return seed;
    }

    /** {@code --images} as the services take it: 0 is no limit. */
    static OptionalLong limit(long images) {
        if (images < 0) {
            throw new UsageException("--images must be at least 0, got " + images);
        }
        return images == 0 ? OptionalLong.empty() : OptionalLong.of(images);
    }
}
