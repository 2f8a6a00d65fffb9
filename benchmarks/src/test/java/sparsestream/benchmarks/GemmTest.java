package sparsestream.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Multiplications and additions of the seed architectures for a batch of 128, counted by hand. */
class GemmTest {
    private static final long BATCH = 128;

    @Test
    void aVaeStepHasThreeProductsALayerButTwoAtTheImages() {
        long first = 784 * 128;
        long others = 128 * 256 + 256 * 64 + 32 * 256 + 256 * 128 + 128 * 784;
        assertThat(flops(ModelKind.VAE)).containsExactly(2 * BATCH * (2 * first + 3 * others));
    }

    @Test
    void aGanStepPassesTheDiscriminatorWithFakesAndRealImagesAndOnceMoreForTheGenerator() {
        assertThat(flops(ModelKind.GAN)).containsExactly(2 * BATCH * ganMultiplications());
    }

    @Test
    void r1AddsTheGradientInTheRealImagesAndTwoBlocksEverySecondStep() {
        long first = 784 * 256;
        long others = 256 * 256 + 256;
        long penalty = first + 2 * (2 * first + 3 * others);
        assertThat(flops(ModelKind.GAN_R1))
                .containsExactly(2 * BATCH * (ganMultiplications() + penalty), 2 * BATCH * ganMultiplications());
    }

    private static long ganMultiplications() {
        long generator = 2 * (100 * 128) + 3 * (128 * 256 + 256 * 784);
        long discriminatorUpdate = 2 * (2 * (784 * 256) + 3 * (256 * 256 + 256));
        long throughDiscriminator = 2 * (784 * 256 + 256 * 256 + 256);
        return generator + discriminatorUpdate + throughDiscriminator;
    }

    private static List<Long> flops(ModelKind model) {
        return Gemm.cycle(new Configuration(model, Architecture.SEED, 1, (int) BATCH)).stream()
                .map(step -> step.stream().mapToLong(Gemm::flops).sum())
                .toList();
    }
}
