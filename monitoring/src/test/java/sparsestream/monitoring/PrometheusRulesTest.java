package sparsestream.monitoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The rules in the eyes of Prometheus's own tool. */
class PrometheusRulesTest {
    private static final Path DIRECTORY = Path.of("prometheus");

    @BeforeEach
    void requirePromtool() throws Exception {
        boolean there;
        try {
            there = new ProcessBuilder("promtool", "--version").start().waitFor() == 0;
        } catch (IOException e) {
            there = false;
        }
        String otherwise =
                "promtool is not on this machine (Debian: apt-get install prometheus), so rules are not checked";
        if (!there) {
            System.err.println("SKIPPED: " + otherwise);
        }
        assumeTrue(there, otherwise);
    }

    @Test
    void configurationAndRulesAreValid() throws Exception {
        promtool("check", "config", DIRECTORY.resolve("prometheus.yml").toString());
    }

    @Test
    void alertsFireWhenTheyMustAndOnlyThen() throws Exception {
        promtool(
                "test",
                "rules",
                DIRECTORY.resolve("tests/alerts.yml").toString(),
                DIRECTORY.resolve("tests/days.yml").toString());
    }

    @Test
    void everyAlertIsSeenToFireAndNotToFire() throws Exception {
        Set<String> alerts = find("rules/alerts.yml", "- alert: (\\w+)");
        assertThat(alerts).hasSizeGreaterThan(10);
        String test = "alertname: (\\w+)\\n +eval_time: \\S+\\n +exp_alerts:";
        assertThat(find("tests/alerts.yml", test + "\\n")).as("seen to fire").isEqualTo(alerts);
        assertThat(find("tests/alerts.yml", test + " \\[]"))
                .as("seen not to fire")
                .isEqualTo(alerts);
    }

    /** A counter that is born above zero, since something happened before the first scrape, does not rise. */
    @Test
    void noAlertWaitsForACounterToRise() throws Exception {
        for (Map.Entry<String, String> alert : expressions("alerts.yml").entrySet()) {
            for (String alternative : alert.getValue().split("\\bor\\b", -1)) {
                // What comes after is a condition on a flow, which is right to be quiet where nothing flows.
                String condition = alternative.split("\\b(?:and|unless)\\b", 2)[0];
                assertThat(condition)
                        .as("%s; let it ask a rule :increase10m", alert.getKey())
                        .doesNotContainPattern("\\b(?:increase|rate|irate|delta|changes)\\(.*>=? *0");
            }
        }
    }

    @Test
    void whateverCountsEventsCountsThoseBeforeTheFirstScrape() throws Exception {
        Map<String, String> rules = expressions("recording.yml");
        Set<String> events = find("rules/recording.yml", "record: sparsestream:(\\w+):increase10m\\n");
        assertThat(events).hasSizeGreaterThanOrEqualTo(6);
        for (String event : events) {
            String counter = "sparsestream_" + event + "_total";
            String right = "round(increase(X[10m])) > 0 or X > 0 unless X <= last_over_time(X[1h] offset 10m)"
                    + " or X > 0 and on (job, instance) time() - process_start_time_seconds < 600 or 0 * X";
            assertThat(rules.remove("sparsestream:" + event + ":increase10m"))
                    .matches("sum(?: by \\(model\\))? \\( " + Pattern.quote(right.replace("X", counter)) + " \\)");
        }
        assertThat(rules.values()).noneMatch(rule -> rule.contains("increase("));
    }

    @Test
    void everyAlertOfAnEventIsSeenToFireForACounterBornAboveZero() throws Exception {
        Map<String, String> alerts = expressions("alerts.yml");
        alerts.values().removeIf(expression -> !expression.contains(":increase10m"));
        assertThat(alerts).hasSizeGreaterThanOrEqualTo(6);
        String tests = Files.readString(DIRECTORY.resolve("tests/alerts.yml"));
        alerts.forEach((alert, expression) -> {
            String counter = expression.replaceFirst(".*sparsestream:(\\w+):increase10m.*", "sparsestream_$1_total");
            assertThat(tests.split("\n  - name: ", -1)).as("tests of " + alert).anySatisfy(test -> assertThat(test)
                    .containsPattern("series: '" + counter + "\\{.*values: \"_x\\d+ [1-9]")
                    .containsPattern("alertname: " + alert + "\\n +eval_time: \\S+\\n +exp_alerts:\\n")
                    .containsPattern("alertname: " + alert + "\\n +eval_time: \\S+\\n +exp_alerts: \\[]"));
        });
    }

    /** By the name of the alert or record, each on one line. */
    private static Map<String, String> expressions(String file) throws IOException {
        Map<String, StringBuilder> expressions = new TreeMap<>();
        StringBuilder current = new StringBuilder();
        for (String line : Files.readAllLines(DIRECTORY.resolve("rules").resolve(file))) {
            String text = line.strip();
            if (text.startsWith("- alert: ") || text.startsWith("- record: ")) {
                current = new StringBuilder();
                expressions.put(text.substring(text.indexOf(':') + 2), current);
            } else if (text.startsWith("expr:")) {
                current.append(text.substring("expr:".length()).replace("|", "").strip());
            } else if (line.startsWith(" ".repeat(10)) && !text.matches("\\w+: .*")) {
                current.append(' ').append(text);
            }
        }
        return expressions.entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, rule -> rule.getValue().toString().strip()));
    }

    private static Set<String> find(String file, String pattern) throws IOException {
        return Pattern.compile(pattern)
                .matcher(Files.readString(DIRECTORY.resolve(file)))
                .results()
                .map((MatchResult result) -> result.group(1))
                .collect(Collectors.toSet());
    }

    private static void promtool(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("promtool"));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
    }
}
