package sparsestream.producer;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import javax.net.ssl.SSLException;
import sparsestream.producer.PublicDataset.Digested;
import sparsestream.producer.PublicDataset.PublishedFile;

/**
 * Fetches a published file from the first mirror that gives the right bytes.
 *
 * <p>A file is at most tens of megabytes. It is held in memory until its SHA-256 is known to be right, and only then appears
 * under its name, all at once, so processes that download at the same time do each other no harm.
 */
final class Download {
    /** How often a mirror that answers is asked. */
    private static final int ROUNDS = 3;

    private static final long MIN_BYTES_PER_SECOND = 1_000;

    private final Limits limits;
    private final ProxyEnvironment proxies;
    private final HttpClient http;
    private final Consumer<String> progress;

    /**
     * @param bytes most that is accepted of a file; decompressed, 16 times as many
     * @param silence longest wait for a connection, an answer or the next bytes
     * @param pause before the mirrors are asked for the second time; twice as long before the third
     */
    record Limits(int bytes, Duration silence, Duration pause) {
        static final Limits USUAL = new Limits(64 << 20, Duration.ofSeconds(30), Duration.ofSeconds(1));

        long decompressedBytes() {
            return 16L * bytes;
        }
    }

    /** A mirror cannot give the file, however often it is asked. */
    private static final class RefusedException extends IOException {
        private static final long serialVersionUID = 1L;

        RefusedException(String message) {
            super(message);
        }
    }

    /** @param progress told, in a line for people, how far it has come */
    Download(Limits limits, ProxyEnvironment proxies, Consumer<String> progress) {
        this(limits, proxies, HttpClient.newBuilder(), progress);
    }

    Download(Limits limits, ProxyEnvironment proxies, HttpClient.Builder client, Consumer<String> progress) {
        this.limits = limits;
        this.proxies = proxies;
        this.http = proxies.build(client.connectTimeout(limits.silence()).followRedirects(HttpClient.Redirect.NORMAL));
        this.progress = progress;
    }

    /**
     * Fetches all files of a dataset that the directory lacks, creating the directory.
     *
     * @throws DownloadException if a file cannot be had from any mirror, or not be written
     */
    void fetch(PublicDataset dataset, Path directory) {
        try {
            Files.createDirectories(directory);
            for (PublishedFile file : dataset.files()) {
                Path target = directory.resolve(file.name());
                if (!Files.exists(target)) {
                    put(get(file, dataset.mirrors()), target);
                }
            }
        } catch (IOException e) {
            throw new DownloadException(
                    "cannot write %s to %s (%s); set HOME to a directory that can be written"
                            .formatted(dataset.name(), directory, e.getClass().getSimpleName()),
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DownloadException("interrupted while downloading " + dataset.name(), e);
        }
    }

    private byte[] get(PublishedFile file, List<String> mirrors) throws InterruptedException {
        List<URI> asked = mirrors.stream()
                .map(mirror -> URI.create(mirror + file.name()))
                .collect(Collectors.toCollection(ArrayList::new));
        Map<String, String> failures = new LinkedHashMap<>();
        boolean mayNeedProxy = false;
        for (int round = 0; round < ROUNDS && !asked.isEmpty(); round++) {
            Thread.sleep(round * limits.pause().toMillis());
            for (URI address : List.copyOf(asked)) {
                Optional<String> proxy = proxies.describe(address);
                String source = address + proxy.map(name -> " through " + name).orElse("");
                try {
                    byte[] body = receive(address, file.name());
                    verify(file, body);
                    return body;
                } catch (IOException e) {
                    failures.put(source, reason(e));
                    mayNeedProxy |= proxy.isEmpty() && isUnreachable(e);
                    // Not where nobody can be reached, so that a machine without a network hears of it soon.
                    if (e instanceof RefusedException || e instanceof SSLException || isUnreachable(e)) {
                        asked.remove(address);
                    } else if (round + 1 < ROUNDS) {
                        progress.accept("%s: %s; it will be asked again".formatted(source, reason(e)));
                    }
                }
            }
        }
        throw new DownloadException("cannot download %s: %s%s"
                .formatted(
                        file.name(),
                        failures.entrySet().stream()
                                .map(failure -> failure.getKey() + ": " + failure.getValue())
                                .collect(Collectors.joining("; ")),
                        mayNeedProxy ? " (behind a proxy, set https_proxy)" : ""));
    }

    private byte[] receive(URI address, String name) throws IOException, InterruptedException {
        HttpResponse<InputStream> response = ask(address);
        try (InputStream body = response.body()) {
            requireOk(response.statusCode());
            OptionalLong length = response.headers().firstValueAsLong("Content-Length");
            if (length.orElse(0) > limits.bytes()) {
                throw new RefusedException("%s bytes, the limit is %s".formatted(length.getAsLong(), limits.bytes()));
            }
            return readAll(body, length, name);
        }
    }

    private HttpResponse<InputStream> ask(URI address) throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(address).timeout(limits.silence()).build();
        try {
            return http.send(request, HttpResponse.BodyHandlers.ofInputStream());
        } catch (IOException e) {
            throw proxies.loginRefused() ? new RefusedException("the proxy wants another user and password") : e;
        }
    }

