package sparsestream.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The HTTP API of a Prometheus server. */
final class Prometheus {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient client = HttpClient.newHttpClient();
    private final String address;

    /** @param address such as {@code http://localhost:9090} */
    Prometheus(String address) {
        this.address = address;
    }

    boolean isReady() {
        try {
            return send("/-/ready").statusCode() == 200;
        } catch (IOException e) {
            return false;
        }
    }

    /** How many series an expression has now whose value is a number. */
    int count(String expression) throws IOException {
        int numbers = 0;
        for (JsonNode series : query(expression)) {
            numbers += series.at("/value/1").asText().equals("NaN") ? 0 : 1;
        }
        return numbers;
    }

    JsonNode query(String expression) throws IOException {
        return get("/api/v1/query?query=" + URLEncoder.encode(expression, StandardCharsets.UTF_8))
                .get("result");
    }

    /** Whether each target is up, by {@code job instance}. */
    Map<String, String> targets() throws IOException {
        Map<String, String> health = new TreeMap<>();
        for (JsonNode target : get("/api/v1/targets").get("activeTargets")) {
            JsonNode labels = target.get("labels");
            health.put(
                    labels.get("job").asText() + " " + labels.get("instance").asText(),
                    target.get("health").asText());
        }
        return health;
    }

    /** All rules, as the API has them. */
    List<JsonNode> rules() throws IOException {
        List<JsonNode> rules = new ArrayList<>();
        get("/api/v1/rules").get("groups").forEach(group -> group.get("rules").forEach(rules::add));
        return rules;
    }

    private JsonNode get(String path) throws IOException {
        HttpResponse<String> response = send(path);
        JsonNode answer = JSON.readTree(response.body());
        if (!answer.path("status").asText().equals("success")) {
            throw new AssertionError(path + ": " + response.body());
        }
        return answer.get("data");
    }

    private HttpResponse<String> send(String path) throws IOException {
        try {
            return client.send(
                    HttpRequest.newBuilder(URI.create(address + path)).build(), HttpResponse.BodyHandlers.ofString());
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
