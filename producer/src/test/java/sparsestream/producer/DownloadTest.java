package sparsestream.producer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import sparsestream.producer.PublicDataset.Digested;
import sparsestream.producer.PublicDataset.PublishedFile;

@Timeout(30)
class DownloadTest {
    private static final byte[] CONTENT = new byte[200_000];

    static {
        new Random(1).nextBytes(CONTENT);
    }

    private static final byte[] PACKED = IdxFixture.gzip(CONTENT);
    private static final List<PublishedFile> FILES =
            List.of(new PublishedFile("x.gz", Digested.CONTENT, sha256(CONTENT)));
    private static final Download.Limits LIMITS =
            new Download.Limits(1 << 20, Duration.ofSeconds(10), Duration.ofMillis(10));

    private static final ProxyEnvironment NO_PROXY = new ProxyEnvironment(Map.of());

    @TempDir
    Path directory;

    private final List<String> progress = new ArrayList<>();

    @Test
    void theFileAppearsUnderItsNameAndNothingElseIsLeft() throws IOException {
        try (FlakyMirror mirror = new FlakyMirror(FlakyMirror.whole(PACKED))) {
            fetch(mirror);
        }

        assertThat(directory.resolve("x.gz")).hasBinaryContent(PACKED);
        assertThat(names()).containsExactly("x.gz");
        assertThat(progress)
                .last()
                .isEqualTo(String.format(Locale.ROOT, "downloading x.gz: %,d bytes, 100 %%", PACKED.length));
    }

    @Test
    void whatIsThereIsNotFetchedAgain() throws IOException {
        Files.write(directory.resolve("x.gz"), PACKED);
        try (FlakyMirror mirror = new FlakyMirror()) {
            fetch(mirror);
            assertThat(mirror.requests()).isZero();
        }
    }

    @Test
    void whatBreaksOffIsAskedForAgain() throws IOException {
        try (FlakyMirror mirror = new FlakyMirror(
                FlakyMirror.brokenAfter(70_000, PACKED),
                FlakyMirror.shortened(70_000, PACKED),
                FlakyMirror.whole(PACKED))) {
            fetch(mirror);
            assertThat(mirror.requests()).isEqualTo(3);
        }
        assertThat(directory.resolve("x.gz")).hasBinaryContent(PACKED);
        assertThat(names()).containsExactly("x.gz");
        assertThat(progress)
                .filteredOn(line -> line.endsWith("; it will be asked again"))
                .hasSize(2);
    }

    @Test
    void aMirrorThatIsBusyIsAskedAgain() throws IOException {
        try (FlakyMirror mirror =
                new FlakyMirror(FlakyMirror.status(503), FlakyMirror.status(429), FlakyMirror.whole(PACKED))) {
            fetch(mirror);
        }
        assertThat(directory.resolve("x.gz")).hasBinaryContent(PACKED);
    }

    @Test
    void theNextMirrorIsAskedBeforeTheSameOneAgain() {
        try (FlakyMirror first = new FlakyMirror(FlakyMirror.brokenAfter(70_000, PACKED));
                FlakyMirror second = new FlakyMirror(FlakyMirror.whole(PACKED))) {
            fetch(first, second);
            assertThat(first.requests()).isEqualTo(1);
        }
        assertThat(directory.resolve("x.gz")).hasBinaryContent(PACKED);
    }

    @Test
    void aMirrorThatRefusesOrCannotBeReachedIsAskedOnce() {
        try (FlakyMirror refusing = new FlakyMirror(FlakyMirror.status(404));
                FlakyMirror breaking = new FlakyMirror(
                        FlakyMirror.brokenAfter(70_000, PACKED),
                        FlakyMirror.brokenAfter(70_000, PACKED),
                        FlakyMirror.brokenAfter(70_000, PACKED))) {
            PublicDataset dataset = new PublicDataset(
                    "x", "X", List.of("http://127.0.0.1:9/", refusing.address(), breaking.address()), FILES);
            assertThatThrownBy(() -> download(1 << 20, 10_000).fetch(dataset, directory))
                    .isInstanceOf(DownloadException.class)
                    .hasMessageStartingWith(
                            "cannot download x.gz: http://127.0.0.1:9/x.gz: no connection; %sx.gz: HTTP 404; %sx.gz: "
                                    .formatted(refusing.address(), breaking.address()));
            assertThat(refusing.requests()).isEqualTo(1);
            assertThat(breaking.requests()).isEqualTo(3);
        }
    }

