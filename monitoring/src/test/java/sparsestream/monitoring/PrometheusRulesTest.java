package sparsestream.monitoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
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
        promtool("test", "rules", DIRECTORY.resolve("tests/alerts.yml").toString());
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
