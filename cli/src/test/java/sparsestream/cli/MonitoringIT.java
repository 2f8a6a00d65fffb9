package sparsestream.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.javalin.Javalin;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sparsestream.contract.GreyPng;
import sparsestream.contract.Topics;
import sparsestream.kafka.Outage;
import sparsestream.merge.MergeConfig;
import sparsestream.merge.MergeService;
import sparsestream.merge.Merging;
import sparsestream.merge.OuterStep;
import sparsestream.merge.Replicas;
import sparsestream.monitoring.Health;
import sparsestream.monitoring.HttpAddress;
import sparsestream.monitoring.Metrics;
import sparsestream.monitoring.MonitoringServer;
import sparsestream.producer.Dataset;
import sparsestream.producer.MicrometerProducerMetrics;
import sparsestream.producer.ProducerConfig;
import sparsestream.producer.ProducerService;
import sparsestream.producer.ingest.BatchRules;
import sparsestream.producer.ingest.ImageRules;
import sparsestream.producer.ingest.IngestConfig;
import sparsestream.producer.ingest.IngestService;
import sparsestream.producer.ingest.OnSize;
import sparsestream.published.HeldOut;
import sparsestream.sampler.SamplerConfig;
import sparsestream.sampler.SamplerService;
import sparsestream.sampler.gallery.Gallery;
import sparsestream.trainer.learning.TrainerConfig;
import sparsestream.trainer.session.TrainerService;
import sparsestream.trainer.watch.WatchConfig;

/** Dashboards, rules and documentation against the meters of a pipeline that runs, as a real Prometheus has scraped them. */
@Timeout(240)
class MonitoringIT {
    private static final Path MONITORING = Path.of("..", "monitoring");
    private static final Path REFERENCE = Path.of("..", "docs", "metrics.md");

    /** What has no data while all is well, and why. */
    private static final Map<String, String> EMPTY_WHEN_HEALTHY = Map.of(
            "rejection", "nothing is rejected",
            "drift", "the stream does not change",
            "rollback", "nothing becomes worse");

    private static final Pattern METRIC =
            Pattern.compile("\\b(?:sparsestream[a-z0-9_:]+|(?:kafka|jvm|process|system)_[a-z0-9_]+|up)\\b");

    private static final Topics TOPICS = new Topics("");
    /** A trainer of the merged run, scraped beside those of the Compose file. */
    private static final String REPLICA = "replica";

    @TempDir
    private static Path directory;

    private static final List<AutoCloseable> OPEN = new ArrayList<>();
    private static final Map<String, Metrics> METRICS = new TreeMap<>();
    private static final Map<String, HttpAddress> ADDRESSES = new TreeMap<>();

    private static SmallRuns runs;

    @BeforeAll
    static void startPipeline() {
        EmbeddedBroker broker = open(EmbeddedBroker.start(directory.resolve("broker"), "127.0.0.1", 0));
        runs = SmallRuns.at(broker, directory);
        for (String service : List.of("producer", "trainer-vae", "trainer-gan", REPLICA, "ingest", "merge")) {
            serve(service, routes -> {});
        }
        Services services = open(new Services(() -> {}));
        ProducerService producer = new ProducerService(
                new ProducerConfig(
                        Map.of("bootstrap.servers", broker.bootstrapServers()),
                        "",
                        SmallRuns.BATCH,
                        OptionalLong.empty(),
                        OptionalDouble.of(20 * SmallRuns.BATCH),
                        3,
                        true,
                        Optional.empty()),
                runs.digits(),
                new MicrometerProducerMetrics(METRICS.get("producer")),
                new Health());
        services.start("producer", producer, producer::close);
        for (String model : List.of("vae", "gan")) {
            TrainerService trainer =
                    new TrainerService(config(runs, model), METRICS.get("trainer-" + model), new Health());
            services.start("trainer-" + model, trainer, trainer::close);
        }
        METRICS.put("sampler", open(new Metrics()));
        SamplerService sampler = new SamplerService(
                new SamplerConfig(runs.kafka(), "", "run", List.of("vae", "gan"), 10, 5),
                METRICS.get("sampler"),
                new Health());
        serve("sampler", Gallery.of(sampler)::addTo);
        services.start("sampler", sampler, sampler::close);
        IngestService ingest = new IngestService(
                new IngestConfig(
                        runs.kafka(),
                        TOPICS,
                        new ImageRules(
                                28, 28, OnSize.RESIZE, ImageRules.DEFAULT_MAX_BYTES, ImageRules.DEFAULT_MAX_PIXELS),
                        new BatchRules(SmallRuns.BATCH, BatchRules.DEFAULT_SHUFFLE_BUFFER, Duration.ofSeconds(5), 1)),
                METRICS.get("ingest"),
                new Health());
        services.start("ingest", ingest, ingest::close);
        startMergedRun(services);
    }

