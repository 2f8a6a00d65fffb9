package sparsestream.sampler.gallery;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Scanner;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sparsestream.contract.GeneratedImage;
import sparsestream.contract.GreyPng;
import sparsestream.monitoring.Health;
import sparsestream.monitoring.HttpAddress;
import sparsestream.monitoring.Metrics;
import sparsestream.monitoring.MonitoringServer;
import sparsestream.published.ModelVersion;
import sparsestream.sampler.TestModels;

class GalleryTest {
    private final Clock clock = Clock.fixed(TestModels.COMMITTED.plusSeconds(30), ZoneOffset.UTC);
    private final TestGallery gallery = new TestGallery("vae", "gan");
    private final GalleryState state = gallery.state;
    private final ModelVersion version = TestModels.version("vae", 3);
    private final Metrics metrics = new Metrics();
    private final HttpClient client = HttpClient.newHttpClient();
    private final MonitoringServer server = MonitoringServer.start(
            HttpAddress.loopback(0), metrics.registry(), new Health(), new Gallery(state, clock)::addTo);

    @AfterEach
    void stop() {
        server.close();
        metrics.close();
    }

    @ParameterizedTest
    @CsvSource({
        "/,text/html",
        "/gallery.css,text/css",
        "/gallery.js,text/javascript",
        "/playground.js,text/javascript",
        "/openapi.json,application/json"
    })
    void thePageBringsAllThatItNeeds(String path, String type) throws Exception {
        HttpResponse<byte[]> response = get(path);
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(header(response, "Content-Type")).startsWith(type);
        assertThat(header(response, "Content-Security-Policy")).startsWith("default-src 'self'; img-src 'self' data:;");
        assertThat(new String(response.body(), StandardCharsets.UTF_8)).doesNotContain("https:", "innerHTML");
    }

    @Test
    void theChartsComeFromHereToo() throws Exception {
        assertThat(new String(get("/uplot.js").body(), StandardCharsets.UTF_8)).contains("uPlot");
        assertThat(header(get("/uplot.js"), "Content-Type")).startsWith("text/javascript");
        assertThat(header(get("/uplot.css"), "Content-Type")).startsWith("text/css");
    }

    @Test
    void modelsAreListedBeforeAndAfterTheirFirstCheckpoint() throws Exception {
        serve();
        JsonNode models = json(get("/api/models"));
        assertThat(models).hasSize(2);
        assertThat(models.get(0).get("state").asText()).isEqualTo("serving");
        assertThat(models.get(0).get("version").asLong()).isEqualTo(3);
        assertThat(models.get(0).get("stalenessSeconds").asDouble()).isEqualTo(30);
        assertThat(models.get(1).get("state").asText()).isEqualTo("starting");
        assertThat(models.get(1).get("version").isNull()).isTrue();
    }

    @Test
    void theNewestImageIsThatOfTheTopic() throws Exception {
        serve();
        HttpResponse<byte[]> response = get("/images/latest.png");
        assertThat(response.body()).isEqualTo(draw(1).png());
        assertThat(header(response, "Content-Type")).isEqualTo("image/png");
        assertThat(header(response, "Sparsestream-Model")).isEqualTo("vae");
        assertThat(header(response, "Sparsestream-Version")).isEqualTo("3");
        assertThat(header(response, "Sparsestream-Seed")).isEqualTo("5");
        assertThat(header(response, "Sparsestream-Index")).isEqualTo("1");
        assertThat(get("/images/latest.png?model=vae").body()).isEqualTo(response.body());
    }

    @Test
    void severalImagesAreSideBySideTheNewestFirst() throws Exception {
        serve();
        HttpResponse<byte[]> response = get("/images/latest.png?count=5");
        assertThat(header(response, "Sparsestream-Count")).isEqualTo("2");
        assertThat(header(response, "Sparsestream-Index")).isEqualTo("1");
        byte[] pixels = GreyPng.decode(response.body());
        assertThat(GreyPng.size(response.body())).isEqualTo(new GreyPng.Size(58, 28));
        byte[] newest = GreyPng.decode(draw(1).png());
        byte[] before = GreyPng.decode(draw(0).png());
        for (int row = 0; row < 28; row++) {
            assertThat(Arrays.copyOfRange(pixels, row * 58, row * 58 + 28))
                    .isEqualTo(Arrays.copyOfRange(newest, row * 28, row * 28 + 28));
            assertThat(Arrays.copyOfRange(pixels, row * 58 + 30, row * 58 + 58))
                    .isEqualTo(Arrays.copyOfRange(before, row * 28, row * 28 + 28));
        }
    }

    @Test
    void thePastOfAModelIsShown() throws Exception {
        serve();
        JsonNode history = json(get("/api/history?model=vae"));
        assertThat(history.get("versions")).hasSize(1);
        assertThat(history.get("versions").get(0).get("committed").asText()).isEqualTo("2026-03-04T05:06:07Z");
        assertThat(get("/history.png?model=vae&version=3").body())
                .isEqualTo(get("/samples.png?model=vae&seed=0&count=36").body());
    }

