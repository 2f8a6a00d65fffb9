package sparsestream.published;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import sparsestream.contract.MalformedMessageException;
import sparsestream.contract.Safetensors;
import sparsestream.model.evaluation.Classifier;
import sparsestream.model.layers.Network;

/**
 * The classifier of digits in whose features generated images are measured: 784-100-64-10, trained on MNIST by
 * {@code ./sparsestream bench classifier}, which also made the file that is shipped.
 */
public final class DigitClassifier {
    /** Pixels of a digit's height and width. */
    public static final int SIDE = 28;

    private static final String RESOURCE = "digits.safetensors";

    private DigitClassifier() {}

    /** The shipped one; to be closed after use. */
    public static Classifier load() {
        try {
            return new Classifier(NetworkTensors.read(Safetensors.decode(file()).tensors(), ""));
        } catch (MalformedMessageException e) {
            throw new IllegalStateException("the shipped classifier can't be read", e);
        }
    }

    /** The file that is shipped. */
    public static byte[] file() {
        try (InputStream file = DigitClassifier.class.getResourceAsStream(RESOURCE)) {
            return file.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A network as the file has it: {@code LAYER.weight} F32 [outputs, inputs] and {@code LAYER.bias} F32 [outputs]. */
    public static Safetensors encode(Network network) {
        return new Safetensors(Map.of(), NetworkTensors.of(List.of(new Network("", network.layers()))));
    }
}
