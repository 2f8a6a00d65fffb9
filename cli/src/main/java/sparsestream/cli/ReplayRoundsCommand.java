package sparsestream.cli;

import java.io.PrintWriter;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import sparsestream.contract.Topics;
import sparsestream.merge.RoundReplay;
import sparsestream.trainer.learning.ModelSettings;

@Command(
        name = "rounds",
        description =
                "Makes every round of a merged run again, from the record of the rounds and the batches, and compares the"
                        + " weights. Give it the same options of models as the trainers.")
final class ReplayRoundsCommand implements Callable<Integer> {
    @Mixin
    private KafkaOptions kafka;

    @Mixin
    private RunOptions run;

    @Mixin
    private ModelOptions model;

    @Mixin
    private ImageSizeOptions size;

    @Option(
            names = "--threads",
            paramLabel = "N",
            defaultValue = "1",
            description = "Threads that share one step; the weights do not depend on it (default: ${DEFAULT-VALUE}).")
    private int threads;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        if (threads < 1) {
            throw new UsageException("--threads must be at least 1, got " + threads);
        }
        RoundReplay replay =
                new RoundReplay(kafka.clientConfig(), new Topics(kafka.topicPrefix()), run.runId(), threads);
        int status = 0;
        for (String name : run.models()) {
            status |= replay(replay, model.settings(name, size.height(), size.width(), run.seed()));
        }
        return status;
    }

    private int replay(RoundReplay replay, ModelSettings settings) {
        PrintWriter out = spec.commandLine().getOut();
        int[] count = new int[1];
        Optional<RoundReplay.Difference> difference = replay.replay(settings, round -> count[0]++);
        difference.ifPresentOrElse(
                other -> spec.commandLine()
                        .getErr()
                        .printf(
                                "sparsestream: round %s of %s is not the same: it has %s, made again %s%n",
                                other.round().version(),
                                other.round().key(),
                                other.round().weightsSha256(),
                                other.weightsSha256()),
                () -> out.printf("%s: %s rounds made again, all the same%n", settings.name(), count[0]));
        out.flush();
        spec.commandLine().getErr().flush();
        return difference.isPresent() ? 1 : 0;
    }
}
