package sparsestream.benchmarks;

import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import sparsestream.model.gan.GanConfig;

/**
 * The GAN's step with stock DL4J: {@code fit} on fakes and real images, then the discriminator's gradient in the fakes carried
 * over to the generator, which copies no weights.
 */
final class Dl4jGanStep implements Step {
    private final MultiLayerNetwork generator;
    private final MultiLayerNetwork discriminator;
    private final RandomImages images;
    private final INDArray real;
    private final INDArray labels;
    private final INDArray ones;
    private final int batch;
    private final int latent;
    private int step;

    Dl4jGanStep(Configuration configuration) {
        Architecture architecture = configuration.architecture();
        GanConfig config = architecture.gan();
        generator = Dl4jNetworks.bounded(architecture.generator(), config.generatorAdam());
        discriminator = Dl4jNetworks.classifier(architecture.discriminator(), config.discriminatorAdam());
        batch = configuration.batch();
        latent = config.latent();
        images = new RandomImages(batch);
        real = Nd4j.create(batch, Architecture.PIXELS);
        ones = Nd4j.ones(batch, 1);
        labels = Nd4j.vstack(ones, Nd4j.zeros(batch, 1));
    }

    @Override
    public void run() {
        Dl4jNetworks.fill(real, images.nextFloats());
        INDArray fakes = Dl4jNetworks.forward(generator, Nd4j.randn(batch, latent));
        discriminator.fit(Nd4j.vstack(real, fakes), labels);
        INDArray delta =
                discriminator.calculateGradients(fakes, ones, null, null).getSecond();
        Dl4jNetworks.backpropagate(generator, delta, step, batch);
        step++;
    }

    @Override
    public void close() {
        real.close();
    }
}
