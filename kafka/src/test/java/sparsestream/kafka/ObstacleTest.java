package sparsestream.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;

class ObstacleTest {
    @Test
    void aNameThatNobodyKnowsIsOne() {
        assertThat(Obstacle.before("nowhere.invalid:9092", false))
                .contains("the name nowhere.invalid is not known yet");
    }

    @Test
    void aClosedPortIsOne() throws IOException {
        int port = closedPort();

        assertThat(Obstacle.before("127.0.0.1:" + port, true)).contains("127.0.0.1:" + port + " takes no connections");
        assertThat(Obstacle.before("[::1]:" + port, true).orElseThrow()).startsWith("::1:" + port + " ");
    }

    @Test
    void aPortThatIsOpenMayBeOfAnotherProtocol() throws IOException {
        try (ServerSocket open = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String servers = "nowhere.invalid:9092, 127.0.0.1:" + open.getLocalPort();

            assertThat(Obstacle.before(servers, false).orElseThrow())
                    .contains(" takes connections: are security.protocol");
            assertThat(Obstacle.before(servers, true)).isEmpty();
        }
    }

    @Test
    void whatIsNoAddressIsLeftToKafka() {
        assertThat(Obstacle.before("nonsense,also:nonsense,host:99999", false)).isEmpty();
    }

    private static int closedPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
