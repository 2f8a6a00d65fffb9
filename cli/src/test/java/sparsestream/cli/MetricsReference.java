package sparsestream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import sparsestream.monitoring.Metrics;

/** The page {@code docs/metrics.md}. */
final class MetricsReference {
    private static final String HEADER = """
            # Metrics

            Every service serves these at `/metrics`. This page is written by a test from the meters of a pipeline that runs
            (`mvn verify -pl cli -am -Dit.test=MonitoringIT -Dwrite`), and the test fails where it is not up to date.

            ## Our own

            | Prometheus | type | unit | labels | |
            |---|---|---|---|---|
            """;

    private static final String OTHERS = """

            A timer is a summary: `_count`, `_sum` and, within the last minutes, `_max`; with `_bucket` where it is a histogram.

            ## Of the JVM and of Kafka's clients

            There are many more; these are what the dashboards use.

            | Prometheus | |
            |---|---|
            """;

    private MetricsReference() {}

    /**
     * @param services the meters of each
     * @param used metrics of Prometheus that dashboards and rules refer to
     */
    static String of(Collection<Metrics> services, Set<String> used) {
        Map<String, String> own = new TreeMap<>();
        Map<String, String> others = new TreeMap<>();
        Map<String, Set<String>> labels = new TreeMap<>();
        for (Metrics service : services) {
            for (Meter meter : service.registry().getMeters()) {
                Meter.Id id = meter.getId();
                String name = name(service, id);
                if (!id.getName().startsWith("sparsestream.")) {
                    if (used.contains(name)) {
                        others.put(name, "| `%s` | %s |%n".formatted(name, id.getDescription()));
                    }
                    continue;
                }
                assertThat(id.getDescription()).as("description of " + id).isNotBlank();
                assertThat(id.getBaseUnit()).as("unit of " + id).isNotBlank();
                Set<String> keys = labels.computeIfAbsent(name, none -> new TreeSet<>());
                id.getTags().stream().map(Tag::getKey).forEach(keys::add);
                own.put(
                        name,
                        "| `%s` | %s | %s | %s | %s |%n"
                                .formatted(
                                        name,
                                        id.getType().name().toLowerCase(Locale.ROOT),
                                        id.getBaseUnit(),
                                        String.join(", ", keys),
                                        id.getDescription()));
            }
        }
        return HEADER + String.join("", own.values()) + OTHERS + String.join("", others.values());
    }

    private static String name(Metrics service, Meter.Id id) {
        String name = service.registry().config().namingConvention().name(id.getName(), id.getType(), id.getBaseUnit());
        return id.getType() == Meter.Type.COUNTER ? name + "_total" : name;
    }
}
