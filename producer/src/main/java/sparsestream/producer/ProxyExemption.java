package sparsestream.producer;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One entry of {@code no_proxy}: {@code *}, a domain that stands for its subdomains too, an address, or a network as {@code 10.0.0.0/8};
 * with {@code :PORT}, of that port alone.
 *
 * @param host in lower case, without a leading dot
 * @param bits of an address that count; -1 if the host is a name
 * @param port -1 for any
 */
record ProxyExemption(String host, int bits, int port) {
    private static final Pattern FORM =
            Pattern.compile("(?<host>\\[[^\\[\\]/]*]|[^\\[\\]/:]*|[^\\[\\]/]*:[^\\[\\]/]*:[^\\[\\]/]*)"
                    + "(?:/(?<bits>[0-9]{1,3}))?(?::(?<port>[0-9]{1,5}))?");

    /** @throws DownloadException if it is of no such form */
    static ProxyExemption parse(String variable, String entry) {
        Matcher parts = FORM.matcher(entry.toLowerCase(Locale.ROOT));
        if (!parts.matches()) {
            throw malformed(variable, entry);
        }
        String host = bare(parts.group("host"));
        int port =
                Optional.ofNullable(parts.group("port")).map(Integer::parseInt).orElse(-1);
        Optional<byte[]> address = address(host);
        int all = address.map(bytes -> 8 * bytes.length).orElse(-1);
        int bits =
                Optional.ofNullable(parts.group("bits")).map(Integer::parseInt).orElse(all);
        if (bits > all) {
            throw malformed(variable, entry);
        }
        return new ProxyExemption(host.replaceFirst("^\\*?\\.", ""), bits, port);
    }

    boolean covers(URI uri) {
        return (port < 0 || port == portOf(uri)) && covers(bare(uri.getHost().toLowerCase(Locale.ROOT)));
    }

    private boolean covers(String asked) {
        if (host.equals("*")) {
            return true;
        }
        if (bits < 0) {
            return asked.equals(host) || asked.endsWith("." + host);
        }
        return address(asked).filter(this::isInNetwork).isPresent();
    }

    private boolean isInNetwork(byte[] asked) {
        byte[] network = address(host).orElseThrow();
        if (asked.length != network.length) {
            return false;
        }
        for (int bit = 0; bit < bits; bit++) {
            if (((asked[bit / 8] ^ network[bit / 8]) >> (7 - bit % 8) & 1) != 0) {
                return false;
            }
        }
        return true;
    }

    /** The bytes of an address in figures; empty for a name, which nobody is asked about. */
    private static Optional<byte[]> address(String host) {
        if (!host.matches("[0-9]+(\\.[0-9]+){3}|[0-9a-f:.]*:[0-9a-f:.]*")) {
            return Optional.empty();
        }
        try {
            return Optional.of(InetAddress.getByName(host).getAddress());
        } catch (UnknownHostException e) {
            return Optional.empty();
        }
    }

    private static String bare(String host) {
        return host.replaceAll("^\\[|]$|\\.$", "");
    }

    private static int portOf(URI uri) {
        return uri.getPort() >= 0 ? uri.getPort() : uri.getScheme().equals("https") ? 443 : 80;
    }

    private static DownloadException malformed(String variable, String entry) {
        return new DownloadException(
                "%s has '%s', which is neither a host nor a network such as 10.0.0.0/8".formatted(variable, entry));
    }
}
