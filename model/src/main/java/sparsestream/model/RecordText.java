package sparsestream.model;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a Java record of numbers, names, lists and other such records prints, read back. Release 0.1.0 saved its settings so.
 *
 * @param name of the record's class
 * @param values by the path of their component's names, such as {@code adam.learningRate}; a list as {@code 128,256}
 */
public record RecordText(String name, Map<String, String> values) {
    /**
     * Reads {@code Name[component=value, …]}.
     *
     * @throws IllegalArgumentException if the text is not of that form
     */
    public static RecordText parse(String text) {
        int open = text.indexOf('[');
        if (open < 1 || !text.endsWith("]")) {
            throw new IllegalArgumentException("'" + text + "' is not what a record prints");
        }
        Map<String, String> values = new LinkedHashMap<>();
        read("", text.substring(open + 1, text.length() - 1), values);
        return new RecordText(text.substring(0, open), values);
    }

    private static void read(String path, String components, Map<String, String> values) {
        int from = 0;
        while (from < components.length()) {
            int to = endOfComponent(components, from);
            String component = components.substring(from, to);
            int equals = component.indexOf('=');
            if (equals < 1) {
                throw new IllegalArgumentException("'" + component + "' is not a component of a record");
            }
            String name = path + component.substring(0, equals);
            String value = component.substring(equals + 1);
            int open = value.indexOf('[');
            if (open > 0 && value.endsWith("]")) {
                read(name + ".", value.substring(open + 1, value.length() - 1), values);
            } else if (open == 0) {
                values.put(name, value.substring(1, value.length() - 1).replace(" ", ""));
            } else {
                values.put(name, value);
            }
            from = to + ", ".length();
        }
    }

    /** The next comma that is in no brackets. */
    private static int endOfComponent(String components, int from) {
        int depth = 0;
        for (int i = from; i < components.length(); i++) {
            char c = components.charAt(i);
            depth += c == '[' ? 1 : c == ']' ? -1 : 0;
            if (depth == 0 && c == ',') {
                return i;
            }
        }
        return components.length();
    }

    /**
     * The value at a path.
     *
     * @throws IllegalArgumentException if there is none
     */
    public String value(String path) {
        String value = values.get(path);
        if (value == null) {
            throw new IllegalArgumentException(name + " has no " + path);
        }
        return value;
    }
}
