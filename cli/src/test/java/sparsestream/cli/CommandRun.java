package sparsestream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A command that ran to its end, in this process.
 *
 * @param arguments of the command line
 * @param status that a process would exit with
 * @param errors that were printed
 */
record CommandRun(List<String> arguments, int status, List<String> errors) {
    /** Long for a command, and short for whoever waits for one that never ends. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    static CommandRun of(List<String> arguments) throws InterruptedException {
        ShutdownSignal shutdown = new ShutdownSignal();
        StringWriter errors = new StringWriter();
        CompletableFuture<Integer> status = CompletableFuture.supplyAsync(
                () -> Main.commandLine(Map.of(), shutdown)
                        .setOut(new PrintWriter(new StringWriter(), true))
                        .setErr(new PrintWriter(errors, true))
                        .execute(arguments.toArray(String[]::new)),
                work -> new Thread(work, arguments.get(0)).start());
        try {
            return new CommandRun(
                    arguments,
                    status.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS),
                    errors.toString().lines().toList());
        } catch (TimeoutException e) {
            throw new AssertionError(arguments + " has not ended within " + PATIENCE, e);
        } catch (ExecutionException e) {
            throw new AssertionError(arguments + " has thrown", e);
        } finally {
            shutdown.request();
        }
    }

    /** Requires that this failed with one line, and that it ends so. */
    void requireFailure(String reason) {
        assertThat(errors).as(arguments.toString()).hasSize(1);
        assertThat(errors.get(0))
                .as(arguments.toString())
                .startsWith("sparsestream: ")
                .contains(reason);
        assertThat(status).as(arguments.toString()).isEqualTo(1);
    }
}
