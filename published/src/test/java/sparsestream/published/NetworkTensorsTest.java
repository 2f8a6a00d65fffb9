package sparsestream.published;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import sparsestream.contract.MalformedMessageException;
import sparsestream.contract.Tensor;
import sparsestream.model.layers.Network;

class NetworkTensorsTest {
    private final Network encoder = new Network("encoder", List.of(layer(2, 3), layer(3, 1)));
    private final Network decoder = new Network("decoder", List.of(layer(1, 2)));

    @Test
    void tensorsAreNamedAndLaidOutAsInPyTorch() {
        Map<String, Tensor> tensors = NetworkTensors.of(List.of(encoder, decoder));
        assertThat(tensors.keySet())
                .containsExactly(
                        "encoder.0.weight",
                        "encoder.0.bias",
                        "encoder.1.weight",
                        "encoder.1.bias",
                        "decoder.0.weight",
                        "decoder.0.bias");
        assertThat(tensors.get("encoder.0.weight").shape()).containsExactly(3, 2);
        assertThat(tensors.get("encoder.0.bias").shape()).containsExactly(3);
    }

    @Test
    void aNetworkWithoutANameHasItsLayersNumbersAlone() throws MalformedMessageException {
        Map<String, Tensor> tensors = NetworkTensors.of(List.of(new Network("", encoder.layers())));
        assertThat(tensors.keySet()).containsExactly("0.weight", "0.bias", "1.weight", "1.bias");
        requireSame(NetworkTensors.read(tensors, ""), encoder);
    }

    @Test
    void whatWasWrittenIsRead() throws MalformedMessageException {
        Map<String, Network> networks = NetworkTensors.readAll(NetworkTensors.of(List.of(encoder, decoder)));
        assertThat(networks.keySet()).containsExactly("encoder", "decoder");
        requireSame(networks.get("encoder"), encoder);
        requireSame(networks.get("decoder"), decoder);
    }

    private static void requireSame(Network actual, Network expected) {
        assertThat(actual.layers()).usingRecursiveComparison().isEqualTo(expected.layers());
    }

    private static Network.Layer layer(int inputs, int outputs) {
        float[] weights = new float[inputs * outputs];
        float[] biases = new float[outputs];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = i + 0.5f;
        }
        for (int i = 0; i < biases.length; i++) {
            biases[i] = -i;
        }
        return new Network.Layer(inputs, outputs, weights, biases);
    }
}
