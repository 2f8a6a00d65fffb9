package sparsestream.cli;

import picocli.CommandLine.Option;
import sparsestream.trainer.watch.WatchConfig;

/** How a trainer watches over what it learns. */
final class WatchOptions {
    @Option(
            names = "--evaluate-every",
            paramLabel = "STEPS",
            defaultValue = "5000",
            description = "Steps between evaluations on held-out images that the gate goes by, more often in the"
                    + " beginning; 0 for none (default: ${DEFAULT-VALUE}).")
    private long evaluateEvery;

    @Option(
            names = "--gate-bound",
            paramLabel = "X",
            defaultValue = "1",
            description = "Do not publish a model whose -ELBO or Fréchet distance is more than 1 + X times that of the"
                    + " last good one; Infinity for no such bound (default: ${DEFAULT-VALUE}).")
    private double gateBound;

    @Option(
            names = "--rollback-after",
            paramLabel = "K",
            defaultValue = "0",
            description = "Go back to the last good model after K evaluations in a row that the gate turned down; 0 for"
                    + " never (default: ${DEFAULT-VALUE}).")
    private int rollbackAfter;

    @Option(
            names = "--rollback-rate",
            paramLabel = "X",
            defaultValue = "0.5",
            description = "Multiply the learning rate by X at each rollback (default: ${DEFAULT-VALUE}).")
    private double rollbackRate;

    @Option(
            names = "--drift-rate",
            paramLabel = "X",
            defaultValue = "1",
            description = "Multiply the learning rate by X for a while after an alarm of drift; 1 for not at all"
                    + " (default: ${DEFAULT-VALUE}).")
    private double driftRate;

    @Option(
            names = "--drift-steps",
            paramLabel = "STEPS",
            defaultValue = "1000",
            description = "How long that while is (default: ${DEFAULT-VALUE}).")
    private long driftSteps;

    WatchConfig config() {
        return new WatchConfig(evaluateEvery, gateBound, rollbackAfter, rollbackRate, driftRate, driftSteps);
    }
}
