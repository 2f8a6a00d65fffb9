package sparsestream.producer;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/** One HTTP exchange that brings a part file to its end, from where it stands if the server allows that. */
final class Transfer {
    private final HttpClient http;
    private final Download.Limits limits;
    private final Listener listener;

    interface Listener {
        void bytes(long bytes, OptionalLong totalBytes);
    }

    Transfer(HttpClient http, Download.Limits limits, Listener listener) {
        this.http = http;
        this.limits = limits;
        this.listener = listener;
    }

    /** @throws IOException if the file is not complete; what has come of it stays in the part */
    void run(PartFile part, URI address) throws IOException, InterruptedException {
        long from = part.size();
        HttpResponse<InputStream> response =
                http.send(request(address, from, part.etag()), HttpResponse.BodyHandlers.ofInputStream());
        try (InputStream body = response.body()) {
            if (from > 0 && response.statusCode() == 416) {
                // Nothing follows what we have, yet it never passed as complete: it is not a beginning of this file.
                part.delete();
                run(part, address);
                return;
            }
            boolean resumed = from > 0 && response.statusCode() == 206 && startsAt(response, from);
            if (!resumed && response.statusCode() != 200) {
                throw new IOException("HTTP " + response.statusCode());
            }
            long start = resumed ? from : 0;
            OptionalLong length = response.headers().firstValueAsLong("Content-Length");
            OptionalLong total = length.isPresent() ? OptionalLong.of(start + length.getAsLong()) : length;
            try (OutputStream out =
                    resumed ? part.resume() : part.start(response.headers().firstValue("ETag"))) {
                copy(body, out, start, total);
            }
        }
    }

    private HttpRequest request(URI address, long from, Optional<String> etag) {
        HttpRequest.Builder request = HttpRequest.newBuilder(address).timeout(limits.silence());
        if (from > 0) {
            request.header("Range", "bytes=" + from + "-");
            // A weak validator does not promise equal bytes, and RFC 9110 section 13.1.5 forbids it here.
            etag.filter(tag -> !tag.startsWith("W/")).ifPresent(tag -> request.header("If-Range", tag));
        }
        return request.build();
    }

    private static boolean startsAt(HttpResponse<?> response, long from) {
        return response.headers()
                .firstValue("Content-Range")
                .filter(range -> range.startsWith("bytes " + from + "-"))
                .isPresent();
    }

    private void copy(InputStream body, OutputStream out, long start, OptionalLong total) throws IOException {
        if (total.orElse(0) > limits.bytes()) {
            throw new IOException("%s bytes, the limit is %s".formatted(total.getAsLong(), limits.bytes()));
        }
        byte[] buffer = new byte[1 << 16];
        long bytes = start;
        for (int read = readInTime(body, buffer); read >= 0; read = readInTime(body, buffer)) {
            bytes += read;
            if (bytes > limits.bytes()) {
                throw new IOException("more than the limit of " + limits.bytes() + " bytes");
            }
            out.write(buffer, 0, read);
            listener.bytes(bytes, total);
        }
        if (total.isPresent() && bytes < total.getAsLong()) {
            throw new IOException("broke off after %s of %s bytes".formatted(bytes, total.getAsLong()));
        }
    }

    /** The client has no timeout for a body that stops coming, so closing it from outside ends the read. */
    private int readInTime(InputStream body, byte[] buffer) throws IOException {
        CompletableFuture<Void> silence = CompletableFuture.runAsync(() -> closeQuietly(body), afterSilence());
        try {
            int read = body.read(buffer);
            if (silence.cancel(false)) {
                return read;
            }
        } catch (IOException e) {
            if (silence.cancel(false)) {
                throw e;
            }
        }
        throw new IOException("no data for " + limits.silence().toMillis() + " ms");
    }

    private Executor afterSilence() {
        return CompletableFuture.delayedExecutor(limits.silence().toMillis(), TimeUnit.MILLISECONDS);
    }

    private static void closeQuietly(InputStream body) {
        try {
            body.close();
        } catch (IOException e) {
            // The read that waits for this body reports the end.
        }
    }

    /** What went wrong, in words; the client's own exceptions often have none. */
    static String reason(IOException e) {
        if (e instanceof ConnectException) {
            return "no connection";
        }
        if (e instanceof HttpTimeoutException) {
            return "no answer in time";
        }
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }
}
