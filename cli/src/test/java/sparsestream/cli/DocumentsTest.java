package sparsestream.cli;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/** What the documentation says, held against the program. */
class DocumentsTest {
    private static final Path REFERENCE = Path.of("docs", "configuration.md");
    private static final int MAX_README_LINES = 150;

    /** They belong to no option. */
    private static final Set<String> OTHER_VARIABLES = Set.of("SPARSESTREAM_DATA", "SPARSESTREAM_JAVA_OPTS");

    private static final Pattern MESSAGE = Pattern.compile("^\\| `([^`]+)`");

    @Test
    void everyLinkLeadsSomewhere() throws IOException {
        List<String> dead = new ArrayList<>();
        int followed = 0;
        for (MarkdownPage page : MarkdownPage.all()) {
            for (String link : page.links()) {
                if (!link.matches("[a-z]+:.*")) {
                    followed++;
                    if (!leadsSomewhere(page, link)) {
                        dead.add(page.file() + ": " + link);
                    }
                }
            }
        }
        assertThat(dead).as("links that lead nowhere").isEmpty();
        assertThat(followed).isGreaterThan(50);
    }

    private static boolean leadsSomewhere(MarkdownPage page, String link) throws IOException {
        String[] parts = link.split("#", 2);
        Path file = parts[0].isEmpty()
                ? page.file()
                : Path.of("/").resolve(page.file()).resolveSibling(parts[0]).normalize();
        Path target =
                MarkdownPage.ROOT.resolve(Path.of("/").relativize(Path.of("/").resolve(file)));
        return Files.exists(target)
                && (parts.length == 1
                        || new MarkdownPage(file, Files.readString(target))
                                .anchors()
                                .contains(parts[1]));
    }

    @Test
    void everyPageOfTheDocsIsInTheirIndex() throws IOException {
        List<String> index = MarkdownPage.read(Path.of("docs", "README.md")).links();
        try (Stream<Path> docs = Files.list(MarkdownPage.ROOT.resolve("docs"))) {
            assertThat(docs.map(file -> file.getFileName().toString())
                            .filter(name -> name.endsWith(".md") && !name.equals("README.md")))
                    .isNotEmpty()
                    .isSubsetOf(index);
        }
    }

    @Test
    void theReadmeIsOnePage() throws IOException {
        assertThat(MarkdownPage.read(Path.of("README.md")).text().lines().count())
                .isLessThanOrEqualTo(MAX_README_LINES);
    }

    /** The reference has all of them anyway, and explains none. */
    @Test
    void everyOptionIsExplainedOutsideTheReference() throws IOException {
        String docs = "";
        for (MarkdownPage page : MarkdownPage.all()) {
            docs += page.file().startsWith("docs") && !page.file().equals(REFERENCE) ? page.text() : "";
        }
        Set<String> unexplained = new HashSet<>();
        for (OptionSpec option : options()) {
            String names = String.join("|", option.names());
            if (!Pattern.compile("(?<![\\w-])(" + names + ")(?![\\w-])")
                    .matcher(docs)
                    .find()) {
                unexplained.add(option.longestName());
            }
        }
        assertThat(unexplained)
                .as("options that no page in docs/ mentions, but for the reference")
                .isEmpty();
    }

    @Test
    void everyVariableThatIsNamedIsRead() throws IOException {
        Set<String> known = options().stream()
                .flatMap(option -> EnvironmentDefaults.variable(option).stream())
                .collect(toSet());
        known.addAll(OTHER_VARIABLES);
        Pattern variable = Pattern.compile("SPARSESTREAM_[A-Z0-9_]*[A-Z0-9]");
        for (MarkdownPage page : MarkdownPage.all()) {
            assertThat(variable.matcher(page.text()).results().map(found -> found.group()))
                    .as("variables in " + page.file())
                    .isSubsetOf(known);
        }
    }

    /** None is run: that could take days. The benchmarks are a program of their own, which has the same test. */
    @Test
    void everyCommandLineIsUnderstood() throws IOException {
        CommandLine commandLine = commandLine();
        List<String> refused = new ArrayList<>();
        int understood = 0;
        for (MarkdownPage page : MarkdownPage.all()) {
            for (List<String> command : page.commands()) {
                if (command.isEmpty()
                        || command.get(0).equals("bench")
                        || command.get(0).equals("COMMAND")) {
                    continue;
                }
                try {
                    commandLine.parseArgs(command.toArray(String[]::new));
                    understood++;
                } catch (ParameterException e) {
                    if (!isOnlyNamed(command, e)) {
                        refused.add("%s: ./sparsestream %s: %s"
                                .formatted(page.file(), String.join(" ", command), e.getMessage()));
                    }
                }
            }
        }
        assertThat(refused).as("command lines that the program refuses").isEmpty();
        assertThat(understood).isGreaterThan(40);
    }

    /** What a sentence calls a command by, without options, is no line to type. */
    private static boolean isOnlyNamed(List<String> command, ParameterException refusal) {
        return refusal instanceof MissingParameterException
                && command.stream().noneMatch(argument -> argument.startsWith("-"));
    }

    /** Those that docs/troubleshooting.md has in its first columns; an ellipsis stands for names and numbers. */
    @Test
    void everyMessageThatIsExplainedIsInTheProgram() throws IOException {
        String program = program();
        List<String> unknown = new ArrayList<>();
        int found = 0;
        for (String line : Files.readAllLines(MarkdownPage.ROOT.resolve("docs/troubleshooting.md"))) {
            Matcher message = MESSAGE.matcher(line);
            if (message.find()) {
                found++;
                boolean known =
                        Stream.of(message.group(1).split("…", -1)).allMatch(part -> program.contains(part.strip()));
                if (!known) {
                    unknown.add(message.group(1));
                }
            }
        }
        assertThat(unknown)
                .as("messages in docs/troubleshooting.md that the program does not have")
                .isEmpty();
        assertThat(found).isGreaterThan(80);
    }

    /** The sources, with texts that are put together on several lines in one piece. */
    private static String program() throws IOException {
        StringBuilder program = new StringBuilder(Files.readString(MarkdownPage.ROOT.resolve("sparsestream")));
        try (Stream<Path> modules = Files.list(MarkdownPage.ROOT)) {
            for (Path sources : modules.map(module -> module.resolve("src/main/java"))
                    .filter(Files::exists)
                    .toList()) {
                try (Stream<Path> files = Files.walk(sources)) {
                    for (Path file : files.filter(file -> file.toString().endsWith(".java"))
                            .toList()) {
                        program.append(Files.readString(file));
                    }
                }
            }
        }
        return program.toString().replaceAll("\"\\s*\\+\\s*\"", "").replace("\\\"", "\"");
    }

    private static List<OptionSpec> options() {
        return ConfigurationReference.commands(commandLine()).values().stream()
                .flatMap(command -> command.options().stream())
                .filter(option -> !option.usageHelp() && !option.versionHelp())
                .filter(option -> Arrays.stream(option.names()).anyMatch(name -> name.startsWith("--")))
                .toList();
    }

    private static CommandLine commandLine() {
        return Main.commandLine(Map.of(), new ShutdownSignal());
    }
}
