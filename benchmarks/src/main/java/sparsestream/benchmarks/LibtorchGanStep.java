package sparsestream.benchmarks;

import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import sparsestream.model.gan.GanConfig;

/**
 * The GAN's step with libtorch's autograd: one generator pass for both updates, fakes and real images in one batch of the
 * discriminator, and R1 by double backward, for which the real images go through alone.
 */
final class LibtorchGanStep implements Step {
    final LibtorchPerceptron generator;
    final LibtorchPerceptron discriminator;

    private final GanConfig config;
    private final boolean withPenalty;
    private final RandomImages images;
    private final Tensor real;
    private final int batch;
    private long step;

    LibtorchGanStep(Configuration configuration) {
        Libtorch.load(configuration.threads());
        Architecture architecture = configuration.architecture();
        config = architecture.gan();
        withPenalty = configuration.model() == ModelKind.GAN_R1;
        generator = new LibtorchPerceptron(architecture.generator(), config.generatorAdam());
        discriminator = new LibtorchPerceptron(architecture.discriminator(), config.discriminatorAdam());
        batch = configuration.batch();
        images = new RandomImages(batch);
        real = torch.zeros(batch, Architecture.PIXELS);
    }

    @Override
    @SuppressWarnings("try") // the scope frees the tensors made in it
    public void run() {
        try (PointerScope scope = new PointerScope()) {
            real.data_ptr_float().put(images.nextFloats());
            learn(real, torch.randn(batch, config.latent()));
        }
    }

    /** Learns x [batch, pixels] with latents z [batch, latent]. Returns the discriminator's loss, the penalty included. */
    Tensor learn(Tensor x, Tensor z) {
        Tensor fakes = torch.sigmoid(generator.forward(z));
        boolean penalised = withPenalty && step % config.r1Interval() == 0;
        Tensor loss = penalised ? penalisedLoss(x, fakes.detach()) : adversarialLoss(x, fakes.detach());
        discriminator.zeroGradient();
        loss.backward();
        discriminator.update();

        discriminator.setRequiresGradient(false);
        generator.zeroGradient();
        torch.softplus(discriminator.forward(fakes).neg()).mean().backward();
        generator.update();
        discriminator.setRequiresGradient(true);
        step++;
        return loss;
    }

    private Tensor adversarialLoss(Tensor x, Tensor fakes) {
        TensorVector logits =
                discriminator.forward(torch.cat(new TensorVector(x, fakes))).chunk(2, 0);
        return adversarialLossOf(logits.get(0), logits.get(1));
    }

    private static Tensor adversarialLossOf(Tensor realLogits, Tensor fakeLogits) {
        return torch.softplus(realLogits.neg())
                .mean()
                .add(torch.softplus(fakeLogits).mean());
    }

    private Tensor penalisedLoss(Tensor x, Tensor fakes) {
        Tensor leaf = x.detach().set_requires_grad(true);
        Tensor logits = discriminator.forward(leaf);
        // The gradient in the images of the sum, kept in the graph so that it can be derived again.
        Tensor gradient = torch.grad(
                        new TensorVector(logits.sum()),
                        new TensorVector(leaf),
                        new TensorVector(),
                        new BoolOptional(true),
                        true,
                        false)
                .get(0);
        double weight = 0.5 * config.r1Gamma() * config.r1Interval() / batch;
        return adversarialLossOf(logits, discriminator.forward(fakes))
                .add(gradient.square().sum().mul(new Scalar(weight)));
    }

    @Override
    public void close() {
        real.close();
    }
}
