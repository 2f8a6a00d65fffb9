package sparsestream.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import sparsestream.contract.MalformedMessageException;
import sparsestream.contract.Topics;
import sparsestream.published.Archive;
import sparsestream.published.ModelVersion;
import sparsestream.published.PublishedVersions;

/** Which published model. */
final class VersionOptions {
    private static final String LATEST = "latest";

    @Mixin
    private KafkaOptions kafka;

    @Option(names = "--model", paramLabel = "MODEL", required = true, description = "vae or gan.")
    private String model;

    @Option(
            names = "--run-id",
            paramLabel = "ID",
            defaultValue = "default",
            description = "The run that learned it (default: ${DEFAULT-VALUE}).")
    private String runId;

    @Option(
            names = "--version",
            paramLabel = "N",
            defaultValue = LATEST,
            description = "Checkpoint version, or latest (default: ${DEFAULT-VALUE}).")
    private String version;

    @Option(
            names = "--archive",
            paramLabel = "DIR",
            description = "Take the version from what a sampler has kept there, not from Kafka.")
    private Path archive;

    /** @throws UsageException if model or version is none */
    void check() {
        number();
    }

    /**
     * Looks for it.
     *
     * @throws MissingVersionException if there is none
     */
    ModelVersion find() throws IOException, MalformedMessageException {
        OptionalLong number = number();
        return (archive == null ? published(number) : archived(number))
                .orElseThrow(() -> new MissingVersionException("there is no %s of %s, run %s, in %s"
                        .formatted(
                                number.isPresent() ? "version " + version : "version",
                                model,
                                runId,
                                archive == null
                                        ? new Topics(kafka.topicPrefix())
                                                        .modelCheckpoints()
                                                        .name()
                                                + ", which keeps the newest of each model"
                                        : "the archive " + archive)));
    }

    private Optional<ModelVersion> published(OptionalLong number) {
        PublishedVersions published = new PublishedVersions(kafka.clientConfig(), new Topics(kafka.topicPrefix()));
        return number.isPresent() ? published.find(runId, model, number.getAsLong()) : published.newest(runId, model);
    }

    private Optional<ModelVersion> archived(OptionalLong number) throws IOException, MalformedMessageException {
        Archive kept = Archive.existing(archive);
        return number.isPresent() ? kept.find(runId, model, number.getAsLong()) : kept.newest(runId, model);
    }

    private OptionalLong number() {
        RunOptions.requireModel(model);
        if (version.equals(LATEST)) {
            return OptionalLong.empty();
        }
        if (!version.matches("[0-9]{1,18}")) {
            throw new UsageException("--version must be a number or latest, got '" + version + "'");
        }
        return OptionalLong.of(Long.parseLong(version));
    }
}
