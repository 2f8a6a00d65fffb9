package sparsestream.sampler.gallery;

import java.util.regex.Pattern;
import sparsestream.sampler.EmittedImage;

/**
 * The command line that makes an image again, for a shell.
 *
 * @param bootstrapServers of the cluster that has the image
 * @param topicPrefix put before every topic's name; may be empty
 */
record ReplayCommand(String bootstrapServers, String topicPrefix) {
    static final ReplayCommand LOCAL = new ReplayCommand("localhost:9092", "");

    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9.,:_\\[\\]-]+");

    String of(EmittedImage emitted) {
        StringBuilder command = new StringBuilder("./sparsestream replay image");
        if (!bootstrapServers.equals(LOCAL.bootstrapServers)) {
            command.append(" --bootstrap-servers ").append(quoted(bootstrapServers));
        }
        if (!topicPrefix.isEmpty()) {
            command.append(" --topic-prefix ").append(quoted(topicPrefix));
        }
        return command.append(" --partition ")
                .append(emitted.partition())
                .append(" --offset ")
                .append(emitted.offset())
                .append(" --out image.png")
                .toString();
    }

    private static String quoted(String argument) {
        return PLAIN.matcher(argument).matches() ? argument : "'" + argument.replace("'", "'\\''") + "'";
    }
}
