package sparsestream.model.layers;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sparsestream.model.Dl4jPass;
import sparsestream.model.DrawnBlobs;
import sparsestream.model.ModelState;
import sparsestream.model.States;
import sparsestream.model.StreamModel;
import sparsestream.model.Vectors;
import sparsestream.model.gan.Gan;
import sparsestream.model.gan.GanConfig;
import sparsestream.model.layers.L1.Method;
import sparsestream.model.vae.Vae;
import sparsestream.model.vae.VaeConfig;

class DenseStackTest {
    @ParameterizedTest
    @CsvSource({"1, '5,3'", "7, '13,37,11'", "33, '100,64,32,17'", "64, '49,128,256,49'", "40, '784,128,256,64'"})
    void passesAgreeWithDl4jForAnyDepth(int rows, String widths) {
        List<Integer> layers =
                Arrays.stream(widths.split(",")).map(Integer::valueOf).toList();
        MultiLayerNetwork network = Networks.perceptron(layers, rows);
        Parameters parameters = new Parameters(network);
        perturbBiases(parameters);
        DenseStack stack = new DenseStack(parameters, rows + 3);
        float[] input = gaussians(rows * layers.get(0), 1);
        float[] delta = gaussians(rows * layers.get(layers.size() - 1), 2);
        System.arraycopy(input, 0, stack.input().values, 0, input.length);
        System.arraycopy(delta, 0, stack.outputDelta().values, 0, delta.length);
        stack.input().push(0, rows);
        stack.outputDelta().push(0, rows);

        stack.forward(0, rows);
        stack.backward(0, rows, true);
        stack.weightGradient(rows, new Team(1), 0);
        stack.inputDelta().pull(0, rows);
        parameters.gradient.pull(0, parameters.count);

        Dl4jPass dl4j = new Dl4jPass(network, input, rows);
        assertThat(Vectors.relativeError(stack.output().values, dl4j.output())).isLessThan(1e-5);
        dl4j.backward(delta);
        assertThat(Vectors.relativeError(stack.inputDelta().values, dl4j.inputDelta()))
                .isLessThan(1e-5);
        assertThat(Vectors.relativeError(parameters.gradient.values, dl4j.gradient()))
                .isLessThan(1e-5);
    }

    @ParameterizedTest
    @CsvSource({"784, 32, '128,256'", "101, 13, '37,51'", "7, 3, '5,3'", "49, 1, '1,2'", "196, 33, '300,70,96'"})
    void theBitsOfAModelDoNotDependOnTheNumberOfThreads(int pixels, int latent, String widths) throws Exception {
        List<Integer> hidden =
                Arrays.stream(widths.split(",")).map(Integer::valueOf).toList();
        for (int batch : new int[] {1, 7, 31, 32, 33, 64, 100, 127, 128, 200}) {
            for (String model : List.of("vae", "gan")) {
                ModelState alone = afterThreeSteps(model, pixels, latent, hidden, batch, 1);
                for (int threads = 2; threads <= 3; threads++) {
                    ModelState shared = afterThreeSteps(model, pixels, latent, hidden, batch, threads);
                    assertThat(States.sameBits(shared, alone))
                            .as("%s, batch %s, %s threads", model, batch, threads)
                            .isTrue();
                }
            }
        }
    }

    private static ModelState afterThreeSteps(
            String model, int pixels, int latent, List<Integer> hidden, int batch, int threads) throws Exception {
        AdamConfig adam = AdamConfig.of(1e-3);
        L1 l1 = new L1(Method.PROXIMAL, 1e-3);
        Team team = new Team(threads);
        try (StreamModel learner = model.equals("vae")
                ? new Vae(new VaeConfig(hidden, latent, adam, l1, l1), pixels, 3, team)
                : new Gan(new GanConfig(latent, hidden, hidden, adam, adam, l1, l1, 0.3, 2, 0.999), pixels, 3, team)) {
            for (int step = 0; step < 3; step++) {
                learner.learn(DrawnBlobs.noise(batch, pixels, step), batch);
            }
            return learner.state();
        }
    }

    private static void perturbBiases(Parameters parameters) {
        float[] values = parameters.values.values.clone();
        for (Parameters.Layer layer : parameters.layers) {
            float[] biases = gaussians(layer.outputs(), layer.weights());
            System.arraycopy(biases, 0, values, layer.biases(), biases.length);
        }
        parameters.set(values);
    }

    private static float[] gaussians(int count, long seed) {
        Random random = new Random(seed);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }
}
