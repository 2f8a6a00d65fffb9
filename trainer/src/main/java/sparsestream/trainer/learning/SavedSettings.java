package sparsestream.trainer.learning;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import sparsestream.contract.MalformedMessageException;
import sparsestream.model.ModelConfig;
import sparsestream.model.Models;
import sparsestream.model.RecordText;
import sparsestream.model.Settings;

/**
 * Settings as states, contributions, rounds and merged models carry them: {@code format=2}, then each by its name on the command
 * line. Release 0.1.0 wrote what its records printed, which is read too.
 */
public final class SavedSettings {
    private static final String FORMAT = "format";
    private static final int NEWEST = 2;

    /** What release 0.1.0 wrote of the model, and of the watch and the rounds where these mattered. */
    private static final Pattern RELEASE_0_1 = Pattern.compile(
            "(?<height>\\d+)×(?<width>\\d+), seed (?<seed>-?\\d+), " + "(?<record>\\w+\\[.*\\])(?<rest>[^\\]]*)");

    private static final Pattern ROLLBACK =
            Pattern.compile(", rolls back after (\\d+) evaluations each (\\d+) steps beyond "
                    + "([^,]+), rate by ([^,]+), held out (\\w+)");
    private static final Pattern DRIFT = Pattern.compile(", rate by ([^,]+) for (\\d+) steps after drift");
    private static final Pattern ROUNDS = Pattern.compile(", merged every (\\d+) batches of (\\d+) partitions");

    private SavedSettings() {}

    /** Settings as they are saved. */
    public static String write(Settings settings) {
        return Settings.NONE.with(FORMAT, NEWEST).with(settings).toString();
    }

    /**
     * The inverse of {@link #write}, of this release and of those before it.
     *
     * @throws MalformedMessageException if these are no settings, or those of a later release
     */
    public static Settings read(String saved) throws MalformedMessageException {
        try {
            return saved.startsWith(FORMAT + "=") ? readNamed(saved) : readRecord(saved);
        } catch (IllegalArgumentException e) {
            throw new MalformedMessageException("settings", e.getMessage(), e);
        }
    }

    /** How saved settings differ from those asked for, in words; empty if they don't. */
    public static Optional<String> objection(String saved, Settings asked) {
        try {
            List<String> differences = read(saved).differencesTo(asked);
            return differences.isEmpty()
                    ? Optional.empty()
                    : Optional.of("with other settings: " + String.join(", ", differences));
        } catch (MalformedMessageException e) {
            return Optional.of("with settings that can't be read: " + e.getMessage());
        }
    }

    private static Settings readNamed(String saved) throws MalformedMessageException {
        Settings all = Settings.parse(saved);
        if (all.size(FORMAT) > NEWEST) {
            throw new MalformedMessageException(
                    "settings",
                    "are in format %s, which a later release writes; this one knows those up to %s"
                            .formatted(all.text(FORMAT), NEWEST));
        }
        return all.without(FORMAT);
    }

    private static Settings readRecord(String saved) throws MalformedMessageException {
        Matcher whole = RELEASE_0_1.matcher(saved);
        if (!whole.matches()) {
            throw new MalformedMessageException("settings", "are none: '" + saved + "'");
        }
        RecordText record = RecordText.parse(whole.group("record"));
        Settings settings = null;
        for (ModelConfig model : Models.all()) {
            if (settings == null && model.ofRecord(record).isPresent()) {
                settings = Settings.NONE
                        .with("model", model.name())
                        .with("image-height", whole.group("height"))
                        .with("image-width", whole.group("width"))
                        .with("seed", whole.group("seed"))
                        .with(model.ofRecord(record).get());
            }
        }
        if (settings == null) {
            throw new MalformedMessageException("settings", "are those of no model that there is: '" + saved + "'");
        }
        return withRest(settings, whole.group("rest"));
    }

    private static Settings withRest(Settings model, String rest) throws MalformedMessageException {
        Settings settings = model;
        String left = rest;
        Matcher rollback = ROLLBACK.matcher(left);
        if (rollback.lookingAt()) {
            settings = settings.with("rollback-after", rollback.group(1))
                    .with("evaluate-every", rollback.group(2))
                    .with("gate-bound", rollback.group(3))
                    .with("rollback-rate", rollback.group(4))
                    .with("held-out", rollback.group(5));
            left = left.substring(rollback.end());
        }
        Matcher drift = DRIFT.matcher(left);
        if (drift.lookingAt()) {
            settings = settings.with("drift-rate", drift.group(1)).with("drift-steps", drift.group(2));
            left = left.substring(drift.end());
        }
        Matcher rounds = ROUNDS.matcher(left);
        if (rounds.lookingAt()) {
            settings = settings.with("merge-every", rounds.group(1)).with("partitions", rounds.group(2));
            left = left.substring(rounds.end());
        }
        if (!left.isEmpty()) {
            throw new MalformedMessageException("settings", "end in '" + left + "'");
        }
        return settings;
    }
}
