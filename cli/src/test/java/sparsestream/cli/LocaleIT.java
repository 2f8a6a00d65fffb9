package sparsestream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The demo as a process on machines in other languages: with digits of their own, or with an i that is no I in capitals. */
@Timeout(300)
class LocaleIT {
    private static final Pattern FOREIGN_DIGIT = Pattern.compile("[\\p{Nd}&&[^0-9]]");

    @TempDir
    private static Path directory;

    private static Processes processes;
    private static Map<String, String> english;

    @BeforeAll
    static void runInEnglish() throws Exception {
        processes = new Processes(directory);
        english = demo(Locale.ENGLISH, "english", 1280);
    }

    @AfterAll
    static void stop() {
        processes.close();
    }

    @ParameterizedTest
    @CsvSource({"ar-EG, fa-IR", "fa-IR, tr-TR", "tr-TR, ar-EG"})
    void aRunThatGoesOnInAnotherLanguageEndsWithTheWeightsOfAnEnglishOne(String first, String second) throws Exception {
        String data = first + "-" + second;
        demo(Locale.forLanguageTag(first), data, 640);

        assertThat(demo(Locale.forLanguageTag(second), data, 1280)).isEqualTo(english);

        try (Stream<Path> files = Files.walk(directory.resolve(data))) {
            assertThat(files.map(Path::toString)).noneMatch(FOREIGN_DIGIT.asPredicate());
        }
    }

    /** Runs until both models have learned so many images; the SHA-256 of their weights. */
    private static Map<String, String> demo(Locale language, String data, int images) throws Exception {
        String name = data + "." + images;
        Path summary = directory.resolve(name + ".json");
        Process demo = processes.start(
                name,
                List.of("-Duser.language=" + language.getLanguage(), "-Duser.country=" + language.getCountry()),
                List.of(
                        "demo",
                        "--dataset=drawn",
                        "--seed=5",
                        "--port=0",
                        "--images=" + images,
                        "--data=" + directory.resolve(data),
                        "--archive=" + directory.resolve(data).resolve("archive"),
                        "--summary=" + summary));
        assertThat(demo.waitFor(100, TimeUnit.SECONDS)).as(name + " has ended").isTrue();
        String output = Files.readString(directory.resolve(name + ".out")) + Files.readString(processes.errors(name));
        assertThat(demo.exitValue()).as(output).isZero();
        assertThat(output)
                .contains(String.format(Locale.ROOT, "vae %,d images", images))
                .doesNotContainPattern(FOREIGN_DIGIT);

        Map<String, String> weights = new TreeMap<>();
        for (JsonNode model : new ObjectMapper().readTree(summary.toFile()).get("models")) {
            assertThat(model.get("images").asInt()).isEqualTo(images);
            weights.put(model.get("model").asText(), model.get("weightsSha256").asText());
        }
        assertThat(weights).containsOnlyKeys("gan", "vae");
        return weights;
    }
}
