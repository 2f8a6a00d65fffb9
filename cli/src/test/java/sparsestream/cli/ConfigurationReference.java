package sparsestream.cli;

import static java.util.stream.Collectors.joining;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The page {@code docs/configuration.md}: every command and every option, as the command line itself has them. */
final class ConfigurationReference {
    private static final String HEADER = """
            # All options

            This page is written by a test from the command line, and the test fails when the two differ. To write it again:
            `mvn test -Dtest=ConfigurationReferenceTest -Dsurefire.failIfNoSpecifiedTests=false -Dwrite`

            An option is given on the command line, or as its environment variable. The command line wins. An empty variable counts as
            unset; a flag is switched on by the value `true`.

            These variables belong to no option:

            | variable | meaning |
            |---|---|
            | `SPARSESTREAM_DATA` | Folder in which datasets are looked for first, such as `mnist` in it |
            | `SPARSESTREAM_JAVA_OPTS` | Flags for the Java virtual machine, separated by spaces; read by the launcher `./sparsestream` |
            | `https_proxy`, `http_proxy`, `all_proxy`, `no_proxy` | Proxy through which datasets are downloaded, and hosts that need none |

            ## Commands

            | command | does | options |
            |---|---|---|
            """;

    private static final String OPTIONS = """

            ## Options

            The same option means the same everywhere. Where its default or its meaning differs between commands, it has several rows.

            | option and variable | value | default | meaning | commands |
            |---|---|---|---|---|
            """;

    private static final Pattern DEFAULT = Pattern.compile("\\s*\\(default: ([^()]*)\\)");

    private ConfigurationReference() {}

    static String of(CommandLine commandLine) {
        Map<String, CommandSpec> commands = commands(commandLine);
        return HEADER
                + commands.entrySet().stream()
                        .map(command -> commandRow(command.getKey(), command.getValue()))
                        .collect(joining())
                + OPTIONS
                + optionRows(commands);
    }

    /** Those that do something, by what is typed; {@code replay} alone does nothing. */
    static Map<String, CommandSpec> commands(CommandLine commandLine) {
        Map<String, CommandSpec> commands = new TreeMap<>();
        commandLine.getSubcommands().forEach((name, command) -> {
            if (command.getSubcommands().isEmpty()) {
                commands.put(name, command.getCommandSpec());
            }
            commands(command).forEach((below, spec) -> commands.put(name + " " + below, spec));
        });
        return commands;
    }

    private static String commandRow(String name, CommandSpec command) {
        String does = String.join(" ", command.usageMessage().description());
        String options = command.options().stream()
                .map(OptionSpec::longestName)
                .sorted()
                .map(option -> "`" + option + "`")
                .collect(joining(" "));
        return "| `%s` | %s | %s |%n".formatted(name, cell(does), options);
    }

    private static String optionRows(Map<String, CommandSpec> commands) {
        Map<String, List<String>> commandsOf = new TreeMap<>();
        commands.forEach((name, command) -> command.options().forEach(option -> commandsOf
                .computeIfAbsent(optionRow(option), none -> new ArrayList<>())
                .add("`" + name + "`")));
        return commandsOf.entrySet().stream()
                .map(row -> row.getKey()
                        + (row.getValue().size() == commands.size() ? "all" : String.join(", ", row.getValue()))
                        + " |\n")
                .collect(joining());
    }

    /** All of a row but its commands; rows are in the order of the options' names. */
    private static String optionRow(OptionSpec option) {
        String names = Arrays.stream(option.names())
                .sorted((one, other) -> Integer.compare(other.length(), one.length()))
                .map(name -> "`" + name + "`")
                .collect(joining(", "));
        String variable = EnvironmentDefaults.variable(option)
                .map(name -> "<br>`" + name + "`")
                .orElse("");
        String text = String.join(" ", option.description());
        Matcher value = DEFAULT.matcher(text);
        String otherwise = option.required() ? "required" : option.arity().max() == 0 ? "off" : "none";
        String unless = value.find() ? value.group(1) : otherwise;
        String label = option.arity().max() == 0 ? "" : "`" + cell(option.paramLabel()) + "`";
        return "| %s%s | %s | %s | %s | ".formatted(names, variable, label, cell(unless), cell(value.replaceFirst("")));
    }

    private static String cell(String text) {
        return text.replace("|", "\\|").replaceAll("\\s+", " ").strip();
    }
}
