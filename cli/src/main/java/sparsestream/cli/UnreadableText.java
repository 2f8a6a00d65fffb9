package sparsestream.cli;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What this process was given in letters that its locale does not have.
 *
 * <p>Java reads arguments, variables and the working directory in the character set of the locale. A letter that this lacks becomes the
 * replacement character, and what is then written to such a path goes to a folder called {@code ??}. The launcher sees to it that this
 * does not happen; {@code java -jar} does not.
 */
final class UnreadableText {
    private static final String REPLACEMENT = "\uFFFD";

    private UnreadableText() {}

    /** What to tell the user about the first such text; empty if there is none. */
    static Optional<String> find(String[] arguments, Map<String, String> environment, String workingDirectory) {
        return Stream.of(
                        Arrays.stream(arguments).map(argument -> "the argument " + argument),
                        environment.entrySet().stream()
                                .filter(variable -> variable.getKey().startsWith("SPARSESTREAM_"))
                                .map(variable -> variable.getKey() + "=" + variable.getValue()),
                        Stream.of("the working directory " + workingDirectory))
                .flatMap(texts -> texts)
                .filter(text -> text.contains(REPLACEMENT))
                .map(
                        text -> text.replace(REPLACEMENT, "?")
                                + " has letters that the locale does not have; set LC_ALL=C.UTF-8, or use the launcher, which does")
                .findFirst();
    }
}
