package sparsestream.contract;

/** A message whose bytes do not mean what its topic promises. The message can be set aside; nothing else is wrong. */
public final class MalformedMessageException extends Exception {
    private static final long serialVersionUID = 1;
    private static final int MAX_FIELD_CHARS = 200;
    private static final int MAX_PROBLEM_CHARS = 500;

    private final String field;

    /**
     * A fault in one field.
     *
     * @param field where in the message, such as {@code images.shape}
     * @param problem what is wrong, with the offending values; both are cut to a length that fits a log line or header
     */
    public MalformedMessageException(String field, String problem) {
        this(field, problem, null);
    }

    public MalformedMessageException(String field, String problem, Throwable cause) {
        super(printable(field, MAX_FIELD_CHARS) + ": " + printable(problem, MAX_PROBLEM_CHARS), cause);
        this.field = printable(field, MAX_FIELD_CHARS);
    }

    /** Where in the message the fault is, such as {@code images.data_offsets}. */
    public String field() {
        return field;
    }

    /** Names come out of foreign bytes: they must not be able to break a line of a log. */
    private static String printable(String text, int maxChars) {
        String cut = text.length() <= maxChars ? text : text.substring(0, maxChars - 1) + "…";
        return cut.replaceAll("[\\p{Cntrl}\\p{Cs}\u2028\u2029]", "?");
    }
}
