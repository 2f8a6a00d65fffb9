package sparsestream.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
        name = "replay",
        description = "Does something again from what a topic has kept.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {ReplayImageCommand.class, ReplayDeadLettersCommand.class, ReplayRoundsCommand.class})
final class ReplayCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }
}
