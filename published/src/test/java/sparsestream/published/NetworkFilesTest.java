package sparsestream.published;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import sparsestream.model.ImageGenerator;
import sparsestream.model.layers.Network;
import sparsestream.model.layers.Networks;
import sparsestream.model.layers.Parameters;

/** What is exported, run by those for whom it is meant. */
class NetworkFilesTest {
    private static final int IMAGES = 4;
    private static final double TOLERANCE = 1e-5;

    @ParameterizedTest
    @ValueSource(strings = {"32,256,128,784", "100,128,256,784", "6,11", "3,5,7"})
    void dl4jDrawsTheSamplersImages(String widths) throws IOException {
        Network network = network(widths);
        ImageGenerator generator = new ImageGenerator(network);

        MultiLayerNetwork restored =
                ModelSerializer.restoreMultiLayerNetwork(new ByteArrayInputStream(NetworkFiles.dl4j(network)));

        try (INDArray drawn = restored.output(Nd4j.createFromArray(latents(generator)))) {
            assertImages(drawn.toFloatMatrix(), generator);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"32,256,128,784", "100,128,256,784", "6,11", "3,5,7"})
    void onnxRuntimeDrawsTheSamplersImages(String widths) throws OrtException {
        Network network = network(widths);
        ImageGenerator generator = new ImageGenerator(network);
        OrtEnvironment environment = OrtEnvironment.getEnvironment();

        byte[] file = NetworkFiles.onnx(network, Map.of("checkpoint_version", "12"));

        try (OrtSession session = environment.createSession(file);
                OnnxTensor latents = OnnxTensor.createTensor(environment, latents(generator));
                OrtSession.Result result = session.run(Map.of("latent", latents))) {
            assertImages((float[][]) result.get("intensities").orElseThrow().getValue(), generator);
            assertThat(session.getMetadata().getCustomMetadata()).containsEntry("checkpoint_version", "12");
        }
    }

    private static void assertImages(float[][] drawn, ImageGenerator generator) {
        assertThat(drawn).hasDimensions(IMAGES, generator.pixels());
        for (int i = 0; i < IMAGES; i++) {
            float[] expected = generator.intensities(generator.latentVector(4, i));
            for (int pixel = 0; pixel < expected.length; pixel++) {
                assertThat((double) drawn[i][pixel]).isCloseTo(expected[pixel], within(TOLERANCE));
            }
        }
    }

    private static float[][] latents(ImageGenerator generator) {
        float[][] latents = new float[IMAGES][];
        for (int i = 0; i < IMAGES; i++) {
            latents[i] = generator.latentVector(4, i);
        }
        return latents;
    }

    /** Some weights zero, as L1 leaves them, and biases that are not. */
    private static Network network(String widths) {
        List<Integer> layers =
                Arrays.stream(widths.split(",")).map(Integer::valueOf).toList();
        Parameters parameters = new Parameters(Networks.perceptron(layers, 1));
        float[] values = parameters.values.values;
        for (Parameters.Layer layer : parameters.layers) {
            for (int i = layer.weights(); i < layer.biases(); i += 3) {
                values[i] = 0;
            }
            for (int i = layer.biases(); i < layer.end(); i++) {
                values[i] = (i % 7 - 3) / 10f;
            }
        }
        return Network.of("decoder", parameters, values);
    }
}