    private static void requireOk(int status) throws IOException {
        boolean refused = status >= 400 && status < 500 && status != 408 && status != 429;
        if (refused) {
            throw new RefusedException("HTTP " + status);
        }
        if (status != 200) {
            throw new IOException("HTTP " + status);
        }
    }

    private byte[] readAll(InputStream body, OptionalLong length, String name)
            throws IOException, InterruptedException {
        ByteArrayOutputStream all = new ByteArrayOutputStream(1 << 16);
        byte[] buffer = new byte[1 << 16];
        long begun = System.nanoTime();
        long told = -1;
        for (int read = readInTime(body, buffer); read >= 0; read = readInTime(body, buffer)) {
            all.write(buffer, 0, read);
            if (all.size() > limits.bytes()) {
                throw new RefusedException("more than the limit of " + limits.bytes() + " bytes");
            }
            requireFast(all.size(), Duration.ofNanos(System.nanoTime() - begun));
            long tenths = length.isPresent() ? 10L * all.size() / Math.max(1, length.getAsLong()) : all.size() >> 22;
            if (tenths > told) {
                told = tenths;
                progress.accept(describe(name, all.size(), length));
            }
        }
        if (all.size() < length.orElse(0)) {
            throw new IOException("broke off after %s of %s bytes".formatted(all.size(), length.getAsLong()));
        }
        return all.toByteArray();
    }

    /** The client has no timeout for a body that stops coming. Who gives up closes the body, and that ends the read. */
    private int readInTime(InputStream body, byte[] buffer) throws IOException, InterruptedException {
        FutureTask<Integer> read = new FutureTask<>(() -> body.read(buffer));
        ForkJoinPool.commonPool().execute(read);
        try {
            return read.get(limits.silence().toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new IOException("no data for " + limits.silence().toMillis() + " ms", e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException cause ? cause : new IOException(e.getCause());
        }
    }

    /** Otherwise a few bytes now and then could go on for days. */
    private void requireFast(long bytes, Duration since) throws IOException {
        if (since.compareTo(limits.silence()) > 0 && bytes * 1_000 < MIN_BYTES_PER_SECOND * since.toMillis()) {
            throw new IOException(
                    "no more than %s bytes in %s seconds".formatted(bytes, Math.max(1, since.toSeconds())));
        }
    }

    private static String describe(String name, long bytes, OptionalLong length) {
        String share = length.isPresent()
                ? String.format(Locale.ROOT, ", %s %%", 100 * bytes / Math.max(1, length.getAsLong()))
                : "";
        return String.format(Locale.ROOT, "downloading %s: %,d bytes%s", name, bytes, share);
    }

    private void verify(PublishedFile expected, byte[] body) throws IOException {
        String actual;
        try (InputStream in = new ByteArrayInputStream(body);
                InputStream digested = expected.digested() == Digested.CONTENT ? new GZIPInputStream(in) : in) {
            actual = sha256(digested);
        } catch (IOException e) {
            throw new IOException("not the file expected: " + e.getMessage(), e);
        }
        if (!actual.equals(expected.sha256())) {
            throw new IOException("wrong SHA-256 " + actual + ", expected " + expected.sha256());
        }
    }

    private String sha256(InputStream in) throws IOException {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
        byte[] buffer = new byte[1 << 16];
        long bytes = 0;
        for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
            bytes += read;
            if (bytes > limits.decompressedBytes()) {
                throw new IOException("unpacks to more than " + limits.decompressedBytes() + " bytes");
            }
            digest.update(buffer, 0, read);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static void put(byte[] body, Path target) throws IOException {
        Path part = target.resolveSibling(target.getFileName() + "." + UUID.randomUUID() + ".part");
        try {
            Files.write(part, body, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, StandardOpenOption.SYNC);
            Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(part);
        }
    }

    private static boolean isUnreachable(IOException e) {
        return e instanceof ConnectException || e instanceof HttpConnectTimeoutException;
    }

    /** What went wrong, in words; the client's own exceptions often have none. */
    private static String reason(IOException e) {
        if (isUnreachable(e)) {
            return e.getCause() instanceof ConnectException inner
                            && inner.getCause() instanceof UnresolvedAddressException
                    ? "the host is unknown"
                    : "no connection";
        }
        if (e instanceof HttpTimeoutException) {
            return "no answer in time";
        }
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }
}
