package sparsestream.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * Settings by name, as text: the one form in which they are saved, compared and told, whatever the classes are called that use them.
 * Names are those of the command line without the dashes. Immutable; two are equal if they have the same values, in any order.
 */
public final class Settings {
    public static final Settings NONE = new Settings(Map.of());

    private final Map<String, String> values;

    private Settings(Map<String, String> values) {
        this.values = values;
    }

    /** By name, in the order in which they were set. */
    public Map<String, String> values() {
        return java.util.Collections.unmodifiableMap(values);
    }

    /**
     * The same and one more, or another value of one.
     *
     * @param value its {@code toString} is what is saved; the elements of a list are separated by commas
     * @throws IllegalArgumentException if the value has a space or a line break, which no value of ours needs
     */
    public Settings with(String name, Object value) {
        String text = value instanceof List<?> list
                ? list.stream().map(String::valueOf).collect(Collectors.joining(","))
                : String.valueOf(value);
        if (name.isEmpty() || name.contains("=") || (name + text).chars().anyMatch(Character::isWhitespace)) {
            throw new IllegalArgumentException("a setting can't be called '" + name + "' and be '" + text + "'");
        }
        Map<String, String> more = new LinkedHashMap<>(values);
        more.put(name, text);
        return new Settings(more);
    }

    /** These and others, which win. */
    public Settings with(Settings others) {
        Map<String, String> more = new LinkedHashMap<>(values);
        more.putAll(others.values);
        return new Settings(more);
    }

    /** The same but for one. */
    public Settings without(String name) {
        Map<String, String> fewer = new LinkedHashMap<>(values);
        fewer.remove(name);
        return new Settings(fewer);
    }

    /** Whether there is a setting of this name. */
    public boolean has(String name) {
        return values.containsKey(name);
    }

    /**
     * The value of one.
     *
     * @throws IllegalArgumentException if there is none of this name
     */
    public String text(String name) {
        String value = values.get(name);
        if (value == null) {
            throw new IllegalArgumentException("there is no setting " + name);
        }
        return value;
    }

    /**
     * The value of one.
     *
     * @throws IllegalArgumentException if there is none of this name, or it is not a number
     */
    public double number(String name) {
        try {
            return Double.parseDouble(text(name));
        } catch (NumberFormatException e) {
            throw notA("number", name, e);
        }
    }

    /**
     * The value of one.
     *
     * @throws IllegalArgumentException if there is none of this name, or it is not a whole number
     */
    public long integer(String name) {
        try {
            return Long.parseLong(text(name));
        } catch (NumberFormatException e) {
            throw notA("whole number", name, e);
        }
    }

    /**
     * The value of one.
     *
     * @throws IllegalArgumentException if there is none of this name, or it is not a whole number, or too large a one
     */
    public int size(String name) {
        try {
            return Integer.parseInt(text(name));
        } catch (NumberFormatException e) {
            throw notA("whole number", name, e);
        }
    }

    /**
     * The value of one.
     *
     * @throws IllegalArgumentException if there is none of this name, or it is not a list of whole numbers
     */
    public List<Integer> sizes(String name) {
        try {
            return Arrays.stream(text(name).split(",")).map(Integer::valueOf).toList();
        } catch (NumberFormatException e) {
            throw notA("list of whole numbers", name, e);
        }
    }

    private IllegalArgumentException notA(String kind, String name, NumberFormatException cause) {
        return new IllegalArgumentException(name + " must be a " + kind + ", got '" + text(name) + "'", cause);
    }

    /** What is not the same in others, by name: a line each, {@code NAME is VALUE, not VALUE}, where these come first. */
    public List<String> differencesTo(Settings others) {
        List<String> lines = new ArrayList<>();
        Map<String, String> all = new LinkedHashMap<>(values);
        others.values.forEach(all::putIfAbsent);
        for (String name : all.keySet()) {
            if (!Objects.equals(values.get(name), others.values.get(name))) {
                lines.add(
                        "%s is %s, not %s".formatted(name, orNone(values.get(name)), orNone(others.values.get(name))));
            }
        }
        return lines;
    }

    private static String orNone(String value) {
        return value == null ? "not set" : value;
    }

    /** {@code NAME=VALUE NAME=VALUE …}. */
    @Override
    public String toString() {
        return values.entrySet().stream()
                .map(setting -> setting.getKey() + "=" + setting.getValue())
                .collect(Collectors.joining(" "));
    }

    /**
     * The inverse of {@link #toString}.
     *
     * @throws IllegalArgumentException if the text is not of that form
     */
    public static Settings parse(String text) {
        Settings settings = NONE;
        for (String pair : text.isEmpty() ? new String[0] : text.split(" ", -1)) {
            int equals = pair.indexOf('=');
            if (equals < 1 || settings.has(pair.substring(0, equals))) {
                throw new IllegalArgumentException("'" + pair + "' is not one setting, NAME=VALUE");
            }
            settings = settings.with(pair.substring(0, equals), pair.substring(equals + 1));
        }
        return settings;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Settings settings && values.equals(settings.values);
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }
}