    @Test
    void samplesAreThePictureOfTheVersionAndSeed() throws Exception {
        serve();
        HttpResponse<byte[]> response = get("/samples.png?model=vae&seed=-4&count=5");
        assertThat(header(response, "Sparsestream-Version")).isEqualTo("3");
        assertThat(header(response, "Sparsestream-Checkpoint-Sha256")).isEqualTo(version.sha256());
        var picture = ImageIO.read(new ByteArrayInputStream(response.body()));
        assertThat(List.of(picture.getWidth(), picture.getHeight())).containsExactly(88, 58);
        byte[] fifth = version.generator().image(-4, 4);
        byte[] pixels = GreyPng.decode(response.body());
        for (int row = 0; row < 28; row++) {
            assertThat(Arrays.copyOfRange(pixels, (30 + row) * 88 + 30, (30 + row) * 88 + 58))
                    .isEqualTo(Arrays.copyOfRange(fifth, row * 28, row * 28 + 28));
        }
        assertThat(get("/samples.png?model=vae&seed=-4&count=5").body()).isEqualTo(response.body());
        assertThat(get("/samples.png?model=vae&seed=-3&count=5").body()).isNotEqualTo(response.body());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/samples.png                        | 400 | model is missing; it is one of vae, gan",
                "/samples.png?model=%3Cb%3E          | 404 | no model '<b>' is served here, but vae, gan",
                "/samples.png?model=gan              | 503 | no checkpoint of gan yet",
                "/samples.png?model=vae&count=0      | 400 | count must be between 1 and 400, got 0",
                "/samples.png?model=vae&count=401    | 400 | count must be between 1 and 400, got 401",
                "/samples.png?model=vae&count=many   | 400 | count must be a 64-bit integer, got 'many'",
                "/samples.png?model=vae&seed=1.5     | 400 | seed must be a 64-bit integer, got '1.5'",
                "/images/latest.png?count=65         | 400 | count must be between 1 and 64, got 65",
                "/history.png?model=vae              | 404 | version is missing; /api/history lists those that are kept",
                "/history.png?model=vae&version=9    | 404 | version 9 of vae is not kept; /api/history lists those that are",
                "/layers.png?model=vae               | 400 | layer is missing; /api/layers lists the layers",
                "/layers.png?model=vae&layer=x       | 404 | no layer 'x'; /api/layers lists the layers",
                "/layers.png?model=vae&layer=decoder.0&view=3d | 400 | view must be matrix or pixels, got '3d'",
                "/layers.png?model=vae&layer=decoder.0&view=pixels | 400 | decoder.0 takes 5 and gives 16 values, not pixels",
                "/latent/between.png?model=vae&count=1 | 400 | count must be between 2 and 100, got 1",
                "/latent/plane.png?model=vae&side=16 | 400 | side must be between 2 and 15, got 16",
                "/latent/plane.png?model=vae&x=5     | 400 | x must be between 0 and 4, got 5",
                "/latent/plane.png?model=gan         | 503 | no checkpoint of gan yet",
                "/api/curves                         | 400 | model is missing; it is one of vae, gan",
                "/api/layers?model=gan               | 503 | no checkpoint of gan yet",
                "/images/latest.png?model=x          | 404 | no model 'x' is served here, but vae, gan",
                "/images/latest.png?model=gan        | 503 | no image has been generated since the sampler started"
            })
    void whatCannotBeAnsweredIsExplained(String path, int status, String error) throws Exception {
        serve();
        HttpResponse<byte[]> response = get(path);
        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(header(response, "Content-Type")).isEqualTo("application/json");
        assertThat(json(response).get("error").asText()).isEqualTo(error);
        assertThat(send("HEAD", path, HttpResponse.BodyHandlers.discarding()).statusCode())
                .isEqualTo(status);
    }

    @Test
    void eventsTellAllAtFirstAndThenTheNews() throws Exception {
        serve();
        HttpResponse<InputStream> response = send("GET", "/events", HttpResponse.BodyHandlers.ofInputStream());
        assertThat(header(response, "Content-Type")).startsWith("text/event-stream");
        assertThat(header(response, "X-Accel-Buffering")).isEqualTo("no");
        try (Scanner events = new Scanner(response.body(), StandardCharsets.UTF_8).useDelimiter("\n\n")) {
            List<String> first = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                first.add(events.next());
            }
            assertThat(first.get(0)).startsWith("event: heartbeat\ndata: {\"connected\":false,\"models\":[");
            assertThat(first.get(1)).startsWith("event: version\ndata: {\"model\":\"vae\"");
            assertThat(first.get(3)).contains("\"index\":1,", "\"png\":\"data:image/png;base64,");
            gallery.generate(draw(2));
            assertThat(events.next()).startsWith("event: image\n").contains("\"index\":2,");
        }
    }

    @Test
    void oneClientTooManyIsTurnedAway() throws Exception {
        List<InputStream> clients = new ArrayList<>();
        for (int i = 0; i < EventStreams.MAX_CLIENTS; i++) {
            HttpResponse<InputStream> response = send("GET", "/events", HttpResponse.BodyHandlers.ofInputStream());
            assertThat(response.statusCode()).isEqualTo(200);
            clients.add(response.body());
        }
        HttpResponse<byte[]> refused = get("/events");
        assertThat(refused.statusCode()).isEqualTo(503);
        assertThat(json(refused).get("error").asText()).isEqualTo("no more than 64 clients can follow the events");
        for (InputStream body : clients) {
            body.close();
        }
    }

    private void serve() {
        gallery.serve(version);
        gallery.generate(draw(0));
        gallery.generate(draw(1));
    }

    private GeneratedImage draw(long index) {
        return version.draw(5, index, TestModels.COMMITTED.plusSeconds(index), "/test");
    }

    private HttpResponse<byte[]> get(String path) throws Exception {
        return send("GET", path, HttpResponse.BodyHandlers.ofByteArray());
    }

    private <T> HttpResponse<T> send(String method, String path, HttpResponse.BodyHandler<T> handler) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + server.address() + path))
                .method(method, HttpRequest.BodyPublishers.noBody())
                .timeout(Duration.ofSeconds(20))
                .build();
        return client.send(request, handler);
    }

    private static JsonNode json(HttpResponse<byte[]> response) throws Exception {
        return new ObjectMapper().readTree(response.body());
    }

    private static String header(HttpResponse<?> response, String name) {
        return response.headers().firstValue(name).orElse("");
    }
}
