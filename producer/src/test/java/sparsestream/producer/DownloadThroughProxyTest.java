package sparsestream.producer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import sparsestream.producer.PublicDataset.Digested;
import sparsestream.producer.PublicDataset.PublishedFile;

@Timeout(60)
class DownloadThroughProxyTest {
    /** A name that nobody knows: only the proxy can bring a request for it anywhere. */
    private static final String HTTP_MIRROR = "http://mirror.invalid/";

    private static final String HTTPS_MIRROR = "https://mirror.invalid/";
    private static final byte[] FILE = IdxFixture.gzip("what a mirror has".getBytes(StandardCharsets.UTF_8));
    private static final PublishedFile X = new PublishedFile("x.gz", Digested.FILE, sha256());
    private static final Optional<String> ANYBODY = Optional.empty();

    @TempDir
    private Path directory;

    @Test
    void aPlainRequestGoesThroughTheProxy() throws Exception {
        try (FlakyMirror mirror = new FlakyMirror(FlakyMirror.whole(FILE));
                LocalProxy proxy = new LocalProxy(mirror.port(), ANYBODY)) {
            fetch(HTTP_MIRROR, Map.of("http_proxy", "http://" + proxy.address() + "/"));
            assertThat(proxy.requests()).containsExactly("GET http://mirror.invalid/x.gz HTTP/1.1");
        }
        assertThat(directory.resolve("x.gz")).hasBinaryContent(FILE);
    }

    @Test
    void aSecureRequestGoesThroughATunnelAndThePasswordToTheProxyAlone() throws Exception {
        try (SecureMirror mirror = new SecureMirror();
                LocalProxy proxy = new LocalProxy(mirror.port(), Optional.of("me:p@ss+word"))) {
            Map<String, String> environment = Map.of("HTTPS_PROXY", "me:p%40ss+word@" + proxy.address());
            fetch(HTTPS_MIRROR, environment, mirror.client(), X, new PublishedFile("y.gz", Digested.FILE, sha256()));
            assertThat(proxy.requests()).containsOnly("CONNECT mirror.invalid:443 HTTP/1.1");
            assertThat(directory.resolve("y.gz")).hasBinaryContent(FILE);
            assertThat(mirror.authorization).isEmpty();
        }
        assertThat(directory.resolve("x.gz")).hasBinaryContent(FILE);
    }

    @Test
    void aPlainRequestTellsThePasswordToo() throws Exception {
        try (FlakyMirror mirror = new FlakyMirror(FlakyMirror.whole(FILE));
                LocalProxy proxy = new LocalProxy(mirror.port(), Optional.of("me:secret"))) {
            fetch(HTTP_MIRROR, Map.of("all_proxy", "http://me:secret@" + proxy.address()));
        }
        assertThat(directory.resolve("x.gz")).hasBinaryContent(FILE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"https_proxy", "http_proxy"})
    void aVariableOfTheOtherSchemeIsNotUsed(String variable) {
        String mirror = variable.startsWith("https") ? HTTP_MIRROR : HTTPS_MIRROR;
        assertThatThrownBy(() -> fetch(mirror, Map.of(variable, "127.0.0.1:9")))
                .hasMessage("cannot download x.gz: " + mirror
                        + "x.gz: the host is unknown (behind a proxy, set https_proxy)");
    }

    @Test
    void whatNoProxyNamesIsAskedDirectly() throws Exception {
        try (FlakyMirror mirror = new FlakyMirror(FlakyMirror.whole(FILE))) {
            fetch(mirror.address(), Map.of("http_proxy", "127.0.0.1:9", "NO_PROXY", "localhost, 127.0.0.0/8"));
        }
        assertThat(directory.resolve("x.gz")).hasBinaryContent(FILE);
    }

    @Test
    void lowerCaseComesFirstAndAnEmptyValueMeansNoProxy() throws Exception {
        try (FlakyMirror mirror = new FlakyMirror(FlakyMirror.whole(FILE))) {
            fetch(mirror.address(), Map.of("http_proxy", "", "HTTP_PROXY", "127.0.0.1:9"));
        }
        assertThat(directory.resolve("x.gz")).hasBinaryContent(FILE);
    }

    @Test
    void aProxyThatDoesNotAnswerIsNamed() {
        assertThatThrownBy(() -> fetch(HTTPS_MIRROR, Map.of("https_proxy", "http://me:secret@127.0.0.1:9")))
                .isInstanceOf(DownloadException.class)
                .hasMessage(
                        "cannot download x.gz: https://mirror.invalid/x.gz through the proxy 127.0.0.1:9 of https_proxy:"
                                + " no connection");
    }

