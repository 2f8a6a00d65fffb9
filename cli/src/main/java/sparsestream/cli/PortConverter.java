package sparsestream.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Takes a TCP port, or 0 for any free one. */
final class PortConverter implements ITypeConverter<Integer> {
    private static final int MAX_PORT = 65_535;

    @Override
    public Integer convert(String value) {
        try {
            int port = Integer.parseInt(value);
            if (port >= 0 && port <= MAX_PORT) {
                return port;
            }
        } catch (NumberFormatException notANumber) {
            // Told below, together with the numbers that are no ports.
        }
        throw new TypeConversionException("'" + value + "' is not a port between 0 and " + MAX_PORT);
    }
}
