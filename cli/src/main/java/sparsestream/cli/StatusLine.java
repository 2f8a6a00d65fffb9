package sparsestream.cli;

import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import sparsestream.trainer.session.TrainerStatus;

/** One line on the terminal that is always up to date; where there is no terminal, a line every ten seconds. */
final class StatusLine {
    private static final long LOG_INTERVAL_NANOS = 10_000_000_000L;

    private final PrintStream out;
    private final boolean terminal;
    private long lastNanos;
    private int width;

    StatusLine(PrintStream out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
        this.lastNanos = System.nanoTime() - LOG_INTERVAL_NANOS;
    }

    /** On standard output. Whether that is a terminal only the launcher can tell: Java 22 gives a console to any process. */
    static StatusLine ofProcess() {
        return new StatusLine(System.out, Boolean.getBoolean("sparsestream.terminal"));
    }

    void show(String line) {
        if (terminal) {
            out.print("\r" + line + " ".repeat(Math.max(0, width - line.length())));
            out.flush();
            width = line.length();
        } else if (System.nanoTime() - lastNanos >= LOG_INTERVAL_NANOS) {
            lastNanos = System.nanoTime();
            out.println(line);
        }
    }

    /** Ends the line, so that what follows stands below it. */
    void end(String line) {
        if (terminal) {
            show(line);
            out.println();
        } else {
            out.println(line);
        }
    }

    static String describe(List<TrainerStatus> models) {
        return models.stream().map(StatusLine::describe).collect(Collectors.joining("  |  "));
    }

    private static String describe(TrainerStatus status) {
        String losses = status.losses().entrySet().stream()
                .filter(term -> !term.getKey().equals("r1") && !term.getKey().equals("kl"))
                .map(StatusLine::describe)
                .collect(Collectors.joining(" "));
        return String.format(
                Locale.ROOT,
                "%s %,d images %,.0f/s %s zeros %.0f%% v%d",
                status.model(),
                status.images(),
                status.imagesPerSecond(),
                losses,
                100 * status.zeroRatio(),
                status.version());
    }

    private static String describe(Map.Entry<String, Double> term) {
        String name =
                switch (term.getKey()) {
                    case "nelbo" -> "-ELBO";
                    case "reconstruction" -> "rec";
                    case "discriminator" -> "D";
                    case "generator" -> "G";
                    default -> term.getKey();
                };
        return String.format(Locale.ROOT, "%s %.2f", name, term.getValue());
    }
}
