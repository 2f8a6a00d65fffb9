package sparsestream.kafka;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What is between a process and brokers that do not answer, as far as a plain connection can tell. */
final class Obstacle {
    private static final Pattern SERVER = Pattern.compile("(?:.*://)?\\[?([^/]*?)]?:([0-9]{1,5})");
    private static final int CONNECT_TIMEOUT_MS = 1_000;

    private Obstacle() {}

    /**
     * The obstacle, as a main clause; empty if there is none that shows.
     *
     * @param servers as in {@code bootstrap.servers}
     * @param everAnswered whether they have answered since this process has started: then their settings are right
     */
    static Optional<String> before(String servers, boolean everAnswered) {
        List<String> obstacles = new ArrayList<>();
        for (String server : servers.split(",", -1)) {
            Matcher address = SERVER.matcher(server.strip());
            if (address.matches() && Integer.parseInt(address.group(2)) <= 65_535) {
                Optional<String> obstacle = before(address.group(1), Integer.parseInt(address.group(2)));
                if (obstacle.isEmpty()) {
                    return everAnswered
                            ? Optional.empty()
                            : Optional.of(server.strip() + " takes connections: are security.protocol, the ssl and sasl"
                                    + " settings, and the address that the broker advertises, right?");
                }
                obstacles.add(obstacle.get());
            }
        }
        return obstacles.stream().findFirst();
    }

    private static Optional<String> before(String host, int port) {
        InetSocketAddress address = new InetSocketAddress(host, port);
        if (address.isUnresolved()) {
            return Optional.of("the name " + host + " is not known yet");
        }
        try (Socket socket = new Socket()) {
            socket.connect(address, CONNECT_TIMEOUT_MS);
            return Optional.empty();
        } catch (ConnectException e) {
            return Optional.of("%s:%s takes no connections".formatted(host, port));
        } catch (IOException e) {
            return Optional.of("%s:%s can't be reached".formatted(host, port));
        }
    }
}
