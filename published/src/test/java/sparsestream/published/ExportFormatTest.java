package sparsestream.published;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExportFormatTest {
    /** Reads the file with struct and numpy alone, and draws the image of the latent vector in the arguments. */
    private static final String DRAW = """
            import json, struct, sys, numpy
            raw = open(sys.argv[1], 'rb').read()
            start = 8 + struct.unpack('<Q', raw[:8])[0]
            header = json.loads(raw[8:start])
            metadata = header.pop('__metadata__')
            print(metadata['checkpoint_sha256'], metadata['checkpoint_version'], *sorted(header))
            tensors = {name: numpy.frombuffer(raw[start + t['data_offsets'][0]:start + t['data_offsets'][1]], '<f4')
                       .reshape(t['shape']).astype('f8') for name, t in header.items()}
            x = numpy.array([float(a) for a in sys.argv[2:]])
            for layer in (0, 1):
                x = tensors[f'decoder.{layer}.weight'] @ x + tensors[f'decoder.{layer}.bias']
                x = numpy.where(x > 0, x, 0.2 * x) if layer == 0 else 1 / (1 + numpy.exp(-x))
            print(*x)
            """;

    @TempDir
    private Path directory;

    @Test
    void pythonDrawsTheSamplersImagesFromTheSafetensorsFile() throws IOException, InterruptedException {
        ModelVersion version = TestModels.version("vae", 7);
        Path file = directory.resolve("vae.safetensors");
        Files.write(file, ExportFormat.SAFETENSORS.file(version));
        float[] z = version.generator().latentVector(1, 2);

        List<String> command = new ArrayList<>(List.of("python3", "-c", DRAW, file.toString()));
        for (float element : z) {
            command.add(String.valueOf(element));
        }
        List<String> lines = run(command);

        assertThat(lines.get(0))
                .isEqualTo(version.sha256()
                        + " 7 decoder.0.bias decoder.0.weight decoder.1.bias decoder.1.weight encoder.0.weight");
        String[] intensities = lines.get(1).split(" ");
        float[] expected = version.generator().intensities(z);
        assertThat(intensities).hasSize(expected.length);
        for (int i = 0; i < expected.length; i++) {
            assertThat(Double.parseDouble(intensities[i])).isCloseTo(expected[i], within(1e-5));
        }
    }

    @Test
    void theOtherFormatsAreWhatTheySay() {
        ModelVersion version = TestModels.version("vae", 7);
        assertThat(new String(ExportFormat.DL4J.file(version), 0, 2, StandardCharsets.US_ASCII))
                .isEqualTo("PK");
        assertThat(new String(ExportFormat.ONNX.file(version), StandardCharsets.ISO_8859_1))
                .contains("sparsestream", "LeakyRelu", version.sha256());
    }

    private static List<String> run(List<String> command) throws IOException, InterruptedException {
        boolean present;
        try {
            present =
                    new ProcessBuilder("python3", "-c", "import numpy").start().waitFor() == 0;
        } catch (IOException e) {
            present = false;
        }
        if (!present) {
            System.err.println("SKIPPED: needs python3 with numpy to read what is exported in another language");
        }
        assumeTrue(present, "SKIPPED: needs python3 with numpy to read what is exported in another language");
        Process python = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(python.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(python.waitFor()).as(output).isZero();
        return output.lines().toList();
    }
}
