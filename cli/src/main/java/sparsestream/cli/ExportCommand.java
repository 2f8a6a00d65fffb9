package sparsestream.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import sparsestream.contract.MalformedMessageException;
import sparsestream.published.ExportFormat;
import sparsestream.published.ModelVersion;

@Command(name = "export", description = "Writes a published model to a file that other programs can use.")
final class ExportCommand implements Callable<Integer> {
    @Mixin
    private VersionOptions version;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            required = true,
            description = "safetensors: all networks; dl4j, onnx: the one that draws images.")
    private String format;

    @Option(names = "--out", paramLabel = "FILE", required = true, description = "Where it goes.")
    private Path out;

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
        version.check();
        OutputFile file = OutputFile.of(out);
        ModelVersion found = version.find();
        byte[] bytes = wanted.file(found);
        file.write(bytes);
        PrintWriter printer = spec.commandLine().getOut();
        printer.printf(
                Locale.ROOT, "%s: version %d of %s, %,d bytes%n", out, found.version(), found.model(), bytes.length);
        printer.flush();
        return 0;
    }

    private ExportFormat format() {
        for (ExportFormat candidate : ExportFormat.values()) {
            if (candidate.name().toLowerCase(Locale.ROOT).equals(format)) {
                return candidate;
            }
        }
        throw new UsageException("--format must be safetensors, dl4j or onnx, got '" + format + "'");
    }
}
