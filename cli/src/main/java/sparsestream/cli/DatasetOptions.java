package sparsestream.cli;

import java.io.PrintWriter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import sparsestream.producer.Dataset;
import sparsestream.producer.Datasets;
import sparsestream.producer.Split;

/** Which images to stream. */
final class DatasetOptions {
    @Option(
            names = "--dataset",
            paramLabel = "NAME|DIR",
            defaultValue = "mnist",
            description = "mnist, fashion-mnist, drawn (digits drawn by this program), or a directory with IDX files"
                    + " (default: ${DEFAULT-VALUE}).")
    private String dataset;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    /** The dataset as it was named. */
    String name() {
        return dataset;
    }

    /** Loads what was asked for, downloading it with a line of progress if it must. */
    Dataset load(Split split) {
        return load(dataset, split, command.commandLine().getErr());
    }

    /** Loads a dataset of another name in the same way. */
    static Dataset load(String name, Split split, PrintWriter err) {
        return Datasets.ofProcess(line -> {
                    err.println(line);
                    err.flush();
                })
                .load(name, split);
    }
}
