package sparsestream.benchmarks;

import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/** The VAE's step with libtorch's autograd. */
final class LibtorchVaeStep implements Step {
    /** {@code at::Reduction::Sum}. */
    private static final long SUM = 2;

    final LibtorchPerceptron encoder;
    final LibtorchPerceptron decoder;

    private final RandomImages images;
    private final Tensor input;
    private final int batch;
    private final int latent;

    LibtorchVaeStep(Configuration configuration) {
        Libtorch.load(configuration.threads());
        Architecture architecture = configuration.architecture();
        encoder = new LibtorchPerceptron(
                architecture.encoder(), architecture.vae().adam());
        decoder = new LibtorchPerceptron(
                architecture.decoder(), architecture.vae().adam());
        batch = configuration.batch();
        latent = architecture.vae().latent();
        images = new RandomImages(batch);
        input = torch.zeros(batch, Architecture.PIXELS);
    }

    @Override
    @SuppressWarnings("try") // the scope frees the tensors made in it
    public void run() {
        try (PointerScope scope = new PointerScope()) {
            input.data_ptr_float().put(images.nextFloats());
            learn(input, torch.randn(batch, latent));
        }
    }

    /** Learns x [batch, pixels] with noise ε [batch, latent]. Returns −ELBO, mean over the batch. */
    Tensor learn(Tensor x, Tensor epsilon) {
        TensorVector code = encoder.forward(x).chunk(2, 1);
        Tensor mean = code.get(0);
        Tensor logVariance = code.get(1);
        Tensor deviation = logVariance.mul(new Scalar(0.5)).exp();
        Tensor logits = decoder.forward(mean.add(deviation.mul(epsilon)));
        Tensor reconstruction =
                torch.binary_cross_entropy_with_logits(logits, x, new TensorOptional(), new TensorOptional(), SUM);
        Tensor divergence = mean.square()
                .add(deviation.square())
                .sub(logVariance)
                .sub(new Scalar(1.0))
                .sum()
                .mul(new Scalar(0.5));
        Tensor loss = reconstruction.add(divergence).div(new Scalar((double) batch));
        encoder.zeroGradient();
        decoder.zeroGradient();
        loss.backward();
        encoder.update();
        decoder.update();
        return loss;
    }

    @Override
    public void close() {
        input.close();
    }
}
