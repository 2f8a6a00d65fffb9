package sparsestream.sampler.gallery;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import io.javalin.Javalin;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Scanner;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import sparsestream.monitoring.Health;
import sparsestream.monitoring.HttpAddress;
import sparsestream.monitoring.Metrics;
import sparsestream.monitoring.MonitoringServer;
import sparsestream.published.ModelVersion;
import sparsestream.sampler.TestModels;

/** Holds the running server to {@code openapi.json}, by an independent validator of JSON Schema. */
class OpenApiTest {
    private final TestGallery gallery = new TestGallery("vae", "gan");
    private final GalleryState state = gallery.state;
    private final Metrics metrics = new Metrics();
    private final HttpClient client = HttpClient.newHttpClient();
    private final MonitoringServer server = MonitoringServer.start(
            HttpAddress.loopback(0),
            metrics.registry(),
            new Health(),
            new Gallery(state, Clock.fixed(TestModels.COMMITTED.plusSeconds(30), ZoneOffset.UTC))::addTo);

    private JsonNode api;

    @BeforeEach
    void readTheDocument() throws Exception {
        api = new ObjectMapper().readTree(get("/openapi.json").body());
    }

    @AfterEach
    void stop() {
        server.close();
        metrics.close();
    }

    @Test
    void everyRouteIsDescribedAndNothingElse() {
        Javalin app = Javalin.create();
        new Gallery(state, Clock.systemUTC()).addTo(app);
        Set<String> routes = app.unsafeConfig().pvt.internalRouter.allHttpHandlers().stream()
                .map(handler -> handler.getEndpoint().getPath())
                .filter(path -> path.startsWith("/api/") || path.endsWith(".png") || path.equals("/events"))
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(paths()).containsExactlyInAnyOrderElementsOf(routes);
    }

    @TestFactory
    Stream<DynamicTest> anAnswerIsAsDescribed() {
        serve();
        return paths().stream()
                .filter(path -> !path.equals("/events"))
                .map(path -> DynamicTest.dynamicTest(path, () -> requireAsDescribed(path)));
    }

    @TestFactory
    Stream<DynamicTest> aMistakeInAParameterIsAnsweredAsDescribed() {
        serve();
        List<DynamicTest> tests = new ArrayList<>();
        for (String path : paths()) {
            for (JsonNode parameter : get(path, "parameters")) {
                String wrong =
                        path + "?" + query(path, Map.of(parameter.get("name").asText(), "-no-"));
                tests.add(DynamicTest.dynamicTest(wrong, () -> requireProblem(wrong, path)));
            }
        }
        assertThat(tests).hasSizeGreaterThan(20);
        return tests.stream();
    }

    @Test
    void beforeTheFirstCheckpointAnswersAreAsDescribedToo() throws Exception {
        for (String path : paths()) {
            if (path.equals("/events")) {
                continue;
            }
            HttpResponse<byte[]> response = get(path + "?" + query(path, Map.of()));
            assertThat(get(path, "responses").fieldNames())
                    .toIterable()
                    .as(path)
                    .contains(String.valueOf(response.statusCode()));
            if (response.statusCode() == 200) {
                requireAsDescribed(path);
            }
        }
    }

    @Test
    void eventsAreAsDescribed() throws Exception {
        serve();
        HttpResponse<InputStream> response = client.send(request("/events"), BodyHandlers.ofInputStream());
        JsonNode events = content("/events", "200").at("/text~1event-stream/x-events");
        Set<String> missing = new HashSet<>();
        events.fieldNames().forEachRemaining(missing::add);
        try (Scanner stream = new Scanner(response.body(), StandardCharsets.UTF_8).useDelimiter("\n\n")) {
            while (!missing.isEmpty()) {
                String[] lines = stream.next().split("\n", 2);
                String name = lines[0].substring("event: ".length());
                assertThat(problems(events.get(name), lines[1].substring("data: ".length())))
                        .as(name)
                        .isEmpty();
                missing.remove(name);
                if (name.equals("happening") && missing.contains("point")) {
                    state.training().add(TestGallery.checkpointEvent("vae", 4, 40));
                }
            }
        }
    }

    private void serve() {
        for (ShownModel model : state.models()) {
            ModelVersion version = TestModels.version(model.name(), 1);
            gallery.serve(version);
            gallery.generate(version.draw(5, 0, TestModels.COMMITTED, "/test"));
            state.training().add(TestGallery.checkpointEvent(model.name(), 3, 30));
        }
    }

    private void requireAsDescribed(String path) throws Exception {
        HttpResponse<byte[]> response = get(path + "?" + query(path, Map.of()));
        assertThat(response.statusCode()).isEqualTo(200);
        JsonNode content = content(path, "200");
        String type = response.headers().firstValue("Content-Type").orElse("");
        assertThat(content.fieldNames()).toIterable().contains(type);
        if (type.equals("application/json")) {
            assertThat(problems(
                            content.at("/application~1json/schema"),
                            new String(response.body(), StandardCharsets.UTF_8)))
                    .isEmpty();
        } else {
            assertThat(ImageIO.read(new ByteArrayInputStream(response.body()))).isNotNull();
            get(path, "responses").at("/200/headers").fieldNames().forEachRemaining(name -> assertThat(
                            response.headers().firstValue(name))
                    .as(name)
                    .isPresent());
        }
    }

    private void requireProblem(String wrong, String path) throws Exception {
        HttpResponse<byte[]> response = get(wrong);
        assertThat(response.statusCode()).isIn(400, 404);
        assertThat(get(path, "responses").fieldNames()).toIterable().contains(String.valueOf(response.statusCode()));
        JsonNode schema = api.at("/components/responses/Problem/content/application~1json/schema");
        assertThat(problems(schema, new String(response.body(), StandardCharsets.UTF_8)))
                .isEmpty();
    }

    private Set<String> paths() {
        Set<String> paths = new TreeSet<>();
        api.get("paths").fieldNames().forEachRemaining(paths::add);
        return paths;
    }

    private JsonNode get(String path, String part) {
        return api.get("paths").get(path).get("get").path(part);
    }

    private JsonNode content(String path, String status) {
        return get(path, "responses").get(status).get("content");
    }

    /** The parameters that have an example, but those given instead. */
    private String query(String path, Map<String, String> instead) {
        Map<String, String> values = new HashMap<>();
        for (JsonNode parameter : get(path, "parameters")) {
            if (parameter.has("example")) {
                values.put(
                        parameter.get("name").asText(), parameter.get("example").asText());
            }
        }
        values.putAll(instead);
        return values.entrySet().stream()
                .map(entry -> entry.getKey() + "=" + entry.getValue())
                .collect(Collectors.joining("&"));
    }

    private List<String> problems(JsonNode schema, String json) throws Exception {
        ObjectNode rooted = schema.deepCopy();
        rooted.set("components", api.get("components"));
        JsonSchema validator =
                JsonSchemaFactory.getInstance(VersionFlag.V202012).getSchema(rooted);
        return validator.validate(new ObjectMapper().readTree(json)).stream()
                .map(Object::toString)
                .toList();
    }

    private HttpResponse<byte[]> get(String path) throws Exception {
        return client.send(request(path), BodyHandlers.ofByteArray());
    }

    private HttpRequest request(String path) {
        return HttpRequest.newBuilder(URI.create("http://" + server.address() + path))
                .timeout(Duration.ofSeconds(20))
                .build();
    }
}
