package sparsestream.producer;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;

/** A local HTTP server that answers one request after the other as told. */
final class FlakyMirror implements AutoCloseable {
    private final HttpServer server;
    private final Deque<Answer> answers = new ArrayDeque<>();
    private final List<String> requests = new CopyOnWriteArrayList<>();
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
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/";
    }

    /** By request, {@code Range} and {@code If-Range}, each {@code -} if absent. */
    List<String> requests() {
        return requests;
    }

    /** The whole body. */
    static Answer whole(byte[] body) {
        return exchange -> {
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
        };
    }

    /** Promises the whole body and breaks off after some bytes. */
    static Answer brokenAfter(int bytes, byte[] body, String etag) {
        return exchange -> {
            if (etag != null) {
                exchange.getResponseHeaders().set("ETag", etag);
            }
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body, 0, bytes);
        };
    }

    /** The rest of the body, from where the request says. */
    static Answer rest(byte[] body) {
        return exchange -> {
            int from = Integer.parseInt(
                    exchange.getRequestHeaders().getFirst("Range").replaceAll("bytes=(\\d+)-", "$1"));
            exchange.getResponseHeaders()
                    .set("Content-Range", "bytes %s-%s/%s".formatted(from, body.length - 1, body.length));
            exchange.sendResponseHeaders(206, body.length - from);
            exchange.getResponseBody().write(body, from, body.length - from);
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

    void then(Answer answer) {
        answers.add(answer);
    }

    private void answer(HttpExchange exchange) throws IOException {
        requests.add(header(exchange, "Range") + " " + header(exchange, "If-Range"));
        Answer answer = answers.poll();
        try (exchange) {
            (answer == null ? status(503) : answer).to(exchange);
        }
    }

    private static String header(HttpExchange exchange, String name) {
        String value = exchange.getRequestHeaders().getFirst(name);
        return value == null ? "-" : value;
    }

    @Override
    public void close() {
        closed.countDown();
        server.stop(0);
    }
}
