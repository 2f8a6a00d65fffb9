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
import java.util.stream.Stream;
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

    /** Batches in the types and layouts of NumPy, PyTorch and TensorFlow, and beside each the pixels that NumPy makes of it. */
    private static final String WRITE_BATCHES = """
            import json, struct, sys, numpy
            def write(name, kind, images, expected, labels):
                labels_kind = {'i': 'I', 'u': 'U'}[labels.dtype.kind] + str(8 * labels.itemsize)
                data = images.tobytes() + labels.tobytes()
                header = json.dumps({
                    'images': {'dtype': kind, 'shape': images.shape, 'data_offsets': [0, images.nbytes]},
                    'labels': {'dtype': labels_kind, 'shape': labels.shape, 'data_offsets': [images.nbytes, len(data)]}})
                path = sys.argv[1] + '/' + name
                open(path + '.safetensors', 'wb').write(struct.pack('<Q', len(header)) + header.encode() + data)
                open(path + '.expected', 'wb').write(expected.astype('u1').tobytes())
            random = numpy.random.default_rng(1)
            halves = numpy.append(numpy.arange(0x3c01), [0] * 4).astype('<u2').view('<f2')
            steps = numpy.linspace(0, 1, 5 * 28 * 28)
            reals_of_32_bits = random.random(5 * 28 * 28, dtype='<f4').view('<u4')
            kinds = {
                'U8': numpy.arange(5 * 28 * 28).astype('u1'),
                'F16': halves[-5 * 28 * 28:], 'F32': steps.astype('<f4'), 'F64': steps,
                'BF16': (reals_of_32_bits >> 16).astype('<u2')}
            layouts = {'NHW': (5, 28, 28), 'NCHW': (5, 1, 28, 28), 'NHWC': (5, 28, 28, 1)}
            for kind, pixels in kinds.items():
                real = (pixels.astype('<u4') << 16).view('<f4') if kind == 'BF16' else pixels
                expected = pixels if kind == 'U8' else numpy.round(real.astype('<f8') * 255)
                for layout, shape in layouts.items():
                    for labels in ['i1', 'u1', '<i2', '<u2', '<i4', '<u4', '<i8', '<u8']:
                        name = kind + '-' + layout + '-' + labels[-2:]
                        write(name, kind, pixels.reshape(shape), expected, numpy.arange(123, 128).astype(labels))
            write('all-F16', 'F16', halves.reshape(5, 7, 439), numpy.round(halves.astype('<f8') * 255), numpy.arange(5))
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

    @Test
    void weReadTheBatchesOfNumPyAndPyTorch() throws IOException, InterruptedException, MalformedMessageException {
        Process python = python(WRITE_BATCHES, directory.toString());
        String output = new String(python.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(python.waitFor()).as(output).isZero();

        List<Path> files;
        try (Stream<Path> found = Files.list(directory)) {
            files = found.filter(file -> file.toString().endsWith(".safetensors"))
                    .toList();
        }
        assertThat(files).hasSize(5 * 3 * 8 + 1);
        for (Path file : files) {
            String name = file.getFileName().toString().replace(".safetensors", "");
            byte[] expected = Files.readAllBytes(directory.resolve(name + ".expected"));
            ImageBatch batch = ImageBatch.decode(Files.readAllBytes(file));
            assertThat(batch.images()).as(name).isEqualTo(expected);
            assertThat(batch.count()).as(name).isEqualTo(5);
            if (!name.equals("all-F16")) {
                assertThat(batch.labels().orElseThrow()).as(name).containsExactly(123, 124, 125, 126, 127);
                assertThat(batch.height()).as(name).isEqualTo(28);
                assertThat(batch.width()).as(name).isEqualTo(28);
            }
        }
    }

    private static Process python(String script, String... arguments) throws IOException {
        ProcessBuilder process = new ProcessBuilder("python3", "-X", "utf8", "-c", script);
        process.command().addAll(List.of(arguments));
        return process.redirectErrorStream(true).start();
    }
}
