package sparsestream.contract;

import java.util.Map;

/** The metadata of a safetensors file, read with checks. */
public final class Metadata {
    private final Map<String, String> values;

    public Metadata(Map<String, String> values) {
        this.values = values;
    }

    /**
     * A string.
     *
     * @throws MalformedMessageException if there is no such entry or it is empty
     */
    public String text(String name) throws MalformedMessageException {
        String value = values.get(name);
        if (value == null || value.isEmpty()) {
            throw new MalformedMessageException("__metadata__." + name, "is missing");
        }
        return value;
    }

    /**
     * An integer from {@code min} to {@code max}.
     *
     * @throws MalformedMessageException if it is missing or not such a number
     */
    public long integer(String name, long min, long max) throws MalformedMessageException {
        String text = text(name);
        try {
            long value = Long.parseLong(text);
            if (value >= min && value <= max) {
                return value;
            }
        } catch (NumberFormatException e) {
            throw new MalformedMessageException("__metadata__." + name, "'" + text + "' is not an integer", e);
        }
        throw new MalformedMessageException("__metadata__." + name, text + " is not between " + min + " and " + max);
    }

    /**
     * A finite number.
     *
     * @throws MalformedMessageException if it is missing or not such a number
     */
    public double number(String name) throws MalformedMessageException {
        String text = text(name);
        try {
            double value = Double.parseDouble(text);
            if (Double.isFinite(value)) {
                return value;
            }
        } catch (NumberFormatException e) {
            throw new MalformedMessageException("__metadata__." + name, "'" + text + "' is not a number", e);
        }
        throw new MalformedMessageException("__metadata__." + name, text + " is not finite");
    }
}
