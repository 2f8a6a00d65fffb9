package sparsestream.cli;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import sparsestream.contract.ImageBatch;
import sparsestream.contract.Safetensors;
import sparsestream.contract.Tensor;

/** Values that are no batch, each for a reason of its own. */
final class Poison {
    private static final int ALMOST_THE_LIMIT = 1_048_000;
    private static final int LARGE_UNPACKED = 20 << 20;

    private Poison() {}

    /** A batch that can be learned, of random pixels. */
    static byte[] goodBatch(int count, long seed) {
        byte[] pixels = new byte[count * 28 * 28];
        new Random(seed).nextBytes(pixels);
        return new ImageBatch(count, 28, 28, pixels, Optional.of(new byte[count])).encode();
    }

    /** Values by what is wrong with them; a value may be null. */
    static Map<String, byte[]> values() {
        Map<String, byte[]> values = new LinkedHashMap<>();
        values.put("a tombstone", null);
        values.put("nothing", new byte[0]);
        values.put("text", "no batch at all".getBytes(StandardCharsets.UTF_8));
        values.putAll(brokenFiles());
        values.putAll(wrongTensors());
        values.put("another image size", batch(4, 32, 32));
        values.put("a megabyte of noise", noise(ALMOST_THE_LIMIT));
        values.put("twenty megabytes of zeros, packed", new byte[LARGE_UNPACKED]);
        values.put("a batch of 20,000 images, packed", batch(20_000, 28, 28));
        return values;
    }

    private static Map<String, byte[]> brokenFiles() {
        byte[] good = goodBatch(4, 0);
        Map<String, byte[]> files = new LinkedHashMap<>();
        files.put("a truncated length", Arrays.copyOf(good, 5));
        files.put("a truncated header", Arrays.copyOf(good, 30));
        files.put("truncated data", Arrays.copyOf(good, good.length - 1));
        files.put("data too many", Arrays.copyOf(good, good.length + 1));
        files.put("an absurd header length", header(Long.MAX_VALUE, "{}"));
        files.put("a negative header length", header(-1, "{}"));
        files.put("a header that is no JSON", file("images", 0));
        files.put("a header that is not UTF-8", header(2, "\u00c0\u0080"));
        files.put("JSON that is too deep", file("{\"a\":" + "[".repeat(300_000) + "]".repeat(300_000) + "}", 0));
        files.put("absurd shapes", file(tensor("[65536,65536,65536,65536]", "[0,0]"), 0));
        files.put("offsets beyond the data", file(tensor("[1,28,28]", "[0,784]"), 783));
        return files;
    }

    private static Map<String, byte[]> wrongTensors() {
        Tensor images = Tensor.ofBytes(new byte[2 * 784], 2, 28, 28);
        Map<String, byte[]> files = new LinkedHashMap<>();
        files.put("no images", tensors(Map.of("labels", Tensor.ofBytes(new byte[2], 2))));
        float[] white = new float[784];
        Arrays.fill(white, 255);
        files.put("floats from 0 to 255", tensors(Map.of("images", Tensor.ofFloats(white, 1, 28, 28))));
        files.put("pixels as whole numbers", tensors(Map.of("images", Tensor.ofInts(new int[784], 1, 28, 28))));
        files.put("colour images", tensors(Map.of("images", Tensor.ofBytes(new byte[3 * 784], 1, 3, 28, 28))));
        files.put("flat images", tensors(Map.of("images", Tensor.ofBytes(new byte[784], 1, 784))));
        files.put("no image", tensors(Map.of("images", Tensor.ofBytes(new byte[0], 0, 28, 28))));
        files.put("too few labels", tensors(Map.of("images", images, "labels", Tensor.ofBytes(new byte[1], 1))));
        files.put("one-hot labels", tensors(Map.of("images", images, "labels", Tensor.ofBytes(new byte[20], 2, 10))));
        files.put("no class", tensors(Map.of("images", images, "labels", Tensor.ofInts(new int[] {3, -1}, 2))));
        files.put("labels as floats", tensors(Map.of("images", images, "labels", Tensor.ofFloats(new float[2], 2))));
        return files;
    }

    private static byte[] tensors(Map<String, Tensor> tensors) {
        return new Safetensors(Map.of(), tensors).encode();
    }

    private static byte[] batch(int count, int height, int width) {
        return new ImageBatch(count, height, width, new byte[count * height * width], Optional.empty()).encode();
    }

    private static byte[] noise(int bytes) {
        byte[] noise = new byte[bytes];
        new Random(1).nextBytes(noise);
        return noise;
    }

    private static String tensor(String shape, String offsets) {
        return "{\"images\":{\"dtype\":\"U8\",\"shape\":%s,\"data_offsets\":%s}}".formatted(shape, offsets);
    }

    private static byte[] file(String header, int dataBytes) {
        byte[] file = header(header.length(), header);
        return Arrays.copyOf(file, file.length + dataBytes);
    }

    private static byte[] header(long length, String text) {
        byte[] header = text.getBytes(StandardCharsets.ISO_8859_1);
        return ByteBuffer.allocate(8 + header.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(length)
                .put(header)
                .array();
    }
}
