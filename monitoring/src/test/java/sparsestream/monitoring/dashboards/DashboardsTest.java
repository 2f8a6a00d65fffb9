package sparsestream.monitoring.dashboards;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DashboardsTest {
    private static final Path DIRECTORY = Path.of("grafana", "dashboards");

    /** {@code -Dwrite} writes the files anew. */
    @ParameterizedTest
    @MethodSource("dashboards")
    void theFilesAreThoseOfTheCode(Dashboard dashboard) throws Exception {
        Path file = DIRECTORY.resolve(dashboard.uid() + ".json");
        if (System.getProperty("write") != null) {
            Files.writeString(file, dashboard.toJson());
        }
        assertThat(file).hasContent(dashboard.toJson());
    }

    @ParameterizedTest
    @MethodSource("dashboards")
    void everyPanelSaysWhatItShowsInWhichUnit(Dashboard dashboard) throws Exception {
        for (JsonNode panel : panels(dashboard)) {
            String title = panel.get("title").asText();
            assertThat(panel.get("description").asText())
                    .as("description of " + title)
                    .hasSizeGreaterThan(20);
            if (showsPictures(panel)) {
                continue;
            }
            JsonNode defaults = panel.at("/fieldConfig/defaults");
            assertThat(defaults.get("unit").asText())
                    .as("unit of " + title)
                    .isIn(Set.of("short", "percentunit", "s", "ms", "decbytes"));
            assertThat(defaults.at("/thresholds/steps").size())
                    .as("thresholds of " + title)
                    .isPositive();
            assertThat(panel.get("targets").size()).as("queries of " + title).isPositive();
        }
    }

    /** Grafana keeps only the last of two panels with one id, and draws panels that overlap over each other. */
    @ParameterizedTest
    @MethodSource("dashboards")
    void noTwoPanelsHaveOneIdOrOnePlace(Dashboard dashboard) throws Exception {
        List<JsonNode> panels = panels(dashboard);
        assertThat(panels).extracting(panel -> panel.get("id").asInt()).doesNotHaveDuplicates();
        boolean[][] taken = new boolean[200][24];
        for (JsonNode panel : panels) {
            JsonNode place = panel.get("gridPos");
            for (int y = 0; y < place.get("h").asInt(); y++) {
                for (int x = 0; x < place.get("w").asInt(); x++) {
                    boolean[] row = taken[place.get("y").asInt() + y];
                    int column = place.get("x").asInt() + x;
                    assertThat(row[column])
                            .as("another panel under " + panel.get("title"))
                            .isFalse();
                    row[column] = true;
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dashboards")
    void whetherItIsHealthyIsSaidInColoursOnTop(Dashboard dashboard) throws Exception {
        List<JsonNode> top = panels(dashboard).stream()
                .filter(panel -> panel.at("/gridPos/y").asInt() == 0)
                .toList();
        assertThat(top)
                .allSatisfy(panel -> assertThat(panel.get("type").asText()).isEqualTo("stat"));
        assertThat(top.get(0).get("title").asText()).isEqualTo("Alerts");
        assertThat(top)
                .filteredOn(panel ->
                        panel.at("/fieldConfig/defaults/thresholds/steps").size() > 1)
                .hasSizeGreaterThanOrEqualTo(3);
    }

    @ParameterizedTest
    @MethodSource("dashboards")
    void whatHasAModelFollowsTheVariable(Dashboard dashboard) throws Exception {
        JsonNode variable = new ObjectMapper().readTree(dashboard.toJson()).at("/templating/list/0");
        assertThat(variable.get("name").asText()).isEqualTo("model");
        for (JsonNode panel : panels(dashboard)) {
            for (JsonNode target : panel.path("targets")) {
                if (target.get("legendFormat").asText().contains("{{model}}")) {
                    assertThat(target.get("expr").asText()).contains("{model=~\"$model\"}");
                }
            }
        }
    }

    /** People look at pictures first. */
    @Test
    void theNewestImagesOfEachModelAreTheFirstThingToSee() throws Exception {
        List<Dashboard> shown = dashboards().stream()
                .filter(dashboard -> !dashboard.uid().equals("pipeline"))
                .toList();
        assertThat(shown).hasSize(2);
        for (Dashboard dashboard : shown) {
            JsonNode panel = panels(dashboard).stream()
                    .filter(DashboardsTest::showsPictures)
                    .findAny()
                    .orElseThrow();
            assertThat(panel.at("/gridPos/y").asInt()).isEqualTo(4);
            assertThat(panel.get("repeat").asText()).isEqualTo("model");
            assertThat(panel.get("title").asText()).contains("$model");
            assertThat(panel.at("/options/mode").asText()).isEqualTo("html");
            assertThat(panel.at("/options/content").asText())
                    .contains("src=\"${sampler_url}/images/latest.png?", "model=${model}&amp;")
                    .as("a refresh of the dashboard makes it another address")
                    .contains("${__to}")
                    .as("Grafana takes out styles that it does not know, and all scripts")
                    .containsOnlyOnce("style=\"display: block; margin: 0 auto\"")
                    .doesNotContain("script");
        }
    }

    @Test
    void theAddressOfTheSamplerCanBeChangedAndIsThatOfCompose() throws Exception {
        for (Dashboard dashboard : dashboards()) {
            JsonNode root = new ObjectMapper().readTree(dashboard.toJson());
            if (panels(dashboard).stream().noneMatch(DashboardsTest::showsPictures)) {
                continue;
            }
            JsonNode variable = root.at("/templating/list/1");
            assertThat(variable.get("name").asText()).isEqualTo("sampler_url");
            assertThat(variable.get("type").asText()).isEqualTo("textbox");
            String address = variable.get("query").asText();
            assertThat(variable.at("/current/value").asText()).isEqualTo(address);
            assertThat(Files.readString(Path.of("..", "docker-compose.yml")))
                    .contains("ports: [\"127.0.0.1:${GALLERY_PORT:-" + address.replaceFirst("http://localhost:", "")
                            + "}:8080\"]");
        }
    }

    /** A counter that is born above zero does not rise. */
    @ParameterizedTest
    @MethodSource("dashboards")
    void whereEventsAreCountedThoseBeforeTheFirstScrapeAreToo(Dashboard dashboard) throws Exception {
        JsonNode root = new ObjectMapper().readTree(dashboard.toJson());
        List<String> expressions = root.findValuesAsText("expr");
        assertThat(expressions).hasSizeGreaterThan(10);
        for (String expression : expressions) {
            int rises = expression.split("\\bincrease\\(", -1).length;
            assertThat(expression.split("process_start_time_seconds", -1))
                    .as(expression)
                    .hasSize(rises);
        }
    }

    @Test
    void addressesAreTheirOwn() {
        assertThat(dashboards())
                .extracting(Dashboard::uid)
                .doesNotHaveDuplicates()
                .hasSize(3);
    }

    private static boolean showsPictures(JsonNode panel) {
        return panel.get("type").asText().equals("text");
    }

    private static List<Dashboard> dashboards() {
        return Dashboards.all();
    }

    private static List<JsonNode> panels(Dashboard dashboard) throws Exception {
        List<JsonNode> panels = new ArrayList<>();
        new ObjectMapper().readTree(dashboard.toJson()).get("panels").forEach(panels::add);
        return panels;
    }
}
