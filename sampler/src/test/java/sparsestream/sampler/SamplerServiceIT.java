package sparsestream.sampler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import sparsestream.monitoring.Health;
import sparsestream.monitoring.Health.State;
import sparsestream.monitoring.Metrics;

/** The real Kafka clients, with nobody to talk to. */
class SamplerServiceIT {
    private final Metrics metrics = new Metrics();
    private final Health health = new Health();
    /** Takes connections and never answers. */
    private ServerSocket silent;

    private SamplerService service;

    @BeforeEach
    void listen() throws IOException {
        silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Map<String, Object> kafka = Map.of("bootstrap.servers", "127.0.0.1:" + silent.getLocalPort());
        service = new SamplerService(new SamplerConfig(kafka, "", "run", List.of("vae", "gan"), 4, 0), metrics, health);
    }

    @AfterEach
    void close() throws IOException {
        service.close();
        silent.close();
        metrics.close();
    }

    @Test
    void itWaitsForTheClusterAndStopsWithinABoundedTime() throws InterruptedException {
        Thread thread = new Thread(service);
        thread.start();
        await().atMost(Duration.ofSeconds(30)).until(() -> health.readiness().state() == State.DOWN);
        assertThat(health.liveness().state()).isEqualTo(State.UP);
        assertThat(service.state().connected()).isFalse();
        service.close();
        thread.join(Duration.ofSeconds(1).toMillis());
        assertThat(thread.isAlive()).isFalse();
        assertThatThrownBy(service::run).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void beforeItRunsNothingIsServed() {
        assertThat(health.readiness().state()).isEqualTo(State.STARTING);
        assertThat(health.readiness().checks()).containsOnlyKeys("kafka", "model.vae", "model.gan");
        assertThat(service.state().model("vae").orElseThrow().version()).isEmpty();
        assertThat(service.imagesGenerated("gan")).isZero();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> service.imagesGenerated("wgan"))
                .withMessage("no model 'wgan' is served");
    }
}
