package sparsestream.cli;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Help.Ansi.Text;
import picocli.CommandLine.Help.ColorScheme;
import picocli.CommandLine.Help.IOptionRenderer;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Gives every option an environment variable, named after the longest of its names: {@code --batch-size} is
 * {@code SPARSESTREAM_BATCH_SIZE}. An empty variable counts as unset.
 */
final class EnvironmentDefaults implements IDefaultValueProvider {
    private final Map<String, String> environment;

    EnvironmentDefaults(Map<String, String> environment) {
        this.environment = Map.copyOf(environment);
    }

    @Override
    public String defaultValue(ArgSpec argument) {
        return variable(argument)
                .map(environment::get)
                .filter(value -> !value.isEmpty())
                .orElse(null);
    }

    /** The variable of an option; none for positional parameters, {@code --help} and {@code --version}. */
    static Optional<String> variable(ArgSpec argument) {
        if (!(argument instanceof OptionSpec option) || option.usageHelp() || option.versionHelp()) {
            return Optional.empty();
        }
        String name = option.longestName().replaceFirst("^-+", "");
        return Optional.of("SPARSESTREAM_" + name.replace('-', '_').toUpperCase(Locale.ROOT));
    }

    /** A help page that names the variable under each option. */
    static Help help(CommandSpec command, ColorScheme colors) {
        return new Help(command, colors) {
            @Override
            public IOptionRenderer createDefaultOptionRenderer() {
                IOptionRenderer lines = super.createDefaultOptionRenderer();
                return (option, labels, scheme) -> withVariable(lines.render(option, labels, scheme), option);
            }
        };
    }

    private static Text[][] withVariable(Text[][] lines, OptionSpec option) {
        Optional<String> variable = variable(option);
        if (variable.isEmpty()) {
            return lines;
        }
        Text[] last = new Text[lines[0].length];
        Arrays.fill(last, Ansi.OFF.new Text(""));
        last[last.length - 1] = Ansi.OFF.new Text("[" + variable.get() + "]");
        Text[][] extended = Arrays.copyOf(lines, lines.length + 1);
        extended[lines.length] = last;
        return extended;
    }
}
