package sparsestream.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The names of a broker's log files, which are offsets, in ASCII digits.
 *
 * <p>Kafka writes those names in the digits of the language that the process runs in, and finds no others. Brokers of ours used to run
 * in the machine's language: what one has kept in Arabic is not there for one in English, which would begin a log of its own beside it.
 */
final class LogFileNames {
    private static final Logger log = LoggerFactory.getLogger(LogFileNames.class);

    private static final Pattern OFFSET_FIRST = Pattern.compile("\\p{Nd}{20}[-.].*");

    private LogFileNames() {}

    /**
     * Renames what has a name in other digits. A log that is there in both is left as it is, and a warning says so.
     *
     * @param logs the directory of all logs, in use by no broker
     */
    static void toAsciiDigits(Path logs) throws IOException {
        for (Path directory : list(logs)) {
            if (Files.isDirectory(directory)) {
                rename(directory);
            }
        }
    }

    private static void rename(Path directory) throws IOException {
        Map<Path, Path> renamed = new TreeMap<>();
        for (Path file : list(directory)) {
            String name = file.getFileName().toString();
            String ascii = inAsciiDigits(name);
            if (OFFSET_FIRST.matcher(name).matches() && !ascii.equals(name)) {
                renamed.put(file, file.resolveSibling(ascii));
            }
        }
        if (renamed.values().stream().anyMatch(Files::exists)) {
            log.warn("{} holds two logs, one of them written in another language: that one is not used", directory);
            return;
        }
        for (Map.Entry<Path, Path> entry : renamed.entrySet()) {
            Files.move(entry.getKey(), entry.getValue(), StandardCopyOption.ATOMIC_MOVE);
        }
    }

    private static String inAsciiDigits(String name) {
        StringBuilder ascii = new StringBuilder();
        name.codePoints()
                .map(c -> Character.isDigit(c) ? Character.forDigit(Character.digit(c, 10), 10) : c)
                .forEach(ascii::appendCodePoint);
        return ascii.toString();
    }

    private static List<Path> list(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.sorted().toList();
        }
    }
}
