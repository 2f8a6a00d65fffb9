package sparsestream.producer;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A local HTTP server that answers one request after the other as told. */
final class FlakyMirror implements AutoCloseable {
    private final HttpServer server;
    private final Deque<Answer> answers = new ConcurrentLinkedDeque<>();
    private final AtomicInteger requests = new AtomicInteger();
    private final CountDownLatch closed = new CountDownLatch(1);

    interface Answer {
        void to(HttpExchange exchange) throws IOException;
    }

    FlakyMirror(Answer... inTurn) {
        answers.addAll(List.of(inTurn));
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(Executors.newCachedThreadPool());
        server.createContext("/", this::answer);
        server.start();
    }

    String address() {
        return "http://127.0.0.1:" + port() + "/";
    }

    int port() {
        return server.getAddress().getPort();
    }

    int requests() {
        return requests.get();
    }

    /** The whole body. */
    static Answer whole(byte[] body) {
        return exchange -> {
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
        };
    }

    /** Promises the whole body and breaks off after some bytes. */
    static Answer brokenAfter(int bytes, byte[] body) {
        return exchange -> {
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body, 0, bytes);
        };
    }

    /** Some bytes of the body, as if they were all. */
    static Answer shortened(int bytes, byte[] body) {
        return whole(Arrays.copyOf(body, bytes));
    }

    /** Zeros without end, or until nobody wants them. */
    static Answer endless() {
        return exchange -> {
            exchange.sendResponseHeaders(200, 0);
            while (true) {
                exchange.getResponseBody().write(new byte[1 << 16]);
            }
        };
    }

    static Answer status(int status) {
        return exchange -> exchange.sendResponseHeaders(status, -1);
    }

    /** Sends some bytes of the body and then nothing until the server closes. */
    Answer stalledAfter(int bytes, byte[] body) {
        return exchange -> {
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body, 0, bytes);
            exchange.getResponseBody().flush();
            try {
                closed.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        };
    }

    /** A byte now and then, for ever. */
    Answer dripping(long intervalMs) {
        return exchange -> {
            exchange.sendResponseHeaders(200, 0);
            try {
                while (!closed.await(intervalMs, TimeUnit.MILLISECONDS)) {
                    exchange.getResponseBody().write(0);
                    exchange.getResponseBody().flush();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        };
    }

    FlakyMirror then(Answer answer) {
        answers.add(answer);
        return this;
    }

    private void answer(HttpExchange exchange) throws IOException {
        requests.incrementAndGet();
        Answer answer = answers.poll();
        try (exchange) {
            (answer == null ? status(503) : answer).to(exchange);
        }
    }

    @Override
    public void close() {
        closed.countDown();
        server.stop(0);
    }
}