    private static void startMergedRun(Services services) {
        TrainerConfig run = runs.config(TOPICS, "merged", "vae", 1);
        TrainerConfig config = new TrainerConfig(
                run.kafka(),
                TOPICS,
                run.runId(),
                run.model(),
                1,
                Duration.ofSeconds(2),
                OptionalLong.empty(),
                Optional.empty());
        Merging merging = new Merging(20, Duration.ofSeconds(5));
        TrainerService replica = new TrainerService(
                config,
                new Replicas(merging, config, METRICS.get(REPLICA).registry()),
                METRICS.get(REPLICA),
                new Health(),
                new Outage(config.kafka()));
        services.start(REPLICA, replica, replica::close);
        MergeService merge = new MergeService(
                new MergeConfig(
                        runs.kafka(),
                        TOPICS,
                        config.runId(),
                        List.of(config.model()),
                        new OuterStep(1, 0.5),
                        Duration.ofSeconds(5),
                        Optional.empty(),
                        1),
                METRICS.get("merge"),
                new Health());
        services.start("merge", merge, merge::close);
    }

    private static void serve(String service, Consumer<Javalin> routes) {
        Metrics metrics = METRICS.computeIfAbsent(service, none -> open(new Metrics()));
        ADDRESSES.put(
                service,
                open(MonitoringServer.start(HttpAddress.loopback(0), metrics.registry(), new Health(), routes))
                        .address());
    }

    private static TrainerConfig config(SmallRuns runs, String model) {
        Dataset digits = runs.digits();
        int pixels = digits.height() * digits.width();
        int count = 1_000;
        HeldOut heldOut =
                new HeldOut(count, digits.height(), digits.width(), Arrays.copyOf(digits.images(), count * pixels));
        TrainerConfig config = new TrainerConfig(
                runs.kafka(),
                TOPICS,
                "run",
                runs.config(TOPICS, "run", model, 1).model(),
                1,
                Duration.ofSeconds(2),
                OptionalLong.empty(),
                Optional.of(heldOut));
        return config.with(new WatchConfig(200, 10, 0, 0.5, 1, 1_000));
    }

    private static <T extends AutoCloseable> T open(T part) {
        OPEN.add(0, part);
        return part;
    }

    @AfterAll
    static void stopPipeline() throws Exception {
        for (AutoCloseable part : OPEN) {
            part.close();
        }
    }

    @Test
    void everyQueryOfEveryPanelRuleAndAlertHasData() throws Exception {
        Prometheus prometheus = startPrometheus();
        await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(prometheus.targets())
                .hasSize(8)
                .allSatisfy((target, health) -> assertThat(health).isEqualTo("up")));

