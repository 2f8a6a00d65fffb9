package sparsestream.benchmarks;

import static org.nd4j.linalg.indexing.NDArrayIndex.all;
import static org.nd4j.linalg.indexing.NDArrayIndex.interval;

import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;
import sparsestream.model.vae.VaeConfig;

/** The VAE's step with stock DL4J: two networks, the decoder's input gradient carried over to the encoder. */
final class Dl4jVaeStep implements Step {
    private final MultiLayerNetwork encoder;
    private final MultiLayerNetwork decoder;
    private final RandomImages images;
    private final INDArray input;
    private final int batch;
    private final int latent;
    private int step;

    Dl4jVaeStep(Configuration configuration) {
        Architecture architecture = configuration.architecture();
        VaeConfig config = architecture.vae();
        encoder = Dl4jNetworks.linear(architecture.encoder(), config.adam());
        decoder = Dl4jNetworks.classifier(architecture.decoder(), config.adam());
        batch = configuration.batch();
        latent = config.latent();
        images = new RandomImages(batch);
        input = Nd4j.create(batch, Architecture.PIXELS);
    }

    @Override
    public void run() {
        Dl4jNetworks.fill(input, images.nextFloats());
        INDArray code = Dl4jNetworks.forward(encoder, input);
        INDArray mean = code.get(all(), interval(0, latent));
        INDArray deviation =
                Transforms.exp(code.get(all(), interval(latent, 2 * latent)).mul(0.5), false);
        INDArray spread = Nd4j.randn(batch, latent).muli(deviation);

        Pair<Gradient, INDArray> decoded = decoder.calculateGradients(mean.add(spread), input, null, null);
        INDArray latentDelta = decoded.getSecond();
        INDArray meanDelta = latentDelta.add(mean);
        INDArray logVarianceDelta =
                spread.muli(latentDelta).addi(deviation.mul(deviation).subi(1)).muli(0.5);

        Dl4jNetworks.update(decoder, decoded.getFirst(), step, batch);
        Dl4jNetworks.backpropagate(encoder, Nd4j.hstack(meanDelta, logVarianceDelta), step, batch);
        step++;
    }

    @Override
    public void close() {
        input.close();
    }
}
