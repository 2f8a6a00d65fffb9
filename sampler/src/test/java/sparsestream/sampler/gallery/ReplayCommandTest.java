package sparsestream.sampler.gallery;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sparsestream.sampler.TestModels;

class ReplayCommandTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "localhost:9092 | \"\" | ./sparsestream replay image --partition 0 --offset 7 --out image.png",
                "a:1,b:2 | p. | ./sparsestream replay image --bootstrap-servers a:1,b:2 --topic-prefix p. --partition 0 --offset 7 --out image.png",
                "a;'b | \"\" | ./sparsestream replay image --bootstrap-servers 'a;'\\''b' --partition 0 --offset 7 --out image.png"
            })
    void itNamesWhatIsNotTheDefaultAndIsSafeInAShell(String servers, String prefix, String command) {
        var image = TestModels.version("vae", 1).draw(5, 7, TestModels.COMMITTED, "/test");
        assertThat(new ReplayCommand(servers, prefix).of(TestModels.emitted(image)))
                .isEqualTo(command);
    }
}
