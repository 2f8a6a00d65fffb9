package sparsestream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class UnreadableTextTest {
    private static final String ADVICE =
            " has letters that the locale does not have; set LC_ALL=C.UTF-8, or use the launcher, which does";

    @Test
    void namesWhatTheLocaleHasNoLettersFor() {
        String[] arguments = {"demo", "--data", "/srv/k\uFFFD\uFFFD"};
        assertThat(UnreadableText.find(arguments, Map.of(), "/srv")).contains("the argument /srv/k??" + ADVICE);
        assertThat(UnreadableText.find(new String[0], Map.of("SPARSESTREAM_DATA", "/k\uFFFD"), "/srv"))
                .contains("SPARSESTREAM_DATA=/k?" + ADVICE);
        assertThat(UnreadableText.find(new String[0], Map.of(), "/srv/k\uFFFD"))
                .contains("the working directory /srv/k?" + ADVICE);
    }

    @Test
    void lettersThatTheLocaleHasAreNoMatter() {
        String[] arguments = {"demo", "--data", "/srv/kü?"};
        assertThat(UnreadableText.find(arguments, Map.of("SPARSESTREAM_DATA", "ü", "OTHER", "\uFFFD"), "/ü"))
                .isEmpty();
    }
}
