package sparsestream.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The format as another language reads and writes it. */
class SafetensorsInPythonTest {
    private static final String READ = """
            import json, sys, numpy
            raw = open(sys.argv[1], 'rb').read()
            length = int.from_bytes(raw[:8], 'little')
            header = json.loads(raw[8:8 + length])
            print('metadata', header.pop('__metadata__')['note'])
            print('aligned', (8 + length) % 8 == 0)
            types = {'F32': '<f4', 'U8': 'u1', 'I32': '<i4'}
            for name, tensor in header.items():
                begin, end = tensor['data_offsets']
                data = raw[8 + length + begin:8 + length + end]
                print(name, numpy.frombuffer(data, types[tensor['dtype']]).reshape(tensor['shape']).tolist())
            """;

    private static final String WRITE = """
            import json, struct, sys, numpy
            weights = numpy.array([[0.5, -1.25], [3e8, 0]], '<f4').tobytes()
            header = {'weights': {'dtype': 'F32', 'shape': [2, 2], 'data_offsets': [0, len(weights)]},
                      '__metadata__': {'note': 'über 零'}}
            header = json.dumps(header).encode()
            open(sys.argv[1], 'wb').write(struct.pack('<Q', len(header)) + header + weights)
            """;

    @TempDir
    Path directory;

    @BeforeAll
    static void pythonIsThere() throws IOException, InterruptedException {
        boolean present;
        try {
            present = python("import numpy").waitFor() == 0;
        } catch (IOException e) {
            present = false;
        }
        if (!present) {
            System.err.println("SKIPPED: needs python3 with numpy to read safetensors in another language");
        }
        assumeTrue(present, "SKIPPED: needs python3 with numpy to read safetensors in another language");
    }

    @Test
    void pythonReadsWhatWeWrite() throws IOException, InterruptedException {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        tensors.put("bytes", Tensor.ofBytes(new byte[] {0, 127, -1}, 3));
        tensors.put("floats", Tensor.ofFloats(new float[] {0.5f, -1.25f, 3e8f, 0}, 2, 2));
        tensors.put("ints", Tensor.ofInts(new int[] {-1, 65_536}, 1, 2));
        Path file = directory.resolve("ours.safetensors");
        Files.write(file, new Safetensors(Map.of("note", "über 零"), tensors).encode());

        Process python = python(READ, file.toString());

        String output = new String(python.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(python.waitFor()).as(output).isZero();
        assertThat(output.lines())
                .containsExactly(
                        "metadata über 零",
                        "aligned True",
                        "bytes [0, 127, 255]",
                        "floats [[0.5, -1.25], [300000000.0, 0.0]]",
                        "ints [[-1, 65536]]");
    }

    @Test
    void weReadWhatPythonWrites() throws IOException, InterruptedException, MalformedMessageException {
        Path file = directory.resolve("theirs.safetensors");
        assertThat(python(WRITE, file.toString()).waitFor()).isZero();

        Safetensors read = Safetensors.decode(Files.readAllBytes(file));

        assertThat(read.metadata()).containsEntry("note", "über 零");
        assertThat(read.tensors().get("weights")).isEqualTo(Tensor.ofFloats(new float[] {0.5f, -1.25f, 3e8f, 0}, 2, 2));
    }

    private static Process python(String script, String... arguments) throws IOException {
        ProcessBuilder process = new ProcessBuilder("python3", "-X", "utf8", "-c", script);
        process.command().addAll(List.of(arguments));
        return process.redirectErrorStream(true).start();
    }
}
