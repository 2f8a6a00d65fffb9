package sparsestream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import sparsestream.model.gan.GanConfig;
import sparsestream.model.layers.L1;

class ModelOptionsTest {
    @Command(name = "model")
    private static final class Host {
        @Mixin
        private ModelOptions options;
    }

    private static GanConfig gan(String arguments) {
        Host host = new Host();
        new CommandLine(host).parseArgs(arguments.isEmpty() ? new String[0] : arguments.split(" "));
        return (GanConfig) host.options.settings("gan", 28, 28, 1).config();
    }

    @ParameterizedTest
    @CsvSource({
        "'', 0.008, 0.001",
        "--learning-rate 0.016, 0.016, 0.002",
        "--discriminator-rate 0.003, 0.008, 0.003",
        "--learning-rate 0.016 --discriminator-rate 0.003, 0.016, 0.003",
        "--preset article, 0.0002, 0.0002",
        "--preset article --learning-rate 0.001, 0.001, 0.001",
        "--preset wide, 0.002, 0.001",
        "--preset wide --learning-rate 0.004, 0.004, 0.002",
    })
    void theDiscriminatorsRateKeepsThePresetsProportionUnlessGiven(
            String arguments, double generator, double discriminator) {
        GanConfig gan = gan(arguments);
        assertThat(gan.generatorAdam().learningRate()).isEqualTo(generator);
        assertThat(gan.discriminatorAdam().learningRate()).isEqualTo(discriminator);
    }

    @Test
    void theScheduleOfL1IsThatOfBothNetworks() {
        GanConfig gan =
                gan("--l1-generator 0.5 --l1-warm-up 3 --l1-freeze-after 7 --l1-debias-after 9 --l1-adaptivity 2");
        assertThat(gan.generatorL1()).isEqualTo(new L1(L1.Method.PROXIMAL, 0.5, 2, 3, 7, 9));
        assertThat(gan.discriminatorL1())
                .isEqualTo(new L1(L1.Method.PROXIMAL, gan("").discriminatorL1().lambda(), 2, 3, 7, 9));
    }
}
