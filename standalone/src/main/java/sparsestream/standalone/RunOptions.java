package sparsestream.standalone;

import java.util.List;
import java.util.OptionalLong;
import picocli.CommandLine.Option;

/** What a run is. */
final class RunOptions {
    @Option(
            names = "--model",
            paramLabel = "MODEL",
            split = ",",
            defaultValue = "vae,gan",
            description = "Models: vae, gan, or both (default: ${DEFAULT-VALUE}).")
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

    List<String> models() {
        List<String> distinct = models.stream().distinct().toList();
        distinct.forEach(model -> {
            if (!model.equals("vae") && !model.equals("gan")) {
                throw new UsageException("--model must be vae, gan or both, got '" + model + "'");
            }
        });
        return distinct;
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