        Map<String, String> queries = new TreeMap<>(queriesOfDashboards());
        for (JsonNode rule : prometheus.rules()) {
            String name = rule.get("name").asText();
            String expression = rule.get("query").asText();
            if (rule.get("type").asText().equals("recording")) {
                queries.put("rule " + name, expression);
            }
            for (String metric : metrics(expression)) {
                queries.put("rule " + name + ": " + metric, metric);
            }
        }
        assertThat(queries).hasSizeGreaterThan(80);
        await().atMost(Duration.ofSeconds(120))
                .pollInterval(Duration.ofSeconds(1))
                .untilAsserted(() -> {
                    askForAnImage();
                    bringAnImage();
                    assertThat(empty(prometheus, queries))
                            .as("queries without data")
                            .isEmpty();
                });
        for (JsonNode rule : prometheus.rules()) {
            assertThat(rule.get("health").asText()).as(rule.toString()).isEqualTo("ok");
            if (rule.get("type").asText().equals("alerting")
                    && !rule.at("/labels/severity").asText().equals("info")) {
                assertThat(rule.get("state").asText())
                        .as("alert " + rule.get("name") + " in a healthy run")
                        .isNotEqualTo("firing");
            }
        }
    }

    /** How long requests take is known only while there are some. */
    private static void askForAnImage() throws Exception {
        runs.send(List.of(new ProducerRecord<>(
                TOPICS.sampleRequests().name(), "{\"id\":\"q\",\"model\":\"vae\"}".getBytes(UTF_8))));
    }

    /** Ingest is not behind before it has been asked for something. */
    private static void bringAnImage() throws Exception {
        byte[] png = GreyPng.encode(Arrays.copyOf(runs.digits().images(), 28 * 28), 28, 28);
        runs.send(List.of(new ProducerRecord<>(TOPICS.imagesRaw().name(), png)));
    }

    /** As Grafana puts them together, with an address of the sampler here. */
    @ParameterizedTest
    @ValueSource(strings = {"training", "sampling"})
    void thePicturesOfADashboardAreThere(String uid) throws Exception {
        String html = dashboards().stream()
                .filter(dashboard -> dashboard.get("uid").asText().equals(uid))
                .flatMap(dashboard -> dashboard.findValuesAsText("content").stream())
                .collect(Collectors.joining());
        String address = Pattern.compile("<img src=\"([^\"]+)\"")
                .matcher(html)
                .results()
                .map(image -> image.group(1))
                .findFirst()
                .orElseThrow()
                .replace("&amp;", "&")
                .replace("${sampler_url}", "http://" + ADDRESSES.get("sampler"))
                .replace("${__to}", "1700000000000");
        for (String model : List.of("vae", "gan")) {
            URI picture = URI.create(address.replace("${model}", model));
            await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
                HttpResponse<byte[]> response = HttpClient.newHttpClient()
                        .send(HttpRequest.newBuilder(picture).build(), HttpResponse.BodyHandlers.ofByteArray());
                assertThat(response.statusCode()).as(picture.toString()).isEqualTo(200);
                assertThat(response.headers().firstValue("content-type")).hasValue("image/png");
                assertThat(response.headers().firstValue("sparsestream-model")).hasValue(model);
            });
        }
    }

    private static Map<String, String> empty(Prometheus prometheus, Map<String, String> queries) throws IOException {
        Map<String, String> empty = new TreeMap<>();
        for (Map.Entry<String, String> query : queries.entrySet()) {
            if (prometheus.count(query.getValue()) == 0) {
                empty.put(query.getKey(), query.getValue());
            }
        }
        return empty;
    }

    /** Every expression in a dashboard, with {@code model} at "All"; of those that are empty in a healthy run, its metrics. */
    private static Map<String, String> queriesOfDashboards() throws IOException {
        Map<String, String> queries = new TreeMap<>();
        for (JsonNode dashboard : dashboards()) {
            String uid = dashboard.get("uid").asText();
            for (JsonNode panel : dashboard.get("panels")) {
                for (JsonNode target : panel.path("targets")) {
                    queries.put(
                            "%s, panel %s, %s"
                                    .formatted(
                                            uid,
                                            panel.get("title").asText(),
                                            target.get("refId").asText()),
                            allModels(target.get("expr").asText()));
                }
            }
            for (JsonNode annotation : dashboard.at("/annotations/list")) {
                String name = annotation.get("name").asText();
                String expression = allModels(annotation.get("expr").asText());
                if (EMPTY_WHEN_HEALTHY.containsKey(name)) {
                    metrics(expression)
                            .forEach(metric -> queries.put(uid + ", annotation " + name + ": " + metric, metric));
                } else {
                    queries.put(uid + ", annotation " + name, expression);
                }
            }
            String variable = dashboard.at("/templating/list/0/query").asText();
            queries.put(
                    uid + ", variable",
                    "count by (model) (" + metrics(variable).iterator().next() + ")");
        }
        return queries;
    }

    private static String allModels(String expression) {
        return expression.replace("$model", ".*");
    }

    private static Set<String> metrics(String expression) {
        return METRIC.matcher(expression)
                .results()
                .map(MatchResult::group)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static List<JsonNode> dashboards() throws IOException {
        List<JsonNode> dashboards = new ArrayList<>();
        try (Stream<Path> files = Files.list(MONITORING.resolve("grafana/dashboards"))) {
            for (Path file : files.sorted().toList()) {
                dashboards.add(new ObjectMapper().readTree(file.toFile()));
            }
        }
        return dashboards;
    }

    /** With the configuration of the repository, the names of its services replaced by what listens here. */
    private static Prometheus startPrometheus() throws Exception {
        int port = freePort();
        String configuration = Files.readString(MONITORING.resolve("prometheus/prometheus.yml"))
                .replace("_interval: 5s", "_interval: 1s")
                .replace("- rules/", "- " + MONITORING.toRealPath().resolve("prometheus/rules") + "/")
                .replace("localhost:9090", "localhost:" + port);
        for (Map.Entry<String, HttpAddress> service : ADDRESSES.entrySet()) {
            configuration = configuration.replace(
                    service.getKey() + ":8080", service.getValue().toString());
        }
        String vae = ADDRESSES.get("trainer-vae").toString();
        configuration = configuration.replace(vae, vae + "\", \"" + ADDRESSES.get(REPLICA));
        Path file = Files.writeString(directory.resolve("prometheus.yml"), configuration);
        Path log = directory.resolve("prometheus.log");
        Process process;
        try {
            process = new ProcessBuilder(
                            "prometheus",
                            "--config.file=" + file,
                            "--storage.tsdb.path=" + directory.resolve("tsdb"),
                            "--web.listen-address=127.0.0.1:" + port)
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
        } catch (IOException e) {
            Needed.require(
                    false,
                    "prometheus is not on this machine (Debian: apt-get install prometheus), so nobody asks it the queries of"
                            + " dashboards and rules");
            throw e;
        }
        open(() -> process.destroyForcibly().waitFor());
        Prometheus prometheus = new Prometheus("http://127.0.0.1:" + port);
        await().atMost(Duration.ofSeconds(60)).until(() -> {
            assertThat(process.isAlive()).as(Files.readString(log)).isTrue();
            return prometheus.isReady();
        });
        return prometheus;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    /** {@code -Dwrite} writes the file anew. */
    @Test
    void theReferenceNamesEveryMeterThatThereIs() throws Exception {
        await().atMost(Duration.ofSeconds(60)).until(() -> METRICS.values().stream()
                .flatMap(metrics -> metrics.registry().getMeters().stream())
                .map(meter -> meter.getId().getName())
                .collect(Collectors.toSet())
                .containsAll(Set.of(
                        "sparsestream.held.out.nelbo",
                        "sparsestream.frechet.distance",
                        "sparsestream.layer.zero.ratio")));
        Set<String> used = new TreeSet<>();
        queriesOfDashboards().values().forEach(query -> used.addAll(metrics(query)));
        String rules = Files.readString(MONITORING.resolve("prometheus/rules/recording.yml"))
                + Files.readString(MONITORING.resolve("prometheus/rules/alerts.yml"));
        used.addAll(metrics(rules));
        String reference = MetricsReference.of(METRICS.values(), used);
        if (System.getProperty("write") != null) {
            Files.writeString(REFERENCE, reference);
        }
        assertThat(REFERENCE).hasContent(reference);
    }
}
