package sparsestream.standalone;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
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
        Path home = Path.of(System.getProperty("user.home"));
        return new Datasets(Map.copyOf(System.getenv()), home, new DownloadLine(err)::show).load(name, split);
    }

    /** One line for each file, printed when it is begun and when it is here. */
    private static final class DownloadLine {
        private final PrintWriter err;
        private String current = "";
        private int percent = -1;

        DownloadLine(PrintWriter err) {
            this.err = err;
        }

        void show(String file, long bytes, OptionalLong total) {
            int now = total.isPresent() ? (int) (100 * bytes / Math.max(1, total.getAsLong())) : 0;
            if (!file.equals(current) || now / 10 != percent / 10) {
                err.printf(
                        Locale.ROOT,
                        "downloading %s: %,d bytes%s%n",
                        file,
                        bytes,
                        total.isPresent() ? ", " + now + " %" : "");
                err.flush();
            }
            current = file;
            percent = now;
        }
    }
}
