package sparsestream.sampler.gallery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import sparsestream.contract.GreyPng;
import sparsestream.contract.Tensor;

class LayerZerosTest {
    /** Two outputs, 2×2 pixels: the first pixel is dropped, the last is seen by one unit of two. */
    private static final float[] WEIGHTS = {0f, 1f, -2f, 0f, -0f, 3f, 1e-30f, 4f};

    private final LayerZeros layer = only(Map.of("encoder.0.weight", Tensor.ofFloats(WEIGHTS, 2, 4)));

    @Test
    void exactlyZeroIsWhatIsEqualToZero() {
        assertThat(layer.name()).isEqualTo("encoder.0");
        assertThat(layer.zeroRatio()).isCloseTo(3 / 8d, within(1e-12));
        assertThat(layer.deadInputs()).isEqualTo(1);
    }

    @Test
    void theMatrixIsWhiteWhereAWeightIsKept() throws Exception {
        assertThat(GreyPng.size(layer.matrix())).isEqualTo(new GreyPng.Size(4, 2));
        assertThat(GreyPng.decode(layer.matrix())).containsExactly(grey(0, 255, 255, 0, 0, 255, 255, 255));
    }

    @Test
    void aPixelIsAsBrightAsTheShareOfItsWeightsThatAreKept() throws Exception {
        assertThat(GreyPng.size(layer.pixels(2, 2))).isEqualTo(new GreyPng.Size(2, 2));
        assertThat(GreyPng.decode(layer.pixels(2, 2))).containsExactly(grey(0, 255, 255, 128));
    }

    @Test
    void aLayerThatDrawsPixelsShowsThemByItsOutputs() throws Exception {
        LayerZeros last = only(Map.of("decoder.2.weight", Tensor.ofFloats(WEIGHTS, 4, 2)));
        assertThat(GreyPng.decode(last.pixels(2, 2))).containsExactly(grey(128, 128, 128, 255));
        assertThat(last.hasPixels(2, 2)).isTrue();
    }

    @Test
    void aLayerWithoutPixelsHasNoPictureOfThem() {
        assertThat(layer.hasPixels(28, 28)).isFalse();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> layer.pixels(28, 28))
                .withMessage("encoder.0 takes 4 and gives 2 values, not pixels");
    }

    /** Three columns share a pixel, and the last two have one of their own. */
    @Test
    void aLargeMatrixIsShrunk() throws Exception {
        float[] weights = new float[2 * 2051];
        weights[0] = 1;
        weights[2050] = 1;
        byte[] png =
                only(Map.of("x.0.weight", Tensor.ofFloats(weights, 2, 2051))).matrix();
        assertThat(GreyPng.size(png)).isEqualTo(new GreyPng.Size(684, 2));
        byte[] pixels = GreyPng.decode(png);
        assertThat(new byte[] {pixels[0], pixels[1], pixels[683], pixels[684]}).containsExactly(grey(85, 0, 128, 0));
    }

    @Test
    void onlyMatricesOfWeightsAreLayers() {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        tensors.put("encoder.1.weight", Tensor.ofFloats(new float[6], 2, 3));
        tensors.put("encoder.1.bias", Tensor.ofFloats(new float[2], 2));
        tensors.put("encoder.0.weight", Tensor.ofFloats(new float[6], 6));
        tensors.put("<b>.0.weight", Tensor.ofFloats(new float[6], 2, 3));
        tensors.put("decoder.0.weight", Tensor.ofFloats(new float[6], 3, 2));
        assertThat(LayerZeros.of(tensors)).extracting(LayerZeros::name).containsExactly("encoder.1", "decoder.0");
    }

    private static LayerZeros only(Map<String, Tensor> tensors) {
        List<LayerZeros> layers = LayerZeros.of(tensors);
        assertThat(layers).hasSize(1);
        return layers.get(0);
    }

    private static byte[] grey(int... levels) {
        byte[] pixels = new byte[levels.length];
        for (int i = 0; i < levels.length; i++) {
            pixels[i] = (byte) levels[i];
        }
        return pixels;
    }
}
