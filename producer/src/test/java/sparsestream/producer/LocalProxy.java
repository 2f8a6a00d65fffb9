package sparsestream.producer;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An HTTP proxy on this machine: tunnels for CONNECT, and plain requests for absolute addresses. Whatever host a client asks for, it
 * connects to the one server that it was made for, so hosts need not exist.
 */
final class LocalProxy implements AutoCloseable {
    private final ServerSocket socket;
    private final int serverPort;
    private final Optional<String> login;
    private final AtomicInteger refusals = new AtomicInteger();
    private final List<String> requests = new CopyOnWriteArrayList<>();

    /** @param login {@code USER:PASSWORD} that it wants to hear; anybody may use it if empty */
    LocalProxy(int serverPort, Optional<String> login) {
        this.serverPort = serverPort;
        this.login = login;
        try {
            socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        start(this::accept);
    }

    /** {@code HOST:PORT}. */
    String address() {
        return "127.0.0.1:" + socket.getLocalPort();
    }

    /** First line of each request that was let through. */
    List<String> requests() {
        return requests;
    }

    int refusals() {
        return refusals.get();
    }

    private void accept() throws IOException {
        while (true) {
            Socket client = socket.accept();
            start(() -> serve(client));
        }
    }

    private void serve(Socket client) throws IOException {
        try (client) {
            InputStream in = client.getInputStream();
            for (List<String> head = head(in); !head.isEmpty(); head = head(in)) {
                if (isKnown(head)) {
                    requests.add(head.get(0));
                    pass(head, client);
                    return;
                }
                refusals.incrementAndGet();
                write(
                        client.getOutputStream(),
                        "HTTP/1.1 407 Proxy Authentication Required",
                        "Proxy-Authenticate: Basic realm=\"local\"",
                        "Content-Length: 0");
            }
        }
    }

    private boolean isKnown(List<String> head) {
        return login.isEmpty()
                || head.stream()
                        .anyMatch(line -> line.equalsIgnoreCase("Proxy-Authorization: Basic "
                                + Base64.getEncoder().encodeToString(login.get().getBytes(ISO_8859_1))));
    }

    private void pass(List<String> head, Socket client) throws IOException {
        try (Socket server = new Socket(InetAddress.getLoopbackAddress(), serverPort)) {
            if (head.get(0).startsWith("CONNECT ")) {
                write(client.getOutputStream(), "HTTP/1.1 200 Connection established");
            } else {
                String relative = head.get(0).replaceFirst(" http://[^/]*", " ");
                write(server.getOutputStream(), relative, "Host: mirror", "Connection: close");
            }
            Thread upwards = start(() -> client.getInputStream().transferTo(server.getOutputStream()));
            server.getInputStream().transferTo(client.getOutputStream());
            client.shutdownOutput();
            upwards.interrupt();
        }
    }

    private static List<String> head(InputStream in) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int b = in.read(); b >= 0; b = in.read()) {
            bytes.write(b);
            String text = bytes.toString(ISO_8859_1);
            if (text.endsWith("\r\n\r\n")) {
                return text.lines().filter(line -> !line.isEmpty()).toList();
            }
        }
        return List.of();
    }

    private static void write(OutputStream out, String... lines) throws IOException {
        out.write((String.join("\r\n", lines) + "\r\n\r\n").getBytes(ISO_8859_1));
        out.flush();
    }

    private interface Work {
        void run() throws IOException;
    }

    private static Thread start(Work work) {
        Thread thread = new Thread(() -> {
            try {
                work.run();
            } catch (IOException e) {
                // One side has closed.
            }
        });
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
