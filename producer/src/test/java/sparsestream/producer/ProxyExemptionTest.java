package sparsestream.producer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProxyExemptionTest {
    @ParameterizedTest
    @CsvSource({
        "*, https://example.com/",
        "example.com, https://example.com/",
        "EXAMPLE.com, https://Example.COM/",
        "example.com, https://mirror.example.com/",
        ".example.com, https://mirror.example.com/",
        ".example.com, https://example.com/",
        "*.example.com, https://mirror.example.com/",
        "example.com., https://example.com/",
        "example.com, https://example.com./",
        "example.com:443, https://example.com/",
        "example.com:80, http://example.com/",
        "example.com:8080, http://example.com:8080/",
        "127.0.0.1, http://127.0.0.1:8080/",
        "127.0.0.0/8, http://127.1.2.3/",
        "10.32.0.0/11, http://10.63.255.255/",
        "0.0.0.0/0, http://192.0.2.7/",
        "::1, http://[::1]:8080/",
        "[::1], http://[0:0:0:0:0:0:0:1]/",
        "[::1]:8080, http://[::1]:8080/",
        "2001:db8::/32, https://[2001:DB8:1::2]/",
    })
    void covers(String entry, String address) {
        assertThat(ProxyExemption.parse("no_proxy", entry).covers(URI.create(address)))
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "example.com, https://notexample.com/",
        "example.com, https://example.com.evil.org/",
        "mirror.example.com, https://example.com/",
        "example.com:8080, http://example.com/",
        "127.0.0.1, http://127.0.0.2/",
        "10.32.0.0/11, http://10.64.0.0/",
        "10.0.0.0/8, http://[::1]/",
        "10.0.0.0/8, http://ten.example.com/",
        "::1, http://[::2]/",
        "<local>, http://localhost/",
    })
    void doesNotCover(String entry, String address) {
        assertThat(ProxyExemption.parse("no_proxy", entry).covers(URI.create(address)))
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.0.0.0/33", "example.com/8", "example.com:http", "[::1", "http://example.com"})
    void whatIsNeitherHostNorNetworkIsOneClearLine(String entry) {
        assertThatThrownBy(() -> ProxyExemption.parse("NO_PROXY", entry))
                .isInstanceOf(DownloadException.class)
                .hasMessage(
                        "NO_PROXY has '%s', which is neither a host nor a network such as 10.0.0.0/8".formatted(entry));
    }
}
