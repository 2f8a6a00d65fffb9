package sparsestream.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What each service, a process of its own, says of a broker that is killed and started again: a line at either end. */
@Timeout(300)
class QuietOutageIT {
    private static final Duration OUTAGE = Duration.ofSeconds(15);
    private static final String BEGINS = "the brokers at ";
    private static final String ENDS = " answer again, after ";

    private static final Map<String, List<String>> SERVICES = Map.of(
            "producer", List.of("producer", "--dataset", "drawn", "--rate", "500"),
            "trainer", List.of("trainer"),
            "verbose", List.of("trainer", "--model", "vae", "--run-id", "verbose", "--verbose"),
            "sampler", List.of("sampler"),
            "ingest", List.of("ingest"),
            "merge", List.of("merge", "--model", "vae", "--run-id", "merged"));

    @TempDir
    private Path directory;

    private Processes processes;

    @AfterEach
    void killWhatIsLeft() {
        processes.close();
    }

    @Test
    void eachServiceSaysWhenItBeginsAndWhenItIsOverAndHowLongItTook() throws Exception {
        processes = new Processes(directory);
        Process broker = broker("broker", 0);
        String servers = processes.lineThatStartsWith("broker", "broker ready at ");
        Map<String, String> addresses = new LinkedHashMap<>();
        for (String name : SERVICES.keySet()) {
            List<String> arguments = new ArrayList<>(SERVICES.get(name));
            arguments.addAll(List.of("--bootstrap-servers", servers));
            processes.start(name, List.of(), arguments);
        }
        for (String name : SERVICES.keySet()) {
            String service = SERVICES.get(name).get(0);
            String what = service.equals("sampler") ? ": gallery at " : ": metrics and health at ";
            addresses.put(name, processes.lineThatStartsWith(name, service + what));
        }
        await().atMost(Duration.ofMinutes(2))
                .until(() -> addresses.values().stream().allMatch(QuietOutageIT::isReady));
        Map<String, Integer> before = new LinkedHashMap<>();
        SERVICES.keySet().forEach(name -> before.put(name, lines(name).size()));

        broker.destroyForcibly().waitFor();
        await().atMost(Duration.ofSeconds(30))
                .until(() -> SERVICES.keySet().stream().allMatch(name -> count(name, before, BEGINS) == 1));
        await().during(OUTAGE).atMost(OUTAGE.plusSeconds(5)).until(() -> SERVICES.keySet().stream()
                .allMatch(name -> count(name, before, BEGINS) == 1));
        broker("again", Integer.parseInt(servers.split(":", 2)[1]));
        await().atMost(Duration.ofSeconds(90))
                .until(() -> SERVICES.keySet().stream().allMatch(name -> count(name, before, ENDS) == 1));
        await().atMost(Duration.ofSeconds(60))
                .until(() -> addresses.values().stream().allMatch(QuietOutageIT::isReady));

        for (String name : SERVICES.keySet()) {
            List<String> said = since(name, before);
            assertThat(said.stream().filter(line -> line.contains(BEGINS)))
                    .as(name + ": " + said)
                    .hasSize(2);
            if (name.equals("verbose")) {
                assertThat(said).anyMatch(line -> line.contains(" WARN  NetworkClient: "));
            } else {
                assertThat(said.stream().filter(line -> line.contains(" WARN ") || line.contains(" ERROR ")))
                        .as(name + ": " + said)
                        .allMatch(line -> line.contains(" Outage: "));
                assertThat(said).as(name).noneMatch(line -> line.contains("Client: ") || line.startsWith("\tat "));
            }
        }
    }

    private Process broker(String name, int port) {
        return processes.start(
                name,
                List.of(),
                List.of(
                        "broker",
                        "--port",
                        "" + port,
                        "--data",
                        directory.resolve("data").toString()));
    }

    private long count(String name, Map<String, Integer> before, String words) {
        return since(name, before).stream().filter(line -> line.contains(words)).count();
    }

    private List<String> since(String name, Map<String, Integer> before) {
        List<String> all = lines(name);
        return all.subList(before.get(name), all.size());
    }

    private List<String> lines(String name) {
        try {
            return Files.readAllLines(processes.errors(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isReady(String address) {
        try {
            return HttpClient.newHttpClient()
                            .send(
                                    HttpRequest.newBuilder(URI.create(address + "/health/ready"))
                                            .build(),
                                    BodyHandlers.discarding())
                            .statusCode()
                    == 200;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
