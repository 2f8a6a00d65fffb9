package sparsestream.cli;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** {@code sparsestream COMMAND}: exit status 0 is success, 2 a usage error, 1 a failure. */
@Command(
        name = "sparsestream",
        description = "Trains sparse generative models on a Kafka topic, continuously.",
        synopsisSubcommandLabel = "COMMAND",
        footer = "%nThe launcher also knows 'bench': the benchmarks, as tables.",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        sortOptions = false,
        scope = ScopeType.INHERIT)
public final class Main implements Runnable {
    // A flag needs the fallback value: without it, picocli takes a flag that the environment sets as turning it off.
    @Option(
            names = "--verbose",
            fallbackValue = "true",
            scope = ScopeType.INHERIT,
            description = "Show the warnings of Kafka's clients, and the stack trace of an error.")
    private boolean verbose;

    @Spec
    private CommandSpec spec;

    public static void main(String[] args) {
        // Before any library is there: Kafka names files and constants in the language of the process.
        Locale.setDefault(Locale.ENGLISH);
        HomeDirectory.adopt(System.err);
        Optional<String> unreadable = UnreadableText.find(args, System.getenv(), System.getProperty("user.dir"));
        if (unreadable.isPresent()) {
            System.err.println("sparsestream: " + unreadable.get());
            System.exit(CommandLine.ExitCode.USAGE);
        }
        ShutdownSignal shutdown = ShutdownSignal.ofProcess();
        int status = commandLine(System.getenv(), shutdown).execute(args);
        System.exit(status);
    }

    /**
     * The whole command line.
     *
     * @param environment where an option's default comes from, see {@link EnvironmentDefaults}
     * @param shutdown ends a command that would run forever
     */
    static CommandLine commandLine(Map<String, String> environment, ShutdownSignal shutdown) {
        Main main = new Main();
        CommandLine commandLine = new CommandLine(main)
                .addSubcommand(new DemoCommand(shutdown))
                .addSubcommand(new BrokerCommand(shutdown))
                .addSubcommand(new ProducerCommand(shutdown))
                .addSubcommand(new IngestCommand(shutdown))
                .addSubcommand(new TrainerCommand(shutdown))
                .addSubcommand(new MergeCommand(shutdown))
                .addSubcommand(new SamplerCommand(shutdown))
                .addSubcommand(new ReplayCommand())
                .addSubcommand(new ExportCommand())
                .addSubcommand(new EvaluateCommand());
        ModelOptions.addTo(commandLine);
        return commandLine
                .setDefaultValueProvider(new EnvironmentDefaults(environment))
                .setHelpFactory(EnvironmentDefaults::help)
                .setExecutionStrategy(main::execute)
                .setParameterExceptionHandler((error, args) -> ErrorLine.usage(error, environment))
                .setExecutionExceptionHandler((error, command, parsed) -> {
                    PrintWriter err = command.getErr();
                    return ErrorLine.failure(error, err, main.verbose);
                });
    }

    private int execute(ParseResult parsed) {
        if (verbose) {
            KafkaLogs.show();
        }
        return new RunLast().execute(parsed);
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }

    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Main.class.getPackage().getImplementationVersion();
            return new String[] {"sparsestream " + (version == null ? "(not packaged)" : version)};
        }
    }
}
