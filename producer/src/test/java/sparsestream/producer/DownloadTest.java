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
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
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
        assertThat(progress).last().isEqualTo("x.gz %s of %s".formatted(PACKED.length, PACKED.length));
    }

    @Test
    void whatIsThereIsNotFetchedAgain() throws IOException {
        Files.write(directory.resolve("x.gz"), PACKED);
        try (FlakyMirror mirror = new FlakyMirror()) {
            fetch(mirror);
            assertThat(mirror.requests()).isEmpty();
        }
    }

    @Test
    void aBrokenTransferGoesOnWhereItStopped() throws IOException {
        try (FlakyMirror mirror =
                new FlakyMirror(FlakyMirror.brokenAfter(70_000, PACKED, "\"v1\""), FlakyMirror.rest(PACKED))) {
            fetch(mirror);
            assertThat(mirror.requests()).hasSize(2).last().asString().matches("bytes=\\d+- \"v1\"");
        }
        assertThat(directory.resolve("x.gz")).hasBinaryContent(PACKED);
    }

    @Test
    void theNextRunGoesOnWhereAnInterruptedOneStopped() throws IOException {
        try (FlakyMirror mirror = new FlakyMirror(FlakyMirror.brokenAfter(70_000, PACKED, null))) {
            assertThatThrownBy(() -> fetch(mirror)).isInstanceOf(DownloadException.class);
            long kept = Files.size(directory.resolve("x.gz.part"));
            assertThat(kept).isPositive();

            mirror.then(FlakyMirror.rest(PACKED));
            fetch(mirror);
            assertThat(mirror.requests()).last().isEqualTo("bytes=" + kept + "- -");
        }
        assertThat(directory.resolve("x.gz")).hasBinaryContent(PACKED);
        assertThat(names()).containsExactly("x.gz");
    }

    @Test
    void aWeakValidatorIsNotSentBack() throws IOException {
        try (FlakyMirror mirror =
                new FlakyMirror(FlakyMirror.brokenAfter(70_000, PACKED, "W/\"v1\""), FlakyMirror.rest(PACKED))) {
            fetch(mirror);
            assertThat(mirror.requests()).last().asString().endsWith(" -");
        }
    }

    @Test
    void aServerWithoutRangesMakesItStartAnew() throws IOException {
        try (FlakyMirror mirror =
                new FlakyMirror(FlakyMirror.brokenAfter(70_000, PACKED, "\"v1\""), FlakyMirror.whole(PACKED))) {
            fetch(mirror);
        }
        assertThat(directory.resolve("x.gz")).hasBinaryContent(PACKED);
    }

    @Test
    void aPartThatIsNoBeginningOfTheFileIsStartedAnew() throws IOException {
        try (FlakyMirror mirror = new FlakyMirror(FlakyMirror.status(416), FlakyMirror.whole(PACKED))) {
            Files.write(directory.resolve("x.gz.part"), Arrays.copyOf(PACKED, PACKED.length + 1));
            Files.writeString(directory.resolve("x.gz.part.origin"), mirror.address() + "x.gz");
            fetch(mirror);
        }
        assertThat(directory.resolve("x.gz")).hasBinaryContent(PACKED);
    }

    @Test
    void anotherMirrorsPartIsNotContinued() throws IOException {
        try (FlakyMirror first = new FlakyMirror(FlakyMirror.brokenAfter(70_000, PACKED, "\"v1\""));
                FlakyMirror second = new FlakyMirror(FlakyMirror.whole(PACKED))) {
            fetch(first, second);
            assertThat(second.requests()).containsExactly("- -");
        }
        assertThat(directory.resolve("x.gz")).hasBinaryContent(PACKED);
    }

    @Test
    void wrongBytesAreDeletedAndTheNextMirrorIsAsked() throws IOException {
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
        try (FlakyMirror mirror = new FlakyMirror(
                FlakyMirror.whole(IdxFixture.gzip(new byte[9])),
                FlakyMirror.whole("<html>".getBytes(StandardCharsets.UTF_8)))) {
            assertThatThrownBy(() -> fetch(mirror, mirror))
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
        try (FlakyMirror mirror = new FlakyMirror(FlakyMirror.whole(PACKED), FlakyMirror.whole(PACKED))) {
            PublicDataset dataset = new PublicDataset("x", List.of(mirror.address()), List.of(right, wrong));
            assertThatThrownBy(() -> download(1 << 20, 10_000).fetch(dataset, directory))
                    .isInstanceOf(DownloadException.class)
                    .hasMessageContaining("wrong SHA-256");
        }
        assertThat(names()).containsExactly("x.gz");
    }

    @Test
    void everyMirrorsFailureIsNamed() {
        try (FlakyMirror first = new FlakyMirror(FlakyMirror.status(404));
                FlakyMirror second = new FlakyMirror(FlakyMirror.status(403))) {
            assertThatThrownBy(() -> fetch(first, second))
                    .isInstanceOf(DownloadException.class)
                    .hasMessage("cannot download x.gz: %sx.gz: HTTP 404; %sx.gz: HTTP 403"
                            .formatted(first.address(), second.address()));
        }
    }

    @Test
    void noMoreThanTheLimitIsTaken() {
        try (FlakyMirror promised = new FlakyMirror(FlakyMirror.whole(PACKED));
                FlakyMirror chunked = new FlakyMirror(exchange -> {
                    exchange.sendResponseHeaders(200, 0);
                    exchange.getResponseBody().write(PACKED);
                })) {
            assertThatThrownBy(() -> download(1_000, 10_000).fetch(dataset(promised), directory))
                    .isInstanceOf(DownloadException.class)
                    .hasMessageContaining("%s bytes, the limit is 1000".formatted(PACKED.length));
            assertThatThrownBy(() -> download(1_000, 10_000).fetch(dataset(chunked), directory))
                    .isInstanceOf(DownloadException.class)
                    .hasMessageContaining("more than the limit of 1000 bytes");
        }
    }

    @Test
    void aGzipBombIsNotUnpackedToItsEnd() {
        try (FlakyMirror mirror = new FlakyMirror(FlakyMirror.whole(IdxFixture.gzip(new byte[10_000_000])))) {
            assertThatThrownBy(() -> download(100_000, 10_000).fetch(dataset(mirror), directory))
                    .isInstanceOf(DownloadException.class)
                    .hasMessageContaining("unpacks to more than 1600000 bytes");
        }
    }

    @Test
    void aServerThatFallsSilentIsGivenUp() {
        try (FlakyMirror mirror = new FlakyMirror()) {
            mirror.then(mirror.stalledAfter(70_000, PACKED));
            assertThatThrownBy(() -> download(1 << 20, 300).fetch(dataset(mirror), directory))
                    .isInstanceOf(DownloadException.class)
                    .hasMessageEndingWith("x.gz: HTTP 503");
            assertThat(mirror.requests()).hasSize(2);
        }
    }

    private void fetch(FlakyMirror... mirrors) {
        download(1 << 20, 10_000).fetch(dataset(mirrors), directory);
    }

    private Download download(long limitBytes, long silenceMs) {
        return new Download(
                new Download.Limits(limitBytes, Duration.ofMillis(silenceMs)),
                (file, bytes, total) -> progress.add(file + " " + bytes + " of " + total.orElse(-1)));
    }

    private static PublicDataset dataset(FlakyMirror... mirrors) {
        return new PublicDataset(
                "x",
                Stream.of(mirrors).map(FlakyMirror::address).toList(),
                List.of(new PublishedFile("x.gz", Digested.CONTENT, sha256(CONTENT))));
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