    @Test
    void aHostThatIsUnknownIsSaidToBe() {
        PublicDataset dataset = new PublicDataset("x", "X", List.of("http://nowhere.invalid/"), FILES);
        assertThatThrownBy(() -> download(1 << 20, 10_000).fetch(dataset, directory))
                .isInstanceOf(DownloadException.class)
                .hasMessage("cannot download x.gz: http://nowhere.invalid/x.gz: the host is unknown"
                        + " (behind a proxy, set https_proxy)");
    }

    @Test
    void wrongBytesAreNotTakenAndTheNextMirrorIsAsked() throws IOException {
        byte[] wrong = CONTENT.clone();
        wrong[100] ^= 1;
        try (FlakyMirror first = new FlakyMirror(FlakyMirror.whole(IdxFixture.gzip(wrong)));
                FlakyMirror second = new FlakyMirror(FlakyMirror.whole(PACKED))) {
            fetch(first, second);
        }
        assertThat(directory.resolve("x.gz")).hasBinaryContent(PACKED);
        assertThat(names()).containsExactly("x.gz");
    }

    @Test
    void wrongBytesEverywhereAreAnErrorAndLeaveNothing() throws IOException {
        FlakyMirror.Answer wrong = FlakyMirror.whole(IdxFixture.gzip(new byte[9]));
        FlakyMirror.Answer page = FlakyMirror.whole("<html>".getBytes(StandardCharsets.UTF_8));
        try (FlakyMirror first = new FlakyMirror(wrong, wrong, wrong);
                FlakyMirror second = new FlakyMirror(page, page, page)) {
            assertThatThrownBy(() -> fetch(first, second))
                    .isInstanceOf(DownloadException.class)
                    .hasMessageContaining("wrong SHA-256 " + sha256(new byte[9]) + ", expected " + sha256(CONTENT))
                    .hasMessageEndingWith("not the file expected: Not in GZIP format");
        }
        assertThat(names()).isEmpty();
    }

    @Test
    void aPublishedSumOfTheFileItselfIsCheckedToo() throws IOException {
        PublishedFile right = new PublishedFile("x.gz", Digested.FILE, sha256(PACKED));
        PublishedFile wrong = new PublishedFile("y.gz", Digested.FILE, sha256(CONTENT));
        FlakyMirror.Answer whole = FlakyMirror.whole(PACKED);
        try (FlakyMirror mirror = new FlakyMirror(whole, whole, whole, whole)) {
            PublicDataset dataset = new PublicDataset("x", "X", List.of(mirror.address()), List.of(right, wrong));
            assertThatThrownBy(() -> download(1 << 20, 10_000).fetch(dataset, directory))
                    .isInstanceOf(DownloadException.class)
                    .hasMessageContaining("wrong SHA-256");
        }
        assertThat(names()).containsExactly("x.gz");
    }

    @Test
    void noMoreThanTheLimitIsTaken() {
        try (FlakyMirror promised = new FlakyMirror(FlakyMirror.whole(PACKED));
                FlakyMirror endless = new FlakyMirror(FlakyMirror.endless())) {
            assertThatThrownBy(() -> download(1_000, 10_000).fetch(dataset(promised), directory))
                    .isInstanceOf(DownloadException.class)
                    .hasMessageContaining("%s bytes, the limit is 1000".formatted(PACKED.length));
            assertThatThrownBy(() -> download(1 << 20, 10_000).fetch(dataset(endless), directory))
                    .isInstanceOf(DownloadException.class)
                    .hasMessageContaining("more than the limit of 1048576 bytes");
        }
    }

