package sparsestream.benchmarks;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code bench step}. */
@Command(
        name = "step",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        showDefaultValues = true,
        description = "Speed of a training step: ours, libtorch's, DL4J's, and the bound that its matrix products set.")
final class StepCommand implements Callable<Integer> {
    @Option(names = "--model", split = ",", defaultValue = "vae,gan,gan-r1", description = "${COMPLETION-CANDIDATES}")
    private List<ModelKind> models;

    @Option(names = "--architecture", split = ",", defaultValue = "seed,wide", description = "${COMPLETION-CANDIDATES}")
    private List<Architecture> architectures;

    @Option(
            names = "--engine",
            split = ",",
            defaultValue = "sparsestream,libtorch,dl4j",
            description = "${COMPLETION-CANDIDATES}; dl4j has no gan-r1")
    private List<Engine> engines;

    @Option(names = "--threads", split = ",", defaultValue = "1,2", description = "Threads that an engine may use.")
    private List<Integer> threads;

    @Option(names = "--batch", split = ",", defaultValue = "128,512", description = "Images a step.")
    private List<Integer> batches;

    @Option(
            names = "--seconds",
            defaultValue = "1.5",
            description =
                    "Length of one engine's turn: the threads of the one before may go on spinning for part of it.")
    private double seconds;

    @Option(names = "--rounds", defaultValue = "7", description = "Turns of each engine; the median counts.")
    private int rounds;

    @Option(names = "--quick", description = "3 rounds of 0.2 s: a first look.")
    private boolean quick;

    @Option(names = "--json", paramLabel = "FILE", description = "Write the rows there too.")
    private Path json;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        if (quick) {
            seconds = 0.2;
            rounds = 3;
        }
        if (!(seconds > 0)
                || rounds < 1
                || threads.stream().anyMatch(n -> n < 1)
                || batches.stream().anyMatch(n -> n < 1)) {
            throw new ParameterException(
                    spec.commandLine(), "--seconds must be above 0; --rounds, --threads and --batch at least 1");
        }
        List<StepRow> rows = new ArrayList<>();
        for (Configuration configuration : configurations()) {
            rows.addAll(measure(configuration));
        }
        PrintWriter out = spec.commandLine().getOut();
        out.printf("%s%n%n%s%n", StepReport.table(rows), StepReport.ratios(rows));
        out.flush();
        if (json != null) {
            JsonFile.write(json, rows);
        }
        return 0;
    }

    private List<Configuration> configurations() {
        List<Configuration> configurations = new ArrayList<>();
        for (ModelKind model : models) {
            for (Architecture architecture : architectures) {
                for (int batch : batches) {
                    for (int count : threads) {
                        configurations.add(new Configuration(model, architecture, count, batch));
                    }
                }
            }
        }
        return configurations;
    }

    private List<StepRow> measure(Configuration configuration) throws IOException {
        PrintWriter err = spec.commandLine().getErr();
        err.println(configuration);
        err.flush();
        Map<String, WorkerProcess> workers = new LinkedHashMap<>();
        try {
            workers.put(SgemmStep.NAME, WorkerProcess.start(SgemmStep.NAME, configuration, seconds));
            for (Engine engine : engines) {
                if (engine.supports(configuration.model())) {
                    workers.put(engine.toString(), WorkerProcess.start(engine.toString(), configuration, seconds));
                }
            }
            Map<String, Double> rates =
                    RoundRobin.medians(List.copyOf(workers.keySet()), rounds, name -> workers.get(name)
                            .stepsPerSecond(seconds));
            err.println("  " + rates);
            err.flush();
            return engines.stream()
                    .filter(engine -> engine.supports(configuration.model()))
                    .map(engine ->
                            StepRow.of(configuration, engine, rates.get(engine.toString()), rates.get(SgemmStep.NAME)))
                    .toList();
        } finally {
            workers.values().forEach(WorkerProcess::close);
        }
    }
}
