package sparsestream.standalone;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import sparsestream.contract.MalformedMessageException;
import sparsestream.contract.Topics;
import sparsestream.sampler.Archive;
import sparsestream.sampler.ExportFormat;
import sparsestream.sampler.ModelVersion;
import sparsestream.sampler.PublishedVersions;

@Command(name = "export", description = "Writes a published model to a file that other programs can use.")
final class ExportCommand implements Callable<Integer> {
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
            names = "--format",
            paramLabel = "FORMAT",
            required = true,
            description = "safetensors: all networks; dl4j, onnx: the one that draws images.")
    private String format;

    @Option(names = "--out", paramLabel = "FILE", required = true, description = "Where it goes.")
    private Path out;

    @Option(
            names = "--archive",
            paramLabel = "DIR",
            description = "Take the version from what a sampler has kept there, not from Kafka.")
    private Path archive;

    // The help that every command inherits comes with a --version of its own, which here means another.
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help message and exit.")
    @SuppressWarnings("UnusedVariable")
    private boolean help;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException, MalformedMessageException {
        ExportFormat wanted = format();
        OptionalLong number = number();
        OutputFile file = OutputFile.of(out);
        ModelVersion found = (archive == null ? published(number) : archived(number))
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
        byte[] bytes = wanted.file(found);
        file.write(bytes);
        PrintWriter printer = spec.commandLine().getOut();
        printer.printf(
                Locale.ROOT, "%s: version %d of %s, %,d bytes%n", out, found.version(), found.model(), bytes.length);
        printer.flush();
        return 0;
    }

    private Optional<ModelVersion> published(OptionalLong number) {
        PublishedVersions published = new PublishedVersions(kafka.clientConfig(), new Topics(kafka.topicPrefix()));
        return number.isPresent() ? published.find(runId, model, number.getAsLong()) : published.newest(runId, model);
    }

    private Optional<ModelVersion> archived(OptionalLong number) throws IOException, MalformedMessageException {
        Archive kept = Archive.existing(archive);
        return number.isPresent() ? kept.find(runId, model, number.getAsLong()) : kept.newest(runId, model);
    }

    private ExportFormat format() {
        for (ExportFormat candidate : ExportFormat.values()) {
            if (candidate.name().toLowerCase(Locale.ROOT).equals(format)) {
                return candidate;
            }
        }
        throw new UsageException("--format must be safetensors, dl4j or onnx, got '" + format + "'");
    }

    private OptionalLong number() {
        if (!model.equals("vae") && !model.equals("gan")) {
            throw new UsageException("--model must be vae or gan, got '" + model + "'");
        }
        if (version.equals(LATEST)) {
            return OptionalLong.empty();
        }
        if (!version.matches("[0-9]{1,18}")) {
            throw new UsageException("--version must be a number or latest, got '" + version + "'");
        }
        return OptionalLong.of(Long.parseLong(version));
    }
}
