package sparsestream.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import sparsestream.contract.Topics;
import sparsestream.kafka.TopicCreation;

/** A broker that speaks TLS only, knows its users by password, and lets each do what the table in docs/security.md says and no more. */
@Timeout(300)
class SecureClusterIT {
    private static final Path DOCUMENT = Path.of("..", "docs", "security.md");
    private static final String SECRET = "s3cret-of-";
    private static final List<String> USERS = List.of("admin", "producer", "ingest", "trainer", "merge", "sampler");

    @TempDir
    private Path directory;

    private Processes processes;
    private String bootstrapServers;

    @BeforeEach
    void startBroker() throws Exception {
        processes = new Processes(directory);
        makeCertificate();
        Path settings = Files.write(directory.resolve("broker.properties"), brokerSettings());
        processes.start(
                "broker",
                List.of(),
                List.of(
                        "broker",
                        "--port",
                        "0",
                        "--data",
                        directory.resolve("data").toString(),
                        "--broker-config",
                        settings.toString()));
        bootstrapServers = processes.lineThatStartsWith("broker", "broker ready at ");
        for (String user : USERS) {
            Files.write(directory.resolve(user + ".properties"), clientSettings(user, SECRET + user));
        }
        try (Admin admin = Admin.create(admin())) {
            admin.createAcls(rights()).all().get();
        }
    }

    @AfterEach
    void killWhatIsLeft() {
        processes.close();
    }

