package sparsestream.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import sparsestream.cli.HomeDirectory;

/**
 * A JVM that runs one step and nothing else. It warms up, answers {@code ready}, and then answers each line on standard input, a
 * number of seconds, with the steps a second that it did in that time. Between lines it sleeps, so that others can work.
 */
final class Worker {
    private static final double STEADY = 0.03;
    private static final int MIN_WARM_UP_SLICES = 5;
    private static final int MAX_WARM_UP_SLICES = 20;

    private Worker() {}

    /** Arguments: engine, model, architecture, threads, batch, seconds of a slice of the warm-up. */
    public static void main(String[] args) throws IOException {
        Locale.setDefault(Locale.ENGLISH);
        PrintStream answers = System.out;
        // Whatever libraries print must not be taken for an answer.
        System.setOut(System.err);
        HomeDirectory.adopt(System.err);
        Configuration configuration = new Configuration(
                ModelKind.valueOf(args[1].toUpperCase(Locale.ROOT).replace('-', '_')),
                Architecture.valueOf(args[2].toUpperCase(Locale.ROOT)),
                Integer.parseInt(args[3]),
                Integer.parseInt(args[4]));
        try (Step step = Step.of(args[0], configuration)) {
            warmUp(step, Double.parseDouble(args[5]));
            answers.println("ready");
            answer(step, answers);
        }
    }

    private static void answer(Step step, PrintStream answers) throws IOException {
        BufferedReader questions = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = questions.readLine(); line != null; line = questions.readLine()) {
            answers.println(stepsPerSecond(step, Double.parseDouble(line)));
        }
    }

    /** Runs slices until one is no faster than the best before it, give or take a little. */
    private static void warmUp(Step step, double seconds) {
        double best = 0;
        for (int slice = 0; slice < MAX_WARM_UP_SLICES; slice++) {
            double rate = stepsPerSecond(step, seconds);
            if (slice >= MIN_WARM_UP_SLICES && rate < best * (1 + STEADY)) {
                return;
            }
            best = Math.max(best, rate);
        }
    }

    private static double stepsPerSecond(Step step, double seconds) {
        long begin = System.nanoTime();
        long steps = 0;
        double elapsed;
        do {
            step.run();
            steps++;
            elapsed = (System.nanoTime() - begin) * 1e-9;
        } while (elapsed < seconds);
        return steps / elapsed;
    }
}