    @Test
    void aGzipBombIsNotUnpackedToItsEnd() {
        FlakyMirror.Answer bomb = FlakyMirror.whole(IdxFixture.gzip(new byte[10_000_000]));
        try (FlakyMirror mirror = new FlakyMirror(bomb, bomb, bomb)) {
            assertThatThrownBy(() -> download(100_000, 10_000).fetch(dataset(mirror), directory))
                    .isInstanceOf(DownloadException.class)
                    .hasMessageContaining("unpacks to more than 1600000 bytes");
        }
    }

    @Test
    void aServerThatFallsSilentIsAskedAgainAndThenGivenUp() {
        try (FlakyMirror mirror = new FlakyMirror()) {
            FlakyMirror.Answer stalled = mirror.stalledAfter(70_000, PACKED);
            mirror.then(stalled).then(stalled).then(stalled);
            assertThatThrownBy(() -> download(1 << 20, 300).fetch(dataset(mirror), directory))
                    .isInstanceOf(DownloadException.class)
                    .hasMessageEndingWith("x.gz: no data for 300 ms");
            assertThat(mirror.requests()).isEqualTo(3);
        }
    }

    @Test
    void aServerThatDripsIsGivenUp() {
        try (FlakyMirror mirror = new FlakyMirror()) {
            FlakyMirror.Answer dripping = mirror.dripping(50);
            mirror.then(dripping).then(dripping).then(dripping);
            assertThatThrownBy(() -> download(1 << 20, 300).fetch(dataset(mirror), directory))
                    .isInstanceOf(DownloadException.class)
                    .hasMessageMatching(".* no more than \\d+ bytes in \\d+ seconds");
        }
    }

    @Test
    void downloadsAtTheSameTimeAllGetTheFile() throws Exception {
        int downloads = 4;
        CyclicBarrier together = new CyclicBarrier(downloads);
        FlakyMirror.Answer slow = exchange -> {
            exchange.sendResponseHeaders(200, PACKED.length);
            exchange.getResponseBody().write(PACKED, 0, 70_000);
            exchange.getResponseBody().flush();
            awaitOthers(together);
            exchange.getResponseBody().write(PACKED, 70_000, PACKED.length - 70_000);
        };
        try (FlakyMirror mirror = new FlakyMirror(slow, slow, slow, slow)) {
            List<CompletableFuture<Void>> running = Stream.generate(() -> CompletableFuture.runAsync(
                            () -> new Download(LIMITS, NO_PROXY, line -> {}).fetch(dataset(mirror), directory),
                            command -> new Thread(command).start()))
                    .limit(downloads)
                    .toList();
            for (CompletableFuture<Void> download : running) {
                download.get(20, TimeUnit.SECONDS);
            }
            assertThat(mirror.requests()).isEqualTo(downloads);
        }
        assertThat(directory.resolve("x.gz")).hasBinaryContent(PACKED);
        assertThat(names()).containsExactly("x.gz");
    }

    @Test
    void aDirectoryThatCannotBeWrittenIsNamed() throws IOException {
        Path file = Files.createFile(directory.resolve("file"));
        try (FlakyMirror mirror = new FlakyMirror()) {
            assertThatThrownBy(() -> download(1 << 20, 10_000).fetch(dataset(mirror), file))
                    .isInstanceOf(DownloadException.class)
                    .hasMessage("cannot write x to " + file
                            + " (FileAlreadyExistsException); set HOME to a directory that can be written");
            assertThat(mirror.requests()).isZero();
        }
    }

    private static void awaitOthers(CyclicBarrier together) throws IOException {
        try {
            together.await(10, TimeUnit.SECONDS);
        } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
            throw new IOException(e);
        }
    }

    private void fetch(FlakyMirror... mirrors) {
        new Download(LIMITS, NO_PROXY, progress::add).fetch(dataset(mirrors), directory);
    }

    private Download download(int limitBytes, long silenceMs) {
        return new Download(
                new Download.Limits(limitBytes, Duration.ofMillis(silenceMs), Duration.ofMillis(10)),
                NO_PROXY,
                progress::add);
    }

    private static PublicDataset dataset(FlakyMirror... mirrors) {
        return new PublicDataset(
                "x", "X", Stream.of(mirrors).map(FlakyMirror::address).toList(), FILES);
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }
}
