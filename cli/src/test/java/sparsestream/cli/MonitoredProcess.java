package sparsestream.cli;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;

/**
 * A service in a process of its own, as its meters and its health show it.
 *
 * @param address of its HTTP server, as {@code http://host:port}
 */
record MonitoredProcess(Process process, String address) {
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    boolean isReady() throws IOException, InterruptedException {
        return get("/health/ready").statusCode() == 200;
    }

    /**
     * What a counter or gauge shows; 0 as long as it is not there.
     *
     * @param series the name as Prometheus has it, with the labels where there are any: {@code name{label="value"}}
     */
    long value(String series) throws IOException, InterruptedException {
        return get("/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith(series + " "))
                .mapToLong(line -> (long) Double.parseDouble(line.substring(series.length() + 1)))
                .sum();
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return HTTP.send(HttpRequest.newBuilder(URI.create(address + path)).build(), BodyHandlers.ofString());
    }
}