    @ParameterizedTest
    @CsvSource({HTTP_MIRROR + ", ''", HTTPS_MIRROR + ", ''", HTTP_MIRROR + ", me:wrong@", HTTPS_MIRROR + ", me:wrong@"})
    void aProxyThatRefusesTheLoginIsOneClearLineWithoutThePassword(String mirror, String login) throws Exception {
        try (LocalProxy proxy = new LocalProxy(9, Optional.of("me:secret"))) {
            assertThatThrownBy(() -> fetch(mirror, Map.of("all_proxy", "http://" + login + proxy.address())))
                    .isInstanceOf(DownloadException.class)
                    .hasMessage("cannot download x.gz: " + mirror + "x.gz through the proxy " + proxy.address()
                            + " of all_proxy: the proxy wants another user and password");
            assertThat(proxy.requests()).isEmpty();
            // A password that is wrong is not tried until the account is locked.
            assertThat(proxy.refusals()).isLessThanOrEqualTo(2);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "http://me:secret@, has to be of the form",
        "http://me:secret@host:0, has to be of the form",
        "http://me:secret@host:65536, has to be of the form",
        "http://me:secret@host:3128/path, has to be of the form",
        "http://me:secret%4@host:3128, has to be of the form",
        "http://me:secret@[::1:3128, has to be of the form",
        "me:secret@two words:3128, has to be of the form",
        "https://me:secret@host:3128, names a proxy by https://; only http:// can be used",
        "socks5://me:secret@host:1080, names a proxy by socks5://; only http:// can be used",
    })
    void aMalformedValueIsOneClearLineWithoutThePassword(String value, String complaint) {
        assertThatThrownBy(() -> fetch(HTTPS_MIRROR, Map.of("https_proxy", value)))
                .isInstanceOf(DownloadException.class)
                .hasMessageStartingWith("https_proxy " + complaint)
                .hasMessageNotContaining("secret");
    }

    @ParameterizedTest
    @CsvSource({
        "proxy, proxy:80",
        "http://proxy, proxy:80",
        "HTTP://proxy:3128/, proxy:3128",
        "' http://proxy:3128 ', proxy:3128",
        "http://me@proxy:3128, proxy:3128",
        "http://me:a:b@c@proxy:3128, proxy:3128",
        "http://[::1]:3128, [::1]:3128",
    })
    void anAddressMayBeWrittenInManyWays(String value, String address) {
        assertThat(new ProxyEnvironment(Map.of("https_proxy", value)).describe(URI.create(HTTPS_MIRROR)))
                .contains("the proxy " + address + " of https_proxy");
    }

    private void fetch(String mirror, Map<String, String> environment) {
        fetch(mirror, environment, HttpClient.newBuilder(), X);
    }

    private void fetch(
            String mirror, Map<String, String> environment, HttpClient.Builder client, PublishedFile... files) {
        Download.Limits limits = new Download.Limits(1 << 20, Duration.ofSeconds(10), Duration.ZERO);
        new Download(limits, new ProxyEnvironment(environment), client, line -> {})
                .fetch(new PublicDataset("x", "X", List.of(mirror), List.of(files)), directory);
    }

    private static String sha256() {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(FILE));
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    /** A server with a certificate for {@code mirror.invalid}, and a client that trusts it. */
    private static final class SecureMirror implements AutoCloseable {
        private static final char[] PASSWORD = "password".toCharArray();

        private final SSLContext tls;
        private final HttpsServer server;
        private List<String> authorization = List.of("never asked");

        SecureMirror() throws Exception {
            tls = certified();
            server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.setHttpsConfigurator(new HttpsConfigurator(tls));
            server.createContext("/", exchange -> {
                authorization = exchange.getRequestHeaders().getOrDefault("Proxy-Authorization", List.of());
                try (exchange) {
                    FlakyMirror.whole(FILE).to(exchange);
                }
            });
            server.start();
        }

        int port() {
            return server.getAddress().getPort();
        }

        HttpClient.Builder client() {
            return HttpClient.newBuilder().sslContext(tls);
        }

        private static SSLContext certified() throws IOException, GeneralSecurityException, InterruptedException {
            Path store = Files.createTempDirectory("tls").resolve("store.p12");
            Process keytool = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "keytool")
                                    .toString(),
                            "-genkeypair",
                            "-alias",
                            "mirror",
                            "-keyalg",
                            "EC",
                            "-dname",
                            "CN=mirror.invalid",
                            "-ext",
                            "san=dns:mirror.invalid",
                            "-storetype",
                            "PKCS12",
                            "-keystore",
                            store.toString(),
                            "-storepass",
                            new String(PASSWORD))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            assertThat(keytool.waitFor()).isZero();
            KeyStore keys = KeyStore.getInstance("PKCS12");
            try (InputStream in = Files.newInputStream(store)) {
                keys.load(in, PASSWORD);
            }
            Files.delete(store);
            Files.delete(store.getParent());
            KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            own.init(keys, PASSWORD);
            TrustManagerFactory trusted = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trusted.init(keys);
            SSLContext tls = SSLContext.getInstance("TLS");
            tls.init(own.getKeyManagers(), trusted.getTrustManagers(), null);
            return tls;
        }

        @Override
        public void close() {
            server.stop(0);
        }
    }
}
