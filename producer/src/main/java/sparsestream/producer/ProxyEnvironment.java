package sparsestream.producer;

import java.io.IOException;
import java.net.Authenticator;
import java.net.InetSocketAddress;
import java.net.PasswordAuthentication;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import sparsestream.monitoring.HttpAddress;

/**
 * The proxies that {@code http_proxy}, {@code https_proxy}, {@code all_proxy} and {@code no_proxy} name, in lower case or else in upper
 * case, as curl reads them. Java's own settings ({@code -Dhttps.proxyHost} and its kin) come before them.
 */
final class ProxyEnvironment extends ProxySelector {
    private static final Pattern FORM =
            Pattern.compile("(?:(?<scheme>[A-Za-z][A-Za-z0-9+.-]*)://)?(?:(?<user>[^:]*)(?::(?<password>.*))?@)?"
                    + "(?<host>\\[[0-9A-Fa-f:.]+]|[^\\[\\]:/@?#\\s]+)(?::(?<port>[0-9]{1,5}))?/?");

    private static final int DEFAULT_PORT = 80;
    private static final int MAX_PORT = 65_535;

    static {
        // Java gives no password to a proxy for https unless told to, since it goes there in the clear. Who has written
        // one into
        // https_proxy means it. Java reads this once, before the first client is made.
        System.getProperties().putIfAbsent("jdk.http.auth.tunneling.disabledSchemes", "");
    }

    private final Map<String, String> environment;
    private volatile boolean loginRefused;

    /**
     * @param source variable that names it
     * @param address not resolved
     */
    private record Named(String source, InetSocketAddress address, Optional<PasswordAuthentication> login) {
        @Override
        public String toString() {
            return "the proxy %s of %s".formatted(new HttpAddress(address.getHostString(), address.getPort()), source);
        }
    }

    ProxyEnvironment(Map<String, String> environment) {
        this.environment = Map.copyOf(environment);
    }

    /** A client that uses these proxies. */
    HttpClient build(HttpClient.Builder client) {
        return client.proxy(this).authenticator(new Login()).build();
    }

    /**
     * The proxy for this address in words that keep its password to themselves; empty if there is none.
     *
     * @throws DownloadException if a variable is not of the form it should have
     */
    Optional<String> describe(URI address) {
        return find(address).map(Named::toString);
    }

    /** Whether a proxy has refused the user and password that it was told, or wants to know some and there are none. */
    boolean loginRefused() {
        return loginRefused;
    }

    @Override
    public List<Proxy> select(URI address) {
        return List.of(find(address)
                .map(named -> new Proxy(Proxy.Type.HTTP, named.address()))
                .orElse(Proxy.NO_PROXY));
    }

    @Override
    public void connectFailed(URI address, SocketAddress proxy, IOException failure) {
        // There is no other to choose.
    }

    private Optional<Named> find(URI address) {
        return ofJava(address).or(() -> ofEnvironment(address));
    }

    private static Optional<Named> ofJava(URI address) {
        return Optional.ofNullable(ProxySelector.getDefault()).stream()
                .flatMap(selector -> selector.select(address).stream())
                .filter(proxy -> proxy.type() == Proxy.Type.HTTP)
                .map(proxy -> new Named("Java's settings", (InetSocketAddress) proxy.address(), Optional.empty()))
                .findFirst();
    }

    private Optional<Named> ofEnvironment(URI address) {
        return first(address.getScheme() + "_proxy")
                .or(() -> first("all_proxy"))
                .map(this::parse)
                .filter(named -> exemptions().noneMatch(exemption -> exemption.covers(address)));
    }

    /** The name of the variable that is there; one that is empty hides the others. */
    private Optional<String> first(String lowerCase) {
        return Stream.of(lowerCase, lowerCase.toUpperCase(Locale.ROOT))
                .filter(environment::containsKey)
                .findFirst()
                .filter(variable -> !environment.get(variable).isBlank());
    }

    private Stream<ProxyExemption> exemptions() {
        return first("no_proxy").stream()
                .flatMap(variable -> Stream.of(environment.get(variable).split("[,\\s]+"))
                        .filter(entry -> !entry.isEmpty())
                        .map(entry -> ProxyExemption.parse(variable, entry)));
    }

    private Named parse(String variable) {
        // What it is stays out of messages: it may hold a password.
        Matcher parts = FORM.matcher(environment.get(variable).strip());
        if (!parts.matches()) {
            throw malformed(variable);
        }
        String scheme =
                Optional.ofNullable(parts.group("scheme")).orElse("http").toLowerCase(Locale.ROOT);
        if (!scheme.equals("http")) {
            throw new DownloadException(
                    "%s names a proxy by %s://; only http:// can be used".formatted(variable, scheme));
        }
        int port =
                Optional.ofNullable(parts.group("port")).map(Integer::parseInt).orElse(DEFAULT_PORT);
        if (port < 1 || port > MAX_PORT) {
            throw malformed(variable);
        }
        String host = parts.group("host").replaceAll("[\\[\\]]", "");
        return new Named(variable, InetSocketAddress.createUnresolved(host, port), login(variable, parts));
    }

    private static Optional<PasswordAuthentication> login(String variable, Matcher parts) {
        return Optional.ofNullable(parts.group("user"))
                .map(user -> new PasswordAuthentication(
                        decode(variable, user),
                        decode(
                                        variable,
                                        Optional.ofNullable(parts.group("password"))
                                                .orElse(""))
                                .toCharArray()));
    }

    private static String decode(String variable, String text) {
        try {
            return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw malformed(variable);
        }
    }

    private static DownloadException malformed(String variable) {
        return new DownloadException(
                variable
                        + " has to be of the form http://HOST:PORT or http://USER:PASSWORD@HOST:PORT, with special characters as %XX");
    }

    /** Knows the passwords of these proxies, gives each to its own proxy alone, and does not repeat one that was refused. */
    private final class Login extends Authenticator {
        private final Set<String> told = new HashSet<>();

        @Override
        protected PasswordAuthentication getPasswordAuthentication() {
            if (getRequestorType() != RequestorType.PROXY) {
                return null;
            }
            // Java keeps a password that was taken, by scheme and proxy, so whoever asks again has refused it.
            String asking = getRequestingURL().getProtocol() + " " + getRequestingHost() + " " + getRequestingPort();
            Optional<PasswordAuthentication> login = told.add(asking) ? login() : Optional.empty();
            loginRefused |= login.isEmpty();
            return login.orElse(null);
        }

        private Optional<PasswordAuthentication> login() {
            return Stream.of("http_proxy", "https_proxy", "all_proxy")
                    .flatMap(name -> first(name).stream())
                    .map(ProxyEnvironment.this::parse)
                    .filter(named -> named.address().getHostString().equals(getRequestingHost())
                            && named.address().getPort() == getRequestingPort())
                    .flatMap(named -> named.login().stream())
                    .findFirst();
        }
    }
}
