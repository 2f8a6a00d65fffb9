package sparsestream.sampler.gallery;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Server-sent events, to at most {@value #MAX_CLIENTS} clients at a time.
 *
 * <p>Each client has a thread of its own, so that one that does not read holds up nobody; the server drops it when a write
 * has not moved for its idle timeout.
 */
final class EventStreams implements AutoCloseable {
    static final int MAX_CLIENTS = 64;

    private static final long TICK_MS = 200;

    private final GalleryState state;
    private final ObjectMapper json;
    private final Clock clock;
    private final Semaphore free = new Semaphore(MAX_CLIENTS);
    private final CountDownLatch closed = new CountDownLatch(1);
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "gallery-events");
        thread.setDaemon(true);
        return thread;
    });

    EventStreams(GalleryState state, ObjectMapper json, Clock clock) {
        this.state = state;
        this.json = json;
        this.clock = clock;
    }

    /**
     * Answers a request with events until the client goes away.
     *
     * @throws RequestProblem if there are too many clients
     */
    void open(Context context) {
        if (closed.getCount() == 0 || !free.tryAcquire()) {
            throw new RequestProblem(
                    HttpStatus.SERVICE_UNAVAILABLE, "no more than " + MAX_CLIENTS + " clients can follow the events");
        }
        HttpServletResponse response = context.res();
        response.setContentType("text/event-stream");
        response.setCharacterEncoding("UTF-8");
        response.setHeader("Cache-Control", "no-store");
        // nginx would keep events back until they fill a buffer.
        response.setHeader("X-Accel-Buffering", "no");
        context.future(() -> CompletableFuture.runAsync(() -> stream(response), threads));
    }

    @Override
    public void close() {
        closed.countDown();
        threads.shutdownNow();
    }

    private void stream(HttpServletResponse response) {
        try {
            OutputStream out = response.getOutputStream();
            EventFeed feed = new EventFeed(state);
            do {
                StringBuilder news = new StringBuilder();
                for (GalleryEvent event : feed.next(clock.instant())) {
                    news.append("event: ").append(event.name()).append("\ndata: ");
                    news.append(json.writeValueAsString(event)).append("\n\n");
                }
                out.write(news.toString().getBytes(StandardCharsets.UTF_8));
                out.flush();
            } while (!closed.await(TICK_MS, TimeUnit.MILLISECONDS));
        } catch (IOException e) {
            // The client has gone, or has not read for too long.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            free.release();
        }
    }
}
