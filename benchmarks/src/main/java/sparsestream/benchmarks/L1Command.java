package sparsestream.benchmarks;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import sparsestream.model.layers.L1;
import sparsestream.model.vae.VaeConfig;

/** {@code bench l1}. */
@Command(
        name = "l1",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        showDefaultValues = true,
        description = "What L1 saves and costs: exact zeros against the held-out -ELBO of a VAE on MNIST.")
final class L1Command implements Callable<Integer> {
    @Option(names = "--architecture", defaultValue = "seed", description = "${COMPLETION-CANDIDATES}")
    private Architecture architecture;

    @Option(
            names = "--method",
            split = ",",
            defaultValue = "proximal,proximal-plain,subgradient",
            description = "${COMPLETION-CANDIDATES}")
    private List<L1.Method> methods;

    @Option(
            names = "--lambdas",
            split = ",",
            description = "For every method. Default: 1e-4,3e-4,1e-3,3e-3, and 30 times that for proximal-plain,"
                    + " whose threshold has another scale.")
    private List<Double> lambdas;

    @Option(
            names = "--adaptivity",
            defaultValue = "0",
            description = "A weight's own lambda is divided by 1 + adaptivity |w|.")
    private double adaptivity;

    @Option(names = "--warm-up-steps", defaultValue = "0", description = "Lambda grows from 0 over these steps.")
    private long warmUpSteps;

    @Option(
            names = "--debias-after-steps",
            defaultValue = "0",
            description = "From this step on zeros stay zero and nothing shrinks; 0 for never.")
    private long debiasAfterSteps;

    @Option(names = "--images", defaultValue = "600000", description = "Images that each model learns.")
    private long images;

    @Option(names = "--threads", defaultValue = "2", description = "Threads that the step uses.")
    private int threads;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            defaultValue = "mnist",
            showDefaultValue = picocli.CommandLine.Help.Visibility.NEVER,
            description = "Directory with MNIST's IDX files. Default: where the producer looks for mnist.")
    private String data;

    @Option(
            names = "--choose",
            description =
                    "Measure on the last 10,000 training images, which are then not learned, instead of on the test"
                            + " images: for choosing what to run with.")
    private boolean choose;

    @Option(names = "--json", paramLabel = "FILE", description = "Write the rows there too.")
    private Path json;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        List<L1> penalties = penalties();
        if (threads < 1) {
            throw new ParameterException(spec.commandLine(), "--threads must be at least 1, got " + threads);
        }
        Digits digits = choose ? Digits.loadForChoosing(data) : Digits.load(data);
        L1Run run = new L1Run(digits.learned(), digits.measured(), images, threads);
        VaeConfig config = architecture.vae();
        List<L1Row> rows = new ArrayList<>();
        PrintWriter err = spec.commandLine().getErr();
        for (L1 penalty : penalties) {
            rows.add(run.run(config, penalty));
            err.println(rows.get(rows.size() - 1));
            err.flush();
        }
        PrintWriter out = spec.commandLine().getOut();
        out.println(table(rows));
        out.flush();
        if (json != null) {
            JsonFile.write(json, rows);
        }
        return 0;
    }

    /** No penalty first, then each method with each λ. */
    private List<L1> penalties() {
        List<L1> penalties = new ArrayList<>();
        penalties.add(L1.NONE);
        try {
            for (L1.Method method : methods) {
                for (double lambda : lambdas == null ? defaultLambdas(method) : lambdas) {
                    penalties.add(new L1(method, lambda, adaptivity, warmUpSteps, 0, debiasAfterSteps));
                }
            }
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
        return penalties;
    }

    private static List<Double> defaultLambdas(L1.Method method) {
        return method == L1.Method.PROXIMAL_PLAIN ? List.of(3e-3, 1e-2, 3e-2, 1e-1) : List.of(1e-4, 3e-4, 1e-3, 3e-3);
    }

    static String table(List<L1Row> rows) {
        TextTable table =
                new TextTable(1, "method", "λ", "zeros", "held-out −ELBO", "checkpoint bytes", "µs to draw one");
        for (L1Row row : rows) {
            table.add(
                    row.method(),
                    row.lambda() == 0 ? "0" : String.format(Locale.ROOT, "%.0e", row.lambda()),
                    String.format(Locale.ROOT, "%.1f %%", 100 * row.zeroRatio()),
                    String.format(Locale.ROOT, "%.2f", row.heldOutNelbo()),
                    String.valueOf(row.checkpointBytes()),
                    String.format(Locale.ROOT, "%.1f", row.imageMicros()));
        }
        return table.toString();
    }
}
