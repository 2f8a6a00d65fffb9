package sparsestream.benchmarks;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Adam;
import org.bytedeco.pytorch.AdamOptions;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import sparsestream.model.layers.AdamConfig;

/** A multilayer perceptron of libtorch with its Adam: leaky rectifiers of slope 0.2 between layers, none at the end. */
final class LibtorchPerceptron {
    private static final double LEAK = 0.2;

    private final List<Tensor> weights = new ArrayList<>();
    private final List<Tensor> biases = new ArrayList<>();
    private final Adam optimizer;

    LibtorchPerceptron(List<Integer> widths, AdamConfig config) {
        for (int i = 0; i + 1 < widths.size(); i++) {
            double bound = 1 / Math.sqrt(widths.get(i));
            Tensor weight = torch.rand(widths.get(i + 1), widths.get(i))
                    .mul(new Scalar(2 * bound))
                    .sub(new Scalar(bound));
            weights.add(weight.set_requires_grad(true));
            biases.add(torch.zeros(widths.get(i + 1)).set_requires_grad(true));
        }
        AdamOptions options = new AdamOptions(config.learningRate());
        options.betas().put(0, config.beta1());
        options.betas().put(1, config.beta2());
        options.eps().put(config.epsilon());
        optimizer = new Adam(new TensorVector(parameters().toArray(Tensor[]::new)), options);
    }

    /** Layer by layer, weights before biases, as in {@code sparsestream.model}. */
    private List<Tensor> parameters() {
        List<Tensor> parameters = new ArrayList<>();
        for (int i = 0; i < weights.size(); i++) {
            parameters.add(weights.get(i));
            parameters.add(biases.get(i));
        }
        return parameters;
    }

    Tensor forward(Tensor input) {
        Tensor x = input;
        for (int i = 0; i < weights.size(); i++) {
            x = torch.linear(x, weights.get(i), new TensorOptional(biases.get(i)));
            if (i + 1 < weights.size()) {
                x = torch.leaky_relu(x, new Scalar(LEAK));
            }
        }
        return x;
    }

    /** Whether backward passes through this network compute gradients of its parameters. */
    void setRequiresGradient(boolean required) {
        parameters().forEach(parameter -> parameter.set_requires_grad(required));
    }

    void zeroGradient() {
        optimizer.zero_grad();
    }

    void update() {
        optimizer.step();
    }

    /** Replaces all parameters, given in the order of {@link #parameters}. */
    @SuppressWarnings("try") // the scope frees the tensors made in it
    void setParameters(float[] flat) {
        try (PointerScope scope = new PointerScope()) {
            int offset = 0;
            for (Tensor parameter : parameters()) {
                int count = (int) parameter.numel();
                parameter.data_ptr_float().put(flat, offset, count);
                offset += count;
            }
        }
    }

    /** The gradient of the last backward pass, in the same order. */
    @SuppressWarnings("try") // the scope frees the tensors made in it
    float[] gradient() {
        try (PointerScope scope = new PointerScope()) {
            int count = parameters().stream().mapToInt(p -> (int) p.numel()).sum();
            float[] gradient = new float[count];
            int offset = 0;
            for (Tensor parameter : parameters()) {
                int length = (int) parameter.numel();
                parameter.grad().contiguous().data_ptr_float().get(gradient, offset, length);
                offset += length;
            }
            return gradient;
        }
    }
}
