package sparsestream.kafka;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.UnsupportedVersionException;

/** Why something failed, in one line for whoever runs a service: the root cause, and the setting that is to blame if one is. */
public final class Reason {
    /** Beyond these the words are those of Java's own insides. */
    private static final int MAX_PARTS = 2;

    private static final int MIN_SECRET_LENGTH = 4;
    private static final Pattern SECRET_SETTING =
            Pattern.compile("password|passphrase|secret|jaas|keystore\\.key|certificate", Pattern.CASE_INSENSITIVE);
    private static final String HIDDEN = "[hidden]";

    /** A login that is written wrongly is quoted in parts, of which any may be the password. */
    private static final Pattern JAAS_QUOTE = Pattern.compile("'(?!(?:KafkaClient|username|password)')[^']*'");

    private final Map<String, ?> settings;

    private Reason(Map<String, ?> settings) {
        this.settings = settings;
    }

    /** As {@link #of(Throwable, Map)}, where no setting can be to blame. */
    public static String of(Throwable failure) {
        return of(failure, Map.of());
    }

    /**
     * The line.
     *
     * @param settings of the Kafka clients; they may hold passwords, which are not shown
     */
    public static String of(Throwable failure, Map<String, ?> settings) {
        return new Reason(settings).line(failure);
    }

    private String line(Throwable failure) {
        List<String> parts = new ArrayList<>();
        for (Throwable cause = failure; cause != null && parts.size() < MAX_PARTS; cause = cause.getCause()) {
            Optional<String> file = unreadableFile(cause);
            if (file.isPresent()) {
                return file.get();
            }
            if (!saysNothing(cause)) {
                add(parts, cause);
            }
        }
        String line = String.join(": ", parts);
        return withoutSecrets(blamed(line).map(setting -> setting + ": " + line).orElse(line));
    }

    private static void add(List<String> parts, Throwable cause) {
        String words = words(cause);
        String message = cause.getMessage() == null ? words : cause.getMessage();
        if (parts.stream().noneMatch(part -> part.contains(message))) {
            parts.removeIf(words::contains);
            parts.add(words);
        }
    }

    private Optional<String> unreadableFile(Throwable cause) {
        String problem = cause instanceof NoSuchFileException
                ? " does not exist"
                : cause instanceof AccessDeniedException ? " may not be read by this user" : "";
        return problem.isEmpty()
                ? Optional.empty()
                : Optional.of(cause.getMessage()
                        + blamed(cause.getMessage())
                                .map(setting -> " of " + setting)
                                .orElse("")
                        + problem);
    }

    private static boolean saysNothing(Throwable cause) {
        return cause.getCause() != null
                && Verdict.isWrapper(cause)
                && (Verdict.saysThatNoClientWasMade(cause)
                        || cause.getMessage() == null
                        || cause.getMessage().equals(cause.getCause().toString()));
    }

    private static String words(Throwable cause) {
        String name = cause.getClass().getSimpleName();
        if (cause.getMessage() == null || cause.getMessage().isBlank()) {
            return name;
        }
        String message = cause.getMessage().lines().findFirst().orElse("").strip();
        if (cause instanceof UnsupportedVersionException) {
            return "the brokers are of another version: " + message;
        }
        boolean meantForUsers = cause instanceof KafkaException
                || cause instanceof IllegalArgumentException
                || cause instanceof IOException
                || cause instanceof GeneralSecurityException
                || cause.getClass().getName().startsWith("sparsestream.");
        return meantForUsers ? message : name + ": " + message;
    }

    /** The setting that a line speaks of and does not name. */
    private Optional<String> blamed(String line) {
        if (line.contains("JAAS config") || line.contains("LoginModule")) {
            return Optional.of("sasl.jaas.config");
        }
        return settings.entrySet().stream()
                .filter(setting -> setting.getKey().endsWith(".location"))
                .filter(setting -> line.contains(String.valueOf(setting.getValue())))
                .map(Map.Entry::getKey)
                .findFirst();
    }

    private String withoutSecrets(String line) {
        String safe = line.contains("JAAS config")
                ? JAAS_QUOTE.matcher(line).replaceAll(Matcher.quoteReplacement("'" + HIDDEN + "'"))
                : line;
        for (Map.Entry<String, ?> setting : settings.entrySet()) {
            String value = String.valueOf(setting.getValue());
            if (SECRET_SETTING.matcher(setting.getKey()).find() && value.length() >= MIN_SECRET_LENGTH) {
                safe = safe.replace(value, HIDDEN);
            }
        }
        return safe;
    }
}
