package sparsestream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The listings that the documentation shows, for tests that run them. */
final class Documents {
    private static final String FENCE = "```";

    private Documents() {}

    /**
     * The one listing of a document that contains a text.
     *
     * @param document from the root of the repository, such as {@code README.md}
     * @param language that the listing is marked with; empty for none
     */
    static String listing(String document, String language, String text) throws IOException {
        List<String> found = listings(Files.readAllLines(Path.of("..", document)), language).stream()
                .filter(listing -> listing.contains(text))
                .toList();
        assertThat(found).as("listings in %s that contain %s", document, text).hasSize(1);
        return found.get(0);
    }

    /** The lines that are not blank, of which the documentation promises a number. */
    static List<String> lines(String listing) {
        return listing.lines().filter(line -> !line.isBlank()).toList();
    }

    private static List<String> listings(List<String> document, String language) {
        List<String> listings = new ArrayList<>();
        String inside = null;
        for (String line : document) {
            boolean fence = line.startsWith(FENCE);
            if (fence && inside == null) {
                inside = line.substring(FENCE.length());
                listings.add("");
            } else if (fence) {
                if (!inside.equals(language)) {
                    listings.remove(listings.size() - 1);
                }
                inside = null;
            } else if (inside != null) {
                listings.add(listings.remove(listings.size() - 1) + line + "\n");
            }
        }
        return listings;
    }
}
