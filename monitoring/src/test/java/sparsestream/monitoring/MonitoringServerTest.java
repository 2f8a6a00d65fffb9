package sparsestream.monitoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MonitoringServerTest {
    private final HttpClient client = HttpClient.newHttpClient();
    private final Metrics metrics = new Metrics();
    private final Health health = new Health();
    private final MonitoringServer server =
            MonitoringServer.start(HttpAddress.loopback(0), metrics.registry(), health, javalin -> {
                javalin.get("/hello", context -> context.result("hello"));
                javalin.get("/broken", context -> {
                    throw new IllegalStateException("a secret of the server");
                });
            });

    @AfterEach
    void stop() {
        server.close();
        metrics.close();
    }

    @Test
    void metersAreShownInPrometheusText() throws Exception {
        metrics.registry().counter("sparsestream.steps", "model", "vae").increment(3);
        HttpResponse<String> response = send("GET", "/metrics");
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(contentType(response)).isEqualTo("text/plain; version=0.0.4; charset=utf-8");
        assertThat(response.body()).contains("sparsestream_steps_total{model=\"vae\"} 3.0\n");
    }

    @Test
    void whoAsksForOpenMetricsGetsThem() throws Exception {
        HttpRequest request = request("GET", "/metrics")
                .header("Accept", "application/openmetrics-text;version=1.0.0,text/plain;q=0.5")
                .build();
        HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
        assertThat(contentType(response)).isEqualTo("application/openmetrics-text; version=1.0.0; charset=utf-8");
        assertThat(response.body()).endsWith("# EOF\n");
    }

    @Test
    void healthTellsTheReasons() throws Exception {
        health.ready("kafka", false, "no broker answers");
        HttpResponse<String> ready = send("GET", "/health/ready");
        assertThat(ready.statusCode()).isEqualTo(503);
        assertThat(contentType(ready)).isEqualTo("application/json");
        assertThat(ready.body())
                .isEqualTo("{\"state\":\"DOWN\",\"checks\":"
                        + "{\"kafka\":{\"state\":\"DOWN\",\"reason\":\"no broker answers\"}}}");

        HttpResponse<String> live = send("GET", "/health/live");
        assertThat(live.statusCode()).isEqualTo(200);
        assertThat(live.body()).isEqualTo("{\"state\":\"UP\",\"checks\":{}}");
    }

    @Test
    void headTellsTheSameStatusWithoutABody() throws Exception {
        health.ready("kafka", false, "no broker answers");
        HttpResponse<String> response = send("HEAD", "/health/ready");
        assertThat(response.statusCode()).isEqualTo(503);
        assertThat(response.body()).isEmpty();
    }

    @Test
    void nothingCanBePosted() throws Exception {
        assertThat(send("POST", "/health/live").statusCode()).isEqualTo(405);
        assertThat(send("DELETE", "/metrics").statusCode()).isEqualTo(405);
    }

    @Test
    void anUnknownPathIsNotFound() throws Exception {
        assertThat(send("GET", "/unknown").statusCode()).isEqualTo(404);
    }

    @Test
    void aServiceAddsItsOwnRoutes() throws Exception {
        assertThat(send("GET", "/hello").body()).isEqualTo("hello");
    }

    @Test
    void aRouteThatFailsDoesNotTellItsSecrets() throws Exception {
        HttpResponse<String> response = send("GET", "/broken");
        assertThat(response.statusCode()).isEqualTo(500);
        assertThat(response.body()).isEqualTo("internal error");
    }

    @Test
    void aPortInUseIsOneClearLine() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            HttpAddress address = HttpAddress.loopback(taken.getLocalPort());
            assertThatThrownBy(() -> MonitoringServer.start(address, metrics.registry(), health))
                    .isInstanceOf(HttpBindException.class)
                    .hasMessage("cannot listen for HTTP on " + address + ": the port is in use");
        }
    }

    @Test
    void anAddressOfAnotherMachineIsOneClearLine() {
        HttpAddress elsewhere = new HttpAddress("192.0.2.1", 0);
        assertThatThrownBy(() -> MonitoringServer.start(elsewhere, metrics.registry(), health))
                .isInstanceOf(HttpBindException.class)
                .hasMessageStartingWith("cannot listen for HTTP on 192.0.2.1:0: ")
                .hasMessageNotContaining("\n");
    }

    @Test
    void aHostThatDoesNotResolveIsOneClearLine() {
        HttpAddress nowhere = new HttpAddress("nowhere.invalid", 0);
        assertThatThrownBy(() -> MonitoringServer.start(nowhere, metrics.registry(), health))
                .isInstanceOf(HttpBindException.class)
                .hasMessage("cannot listen for HTTP on nowhere.invalid:0: the host is unknown");
    }

    @Test
    void anAddressThatCannotBeIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HttpAddress.loopback(65_536))
                .withMessage("port must be between 0 and 65535, not 65536");
        assertThatIllegalArgumentException().isThrownBy(() -> HttpAddress.loopback(-1));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new HttpAddress(" ", 0))
                .withMessage("host must not be blank");
    }

    private HttpResponse<String> send(String method, String path) throws IOException, InterruptedException {
        return client.send(request(method, path).build(), HttpResponse.BodyHandlers.ofString());
    }

    private HttpRequest.Builder request(String method, String path) {
        return HttpRequest.newBuilder(URI.create("http://" + server.address() + path))
                .method(method, HttpRequest.BodyPublishers.noBody());
    }

    private static String contentType(HttpResponse<?> response) {
        return response.headers().firstValue("Content-Type").orElse("");
    }
}
