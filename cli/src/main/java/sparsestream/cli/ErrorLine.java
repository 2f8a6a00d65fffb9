package sparsestream.cli;

import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.common.KafkaException;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;
import sparsestream.kafka.Reason;

/** What the user reads when something goes wrong: one line, which says what. */
final class ErrorLine {
    private ErrorLine() {}

    /** Returns the exit status of a usage error. */
    static int usage(ParameterException error, Map<String, String> environment) {
        PrintWriter err = error.getCommandLine().getErr();
        String command = error.getCommandLine().getCommandSpec().qualifiedName();
        err.println("sparsestream: " + describe(error, environment));
        err.println("Try '" + command + " --help'.");
        return ExitCode.USAGE;
    }

    /** Returns the exit status: of a failure, or of a usage error that only the work itself could see. */
    static int failure(Throwable error, PrintWriter err, boolean verbose) {
        Throwable cause = unwrapped(error);
        err.println("sparsestream: " + describe(cause));
        if (verbose) {
            cause.printStackTrace(err);
        }
        // Settings are checked where they are used, in the words of the options that gave them.
        return cause instanceof IllegalArgumentException ? ExitCode.USAGE : ExitCode.SOFTWARE;
    }

    private static String describe(ParameterException error, Map<String, String> environment) {
        if (error instanceof UnmatchedArgumentException unmatched
                && !unmatched.getUnmatched().isEmpty()) {
            return describe(unmatched);
        }
        String message = firstLine(error.getMessage());
        return error.getArgSpec() == null
                ? message
                : EnvironmentDefaults.variable(error.getArgSpec())
                        .filter(variable ->
                                error.getValue() != null && error.getValue().equals(environment.get(variable)))
                        .map(variable -> message + " (from " + variable + ")")
                        .orElse(message);
    }

    private static String describe(UnmatchedArgumentException error) {
        String argument = error.getUnmatched().get(0);
        boolean atCommand = !error.getCommandLine().getSubcommands().isEmpty();
        String kind = error.isUnknownOption() ? "option" : atCommand ? "command" : "argument";
        String unknown = "unknown " + kind + " '" + argument + "'";
        return error.getSuggestions().isEmpty()
                ? unknown
                : unknown + "; did you mean " + String.join(" or ", error.getSuggestions()) + "?";
    }

    private static Throwable unwrapped(Throwable error) {
        boolean wrapper = error instanceof ExecutionException
                || error instanceof CompletionException
                || error instanceof UncheckedIOException;
        return wrapper && error.getCause() != null ? unwrapped(error.getCause()) : error;
    }

    /** Our own messages are made for users; a stranger's often mean nothing without the name of its class. */
    private static String describe(Throwable error) {
        boolean ours =
                error.getClass().getName().startsWith("sparsestream.") || error instanceof IllegalArgumentException;
        String name = error.getClass().getSimpleName();
        if (error.getMessage() == null) {
            return name;
        }
        if (error instanceof KafkaException) {
            return Reason.of(error);
        }
        return ours ? listed(error.getMessage()) : name + ": " + firstLine(error.getMessage());
    }

    /** The first line, and those of a list that is indented under it. */
    private static String listed(String message) {
        return firstLine(message)
                + message.lines()
                        .skip(1)
                        .takeWhile(line -> line.startsWith("  "))
                        .map(line -> System.lineSeparator() + line)
                        .collect(Collectors.joining());
    }

    private static String firstLine(String message) {
        return message.lines().findFirst().orElse(message);
    }
}
