package sparsestream.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
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

/** {@code bench evaluation}. */
@Command(
        name = "evaluation",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        showDefaultValues = true,
        description =
                "What evaluating costs: images a second that a trainer learns from a topic with and without held-out"
                        + " images, in turns; broker and trainer each a process.")
final class EvaluationCommand implements Callable<Integer> {
    @Option(names = "--images", defaultValue = "1280000", description = "That each trainer learns.")
    private long images;

    @Option(
            names = "--rounds",
            defaultValue = "5",
            description = "Of one trainer with and one without, for each model.")
    private int rounds;

    @Option(names = "--model", split = ",", defaultValue = "vae,gan", description = "Models: vae, gan, or both.")
    private List<String> models;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            defaultValue = "mnist",
            description = "A dataset as of the producer, whose test images are held out.")
    private String data;

    @Spec
    private CommandSpec spec;

    /** @param with and {@code without} evaluations, images a second of one round */
    private record Pair(double with, double without) {
        double cost() {
            return 1 - with / without;
        }
    }

    @Override
    public Integer call() throws IOException {
        if (images < 1 || rounds < 1) {
            throw new ParameterException(spec.commandLine(), "--images and --rounds must be at least 1");
        }
        if (!List.of("vae", "gan").containsAll(models)) {
            throw new ParameterException(spec.commandLine(), "--model must be vae, gan, or both, got " + models);
        }
        // Without them each process would have to say so.
        Digits.load(data);
        TextTable table = new TextTable(1, "model", "images/s with", "without", "cost, %");
        try (TemporaryBroker broker = new TemporaryBroker()) {
            try (ServiceProcess producer = ServiceProcess.start(
                    arguments(broker, "producer", "--dataset", data, "--images", Long.toString(images)))) {
                producer.await();
            }
            for (String model : models) {
                List<Pair> pairs = pairs(broker, model);
                table.add(
                        model,
                        cell(pairs.stream().mapToDouble(Pair::with).toArray()),
                        cell(pairs.stream().mapToDouble(Pair::without).toArray()),
                        cell(pairs.stream()
                                .mapToDouble(pair -> 100 * pair.cost())
                                .toArray()));
            }
        }
        spec.commandLine().getOut().println(table);
        spec.commandLine().getOut().flush();
        return 0;
    }

    private static String cell(double[] values) {
        return Interval.of(values).toString();
    }

    private List<Pair> pairs(TemporaryBroker broker, String model) throws IOException {
        List<Pair> pairs = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
            // Whoever goes first finds the machine as the one before has left it, so they take turns at that too.
            boolean evaluatedFirst = round % 2 == 0;
            double first = imagesPerSecond(broker, model, round, evaluatedFirst);
            double second = imagesPerSecond(broker, model, round, !evaluatedFirst);
            Pair pair = evaluatedFirst ? new Pair(first, second) : new Pair(second, first);
            pairs.add(pair);
            spec.commandLine()
                    .getErr()
                    .printf(
                            Locale.ROOT,
                            "%s, round %d: %.0f images/s with, %.0f without evaluations%n",
                            model,
                            round + 1,
                            pair.with(),
                            pair.without());
            spec.commandLine().getErr().flush();
        }
        return pairs;
    }

    private double imagesPerSecond(TemporaryBroker broker, String model, int round, boolean evaluated)
            throws IOException {
        Path summary = Files.createTempFile("sparsestream-bench", ".json");
        List<String> arguments = new ArrayList<>(List.of("--model", model, "--images", Long.toString(images)));
        // A run of its own, so that it starts at the first image of the topic.
        arguments.addAll(List.of("--run-id", "%s-%s".formatted(round, evaluated), "--summary", summary.toString()));
        if (evaluated) {
            arguments.addAll(List.of("--held-out", data));
        }
        try (ServiceProcess trainer =
                ServiceProcess.start(arguments(broker, "trainer", arguments.toArray(String[]::new)))) {
            trainer.await();
            return new ObjectMapper()
                    .readTree(summary.toFile())
                    .at("/models/0/imagesPerSecond")
                    .asDouble();
        } finally {
            Files.deleteIfExists(summary);
        }
    }

    private static String[] arguments(TemporaryBroker broker, String command, String... others) {
        List<String> arguments = new ArrayList<>(List.of(command, "--bootstrap-servers", broker.bootstrapServers()));
        arguments.addAll(List.of(others));
        return arguments.toArray(String[]::new);
    }
}
