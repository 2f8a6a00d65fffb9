package sparsestream.monitoring;

/**
 * Where an HTTP server listens.
 *
 * @param host name or address of one of this machine's interfaces
 * @param port 0 takes any free port; others than 0..65535 are an {@link IllegalArgumentException}
 */
public record HttpAddress(String host, int port) {
    private static final int MAX_PORT = 65_535;

    public HttpAddress {
        if (host.isBlank()) {
            throw new IllegalArgumentException("host must not be blank");
        }
        if (port < 0 || port > MAX_PORT) {
            throw new IllegalArgumentException("port must be between 0 and " + MAX_PORT + ", not " + port);
        }
    }

    /** A port that only this machine can reach. */
    public static HttpAddress loopback(int port) {
        return new HttpAddress("127.0.0.1", port);
    }

    @Override
    public String toString() {
        return host.contains(":") ? "[" + host + "]:" + port : host + ":" + port;
    }
}
