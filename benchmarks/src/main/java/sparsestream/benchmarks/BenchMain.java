package sparsestream.benchmarks;

import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import sparsestream.cli.HomeDirectory;
import sparsestream.cli.ModelOptions;

/** {@code sparsestream bench COMMAND}: exit status 0 is success, 2 a usage error, 1 a failure. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        description = "Measures what the documentation claims.",
        subcommands = {
            StepCommand.class,
            L1Command.class,
            SamplerRateCommand.class,
            IngestRateCommand.class,
            EvaluationCommand.class,
            ClassifierCommand.class,
            DriftCommand.class,
            LearnCommand.class,
            StudyCommand.class,
            MergedRunsCommand.class
        })
public final class BenchMain implements Runnable {
    @Spec
    private CommandSpec spec;

    public static void main(String[] args) {
        Locale.setDefault(Locale.ENGLISH);
        HomeDirectory.adopt(System.err);
        // The services' own logback.xml is on the class path too, and of two Logback complains on standard output.
        System.setProperty("logback.configurationFile", "logback-benchmarks.xml");
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        CommandLine commandLine = new CommandLine(new BenchMain());
        ModelOptions.addTo(commandLine);
        return commandLine
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler((error, command, parsed) -> {
                    command.getErr().println(error.getMessage());
                    return CommandLine.ExitCode.SOFTWARE;
                });
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }
}