    @Test
    void theWholePipelineRunsWithTheRightsOfTheTableAndKeepsItsSecrets() throws Exception {
        Path summary = directory.resolve("summary.json");
        Process sampler = service("sampler", "sampler", "--model", "vae", "--rate", "50", "--verbose");
        Process producer = service("producer", "producer", "--dataset", "drawn", "--images", "3200", "--verbose");
        Process trainer = service(
                "trainer", "trainer", "--model", "vae", "--images", "3200", "--summary", "" + summary, "--verbose");
        String gallery = processes.lineThatStartsWith("sampler", "sampler: gallery at ");
        String metrics = processes.lineThatStartsWith("trainer", "trainer: metrics and health at ");

        await().atMost(Duration.ofSeconds(60))
                .until(() -> get(metrics + "/metrics").contains("sparsestream_steps"));
        assertThat(get(metrics + "/metrics")).doesNotContain(SECRET);
        assertThat(producer.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(producer.exitValue()).isZero();
        assertThat(trainer.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(trainer.exitValue()).isZero();
        JsonNode model =
                new ObjectMapper().readTree(summary.toFile()).get("models").get(0);
        assertThat(model.get("images").asLong()).isEqualTo(3200);
        mergedRunReaches(3200);
        await().atMost(Duration.ofSeconds(60))
                .until(() -> get(gallery + "/api/models").contains("\"version\":" + model.get("checkpointVersion")));
        assertThat(get(gallery + "/metrics"))
                .contains("sparsestream_images_generated")
                .doesNotContain(SECRET);
        sampler.toHandle().destroy();
        assertThat(sampler.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(sampler.exitValue()).isZero();

        for (String name : List.of("broker", "producer", "trainer", "replica", "merge", "sampler")) {
            assertThat(output(name)).as(name + "'s output").doesNotContain(SECRET);
        }
        assertThat(Files.readString(summary)).doesNotContain(SECRET);
    }

    private void mergedRunReaches(int images) throws Exception {
        Path summary = directory.resolve("merged.json");
        Process merge = service("merge", "merge", "--model", "vae", "--run-id", "merged", "--verbose");
        Process replica = run(
                "replica",
                "trainer",
                "trainer",
                "--model",
                "vae",
                "--run-id",
                "merged",
                "--merge-every",
                "5",
                "--images",
                "" + images,
                "--summary",
                "" + summary,
                "--verbose");
        assertThat(replica.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(replica.exitValue()).isZero();
        JsonNode model =
                new ObjectMapper().readTree(summary.toFile()).get("models").get(0);
        assertThat(model.get("images").asLong()).isEqualTo(images);
        merge.toHandle().destroy();
        assertThat(merge.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(merge.exitValue()).isZero();
    }

    @Test
    void singleImagesBecomeBatchesAndLettersWithTheRightsOfTheTable() throws Exception {
        Process ingest = service("ingest", "ingest", "--batch-size", "8", "--shuffle-buffer", "8", "--verbose");
        String http = processes.lineThatStartsWith("ingest", "ingest: metrics and health at ");
        await().atMost(Duration.ofSeconds(60))
                .until(() -> get(http + "/health/ready").contains("\"running\""));
        try (Producer<byte[], byte[]> client =
                new KafkaProducer<>(admin(), new ByteArraySerializer(), new ByteArraySerializer())) {
            for (int i = 0; i < 8; i++) {
                client.send(new ProducerRecord<>("images.raw", new byte[28 * 28]))
                        .get();
            }
            client.send(new ProducerRecord<>("images.raw", new byte[] {1})).get();
        }
        await().atMost(Duration.ofSeconds(60))
                .until(() -> get(http + "/metrics").contains("sparsestream_batches_produced_total 1.0"));
        await().atMost(Duration.ofSeconds(60))
                .until(() -> committed("images.batches") == 1 && committed("images.raw.dlq") == 1);
        assertThat(get(http + "/metrics")).doesNotContain(SECRET);
        ingest.toHandle().destroy();
        assertThat(ingest.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(ingest.exitValue()).isZero();
        assertThat(output("ingest")).doesNotContain(SECRET);
    }

    private int committed(String topic) {
        return CommittedTopic.read(admin(), topic, 0).size();
    }

    @Test
    void aServiceWithAnothersRightsFailsWithOneLineThatSaysWhatIsMissing() throws Exception {
        requireRefusal("producer", "sampler", "images.batches", "producer", "--dataset", "drawn", "--images", "128");
        try (Admin admin = Admin.create(admin())) {
            TopicCreation.ensure(admin, List.of(new Topics("").imageBatches()));
        }
        requireRefusal("trainer", "producer", "trainer.state", "trainer", "--model", "vae");
        requireRefusal("sampler", "producer", "images.generated", "sampler", "--model", "vae");
        requireRefusal("ingest", "producer", "images.raw", "ingest");
    }

    @Test
    void aWrongPasswordIsAClearErrorAndIsNotShown() throws Exception {
        Files.write(directory.resolve("wrong.properties"), clientSettings("trainer", SECRET + "nobody"));
        requireRefusal("trainer", "wrong", "Authentication failed", "trainer", "--model", "vae");
    }

    private void requireRefusal(String name, String user, String reason, String... arguments) throws Exception {
        String refused = name + "-as-" + user;
        Process process = run(refused, user, arguments);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).as(refused + " ends").isTrue();
        assertThat(process.exitValue()).isEqualTo(1);
        String errors = Files.readString(processes.errors(refused));
        List<String> last =
                errors.lines().filter(line -> line.startsWith("sparsestream: ")).toList();
        assertThat(last).as(errors).hasSize(1);
        assertThat(last.get(0)).contains(reason);
        assertThat(output(refused)).doesNotContain(SECRET);
    }

    /** From the table in docs/security.md: service, kind of resource, name, operations. */
    private static List<AclBinding> rights() throws IOException {
        List<AclBinding> rights = new ArrayList<>();
        try (Stream<String> lines = Files.lines(DOCUMENT)) {
            List<String[]> rows = lines.dropWhile(line -> !line.equals("## Rights"))
                    .skip(1)
                    .takeWhile(line -> !line.startsWith("#"))
                    .filter(line -> line.matches("\\| (producer|ingest|trainer|merge|sampler)[ ,].*"))
                    .map(line -> line.replace("`", "").split("\\|", -1))
                    .toList();
            assertThat(rows).hasSizeGreaterThan(6);
            for (String[] row : rows) {
                String user = row[1].strip().split(",", -1)[0];
                ResourcePattern resource = resource(row[2].strip(), row[3].strip());
                for (String operation : row[4].strip().split(", ", -1)) {
                    AclOperation allowed = AclOperation.fromString(constant(operation));
                    assertThat(allowed).as(operation).isNotEqualTo(AclOperation.UNKNOWN);
                    rights.add(new AclBinding(
                            resource, new AccessControlEntry("User:" + user, "*", allowed, AclPermissionType.ALLOW)));
                }
            }
        }
        return rights;
    }

    /** From {@code DescribeConfigs} to {@code Describe_Configs}. */
    private static String constant(String operation) {
        return operation.replaceAll("(?<=[a-z])(?=[A-Z])", "_");
    }

    private static ResourcePattern resource(String kind, String name) {
        ResourceType type = ResourceType.fromString(kind.replace(' ', '_'));
        assertThat(type).as(kind).isNotEqualTo(ResourceType.UNKNOWN);
        return name.endsWith("*")
                ? new ResourcePattern(type, name.substring(0, name.length() - 1), PatternType.PREFIXED)
                : new ResourcePattern(type, name, PatternType.LITERAL);
    }

    private void makeCertificate() throws Exception {
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "broker",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "SAN=dns:localhost,ip:127.0.0.1",
                        "-keystore",
                        keystore(),
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        SECRET + "keystore")
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("keytool.out").toFile())
                .start();
        assertThat(keytool.waitFor())
                .as(() -> "keytool, see " + directory.resolve("keytool.out"))
                .isZero();
    }

    private String keystore() {
        return directory.resolve("broker.p12").toString();
    }

    private List<String> brokerSettings() {
        StringBuilder users = new StringBuilder();
        USERS.forEach(user -> users.append(" user_%s=\"%s%s\"".formatted(user, SECRET, user)));
        return List.of(
                "listener.security.protocol.map=CLIENTS:SASL_SSL,CONTROLLER:PLAINTEXT",
                "sasl.enabled.mechanisms=PLAIN",
                "sasl.mechanism.inter.broker.protocol=PLAIN",
                "listener.name.clients.plain.sasl.jaas.config=" + login("admin", SECRET + "admin", users.toString()),
                "ssl.keystore.location=" + keystore(),
                "ssl.keystore.password=" + SECRET + "keystore",
                "ssl.truststore.location=" + keystore(),
                "ssl.truststore.password=" + SECRET + "keystore",
                "authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer",
                // The controller's listener is on loopback and knows nobody's name.
                "super.users=User:admin;User:ANONYMOUS");
    }

    private List<String> clientSettings(String user, String password) {
        return List.of(
                "security.protocol=SASL_SSL",
                "sasl.mechanism=PLAIN",
                "sasl.jaas.config=" + login(user, password, ""),
                "ssl.truststore.location=" + keystore(),
                "ssl.truststore.password=" + SECRET + "keystore");
    }

    private static String login(String user, String password, String more) {
        return "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"%s\" password=\"%s\"%s;"
                .formatted(user, password, more);
    }

    private Map<String, Object> admin() {
        Map<String, Object> settings = new HashMap<>();
        settings.put("bootstrap.servers", bootstrapServers);
        for (String line : clientSettings("admin", SECRET + "admin")) {
            int equals = line.indexOf('=');
            settings.put(line.substring(0, equals), line.substring(equals + 1));
        }
        return settings;
    }

    /** As a user of the same name. */
    private Process service(String name, String... arguments) {
        return run(name, name, arguments);
    }

    private Process run(String name, String user, String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of(
                "--bootstrap-servers",
                bootstrapServers,
                "--kafka-config",
                directory.resolve(user + ".properties").toString()));
        return processes.start(name, List.of(), all);
    }

    private String output(String name) throws IOException {
        return Files.readString(directory.resolve(name + ".out")) + Files.readString(processes.errors(name));
    }

    private static String get(String address) throws Exception {
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(URI.create(address)).build(), BodyHandlers.ofString())
                .body();
    }
}
