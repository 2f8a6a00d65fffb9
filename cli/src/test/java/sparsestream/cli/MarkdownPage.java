package sparsestream.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A page of the documentation.
 *
 * @param file from the root of the repository
 */
record MarkdownPage(Path file, String text) {
    static final Path ROOT = Path.of("..");

    private static final Pattern LISTING = Pattern.compile("(?ms)^```\\w*$(.*?)^```$");
    private static final Pattern CODE = Pattern.compile("`([^`]+)`");
    private static final Pattern LINK = Pattern.compile("\\[[^\\]]*\\]\\(([^)\\s]+)\\)");
    private static final Pattern HEADING = Pattern.compile("(?m)^#{1,6} (.+)$");
    private static final Pattern COMMAND =
            Pattern.compile("(?m)(?<![\\w./])\\./sparsestream((?: +(?![|>&#])[^\\s;)]+)*)");

    static MarkdownPage read(Path file) throws IOException {
        return new MarkdownPage(file, Files.readString(ROOT.resolve(file)));
    }

    /** Every page that a user or a developer is led to. */
    static List<MarkdownPage> all() throws IOException {
        List<Path> files = new ArrayList<>();
        for (String name :
                List.of("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "RATIONALE.md", "benchmarks/README.md")) {
            files.add(Path.of(name));
        }
        try (Stream<Path> docs = Files.walk(ROOT.resolve("docs"))) {
            docs.filter(file -> file.toString().endsWith(".md"))
                    .map(ROOT::relativize)
                    .sorted()
                    .forEach(files::add);
        }
        List<MarkdownPage> pages = new ArrayList<>();
        for (Path file : files) {
            pages.add(read(file));
        }
        return pages;
    }

    /** Where its links lead, as they are written. */
    List<String> links() {
        String readable = CODE.matcher(prose()).replaceAll("code");
        return LINK.matcher(readable).results().map(link -> link.group(1)).toList();
    }

    /** The names that links can have behind {@code #}, as GitHub makes them from headings. */
    Set<String> anchors() {
        Map<String, Integer> seen = new HashMap<>();
        Set<String> anchors = new HashSet<>();
        HEADING.matcher(prose())
                .results()
                .map(heading -> anchor(heading.group(1)))
                .forEach(anchor -> {
                    int before = seen.merge(anchor, 1, Integer::sum) - 1;
                    anchors.add(before == 0 ? anchor : anchor + "-" + before);
                });
        return anchors;
    }

    private static String anchor(String heading) {
        return heading.replaceAll("\\[([^\\]]*)\\]\\([^)]*\\)", "$1")
                .toLowerCase(Locale.ROOT)
                .replaceAll("[^\\p{L}\\p{N}\\p{M}_ -]", "")
                .strip()
                .replace(' ', '-');
    }

    /** The arguments of every command line of ours, in listings and between backquotes. */
    List<List<String>> commands() {
        Stream<String> listings =
                LISTING.matcher(text).results().map(listing -> listing.group(1).replace("\\\n", " "));
        Stream<String> phrases =
                CODE.matcher(prose()).results().map(code -> code.group(1).replaceAll("\\s+", " "));
        return Stream.concat(listings, phrases)
                .flatMap(code -> COMMAND.matcher(code).results())
                .map(MarkdownPage::arguments)
                .toList();
    }

    private static List<String> arguments(MatchResult command) {
        return Stream.of(command.group(1).strip().split(" +", -1))
                .filter(argument -> !argument.isEmpty())
                .toList();
    }

    private String prose() {
        return LISTING.matcher(text).replaceAll("");
    }
}
