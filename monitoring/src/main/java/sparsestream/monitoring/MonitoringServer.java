package sparsestream.monitoring;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.javalin.http.HttpStatus;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.net.BindException;
import java.nio.channels.UnresolvedAddressException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.eclipse.jetty.server.ConnectionLimit;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves {@code /metrics}, {@code /health/live} and {@code /health/ready}, and whatever routes a service adds.
 *
 * <p>Health answers 200 when up and 503 when not, with the {@link Health.Report} as JSON either way.
 */
public final class MonitoringServer implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(MonitoringServer.class);

    private static final String TEXT = "text/plain; version=0.0.4; charset=utf-8";
    private static final String OPEN_METRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8";

    private static final int MAX_REQUEST_BYTES = 64 * 1024;
    private static final int MAX_CONNECTIONS = 256;
    private static final int MAX_THREADS = 32;

    private final ObjectMapper json = new ObjectMapper();
    private final PrometheusMeterRegistry registry;
    private final Health health;
    private final HttpAddress address;
    private final Javalin javalin;

    private MonitoringServer(
            HttpAddress requested, PrometheusMeterRegistry registry, Health health, Consumer<Javalin> routes) {
        this.registry = registry;
        this.health = health;
        this.javalin = Javalin.create(MonitoringServer::configure);
        addRoutes();
        routes.accept(javalin);
        this.address = new HttpAddress(requested.host(), start(requested));
    }

    /**
     * Serves meters and health only.
     *
     * @throws HttpBindException if the address is taken or is not one of this machine's
     */
    public static MonitoringServer start(HttpAddress address, PrometheusMeterRegistry registry, Health health) {
        return start(address, registry, health, javalin -> {});
    }

    /**
     * Serves meters, health and what else a service has to show.
     *
     * @param routes adds the service's own routes before the server starts
     * @throws HttpBindException if the address is taken or is not one of this machine's
     */
    public static MonitoringServer start(
            HttpAddress address, PrometheusMeterRegistry registry, Health health, Consumer<Javalin> routes) {
        return new MonitoringServer(address, registry, health, routes);
    }

    /** Where this listens, with the port that was taken if any would do. */
    public HttpAddress address() {
        return address;
    }

    public int port() {
        return address.port();
    }

    @Override
    public void close() {
        javalin.stop();
    }

    private static void configure(JavalinConfig config) {
        config.showJavalinBanner = false;
        config.startupWatcherEnabled = false;
        config.http.prefer405over404 = true;
        config.http.maxRequestSize = MAX_REQUEST_BYTES;
        QueuedThreadPool threads = new QueuedThreadPool(MAX_THREADS);
        threads.setName("http");
        threads.setDaemon(true);
        config.jetty.threadPool = threads;
        config.jetty.modifyServer(server -> {
            // Stops at once: a graceful stop would wait for every idle connection and event stream.
            server.setStopTimeout(0);
            server.addBean(new ConnectionLimit(MAX_CONNECTIONS, server));
        });
    }

    private void addRoutes() {
        getAndHead("/metrics", this::metrics);
        getAndHead("/health/live", context -> report(context, health::liveness));
        getAndHead("/health/ready", context -> report(context, health::readiness));
        javalin.exception(Exception.class, (failure, context) -> {
            log.warn("{} {} failed", context.method(), context.path(), failure);
            context.status(HttpStatus.INTERNAL_SERVER_ERROR).result("internal error");
        });
    }

    /** Javalin by itself answers HEAD with 200 without asking the GET handler, which would be wrong for health. */
    private void getAndHead(String path, Handler handler) {
        javalin.get(path, handler);
        javalin.head(path, handler);
    }

    private void metrics(Context context) {
        String accept = context.header("Accept");
        String format = accept != null && accept.contains("application/openmetrics-text") ? OPEN_METRICS : TEXT;
        context.contentType(format).result(registry.scrape(format));
    }

    private void report(Context context, Supplier<Health.Report> source) throws JsonProcessingException {
        Health.Report report = source.get();
        context.status(report.state() == Health.State.UP ? HttpStatus.OK : HttpStatus.SERVICE_UNAVAILABLE)
                .contentType("application/json")
                .header("Cache-Control", "no-store")
                .result(json.writeValueAsString(report));
    }

    private int start(HttpAddress requested) {
        try {
            return javalin.start(requested.host(), requested.port()).port();
        } catch (RuntimeException failure) {
            javalin.stop();
            throw new HttpBindException(requested, reason(failure), failure);
        }
    }

    private static String reason(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof UnresolvedAddressException) {
                return "the host is unknown";
            }
            if (cause instanceof BindException) {
                return String.valueOf(cause.getMessage()).contains("in use")
                        ? "the port is in use"
                        : cause.getMessage();
            }
        }
        return failure.getMessage();
    }
}
