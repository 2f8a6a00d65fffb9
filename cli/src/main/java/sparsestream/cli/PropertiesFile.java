package sparsestream.cli;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** Kafka settings from a file that an option names. They may hold passwords: never print them. */
final class PropertiesFile {
    private PropertiesFile() {}

    /**
     * The settings in a file.
     *
     * @throws ParameterException if it cannot be read
     */
    static Map<String, String> read(CommandSpec command, String option, Path file) {
        try (Reader reader = Files.newBufferedReader(file)) {
            Properties properties = new Properties();
            properties.load(reader);
            return properties.stringPropertyNames().stream()
                    .collect(Collectors.toMap(name -> name, properties::getProperty));
        } catch (NoSuchFileException missing) {
            throw unreadable(command, option, file, "no such file", missing);
        } catch (IOException failure) {
            String reason = Files.isDirectory(file) ? "it is a directory" : "it cannot be read as UTF-8";
            throw unreadable(command, option, file, reason, failure);
        } catch (IllegalArgumentException malformed) {
            throw unreadable(command, option, file, "it has a malformed \\u escape", malformed);
        }
    }

    private static ParameterException unreadable(
            CommandSpec command, String option, Path file, String reason, Exception cause) {
        return new ParameterException(
                command.commandLine(), "cannot read " + option + " " + file + ": " + reason, cause);
    }
}
