package sparsestream.contract;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A <a href="https://github.com/huggingface/safetensors#format">safetensors</a> file: named tensors and string
 * metadata.
 *
 * <p>The order of the maps is the order in the file, so the same contents always make the same bytes; {@link #decode}
 * gives tensors in the order of their data.
 *
 * @param metadata the {@code __metadata__} of the header
 * @param tensors by name
 */
public record Safetensors(Map<String, String> metadata, Map<String, Tensor> tensors) {

    /**
     * A file with these contents.
     *
     * @throws IllegalArgumentException if a name is {@code __metadata__} or a string cannot be written as UTF-8
     */
    public Safetensors {
        metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
        tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
        metadata.forEach((key, value) -> {
            requireWritable(key);
            requireWritable(value);
        });
        tensors.keySet().forEach(Safetensors::requireWritable);
        if (tensors.containsKey(SafetensorsHeader.METADATA)) {
            throw new IllegalArgumentException("a tensor cannot be named " + SafetensorsHeader.METADATA);
        }
    }

    /**
     * The file. Its data begins at a multiple of 8 bytes.
     *
     * @throws IllegalArgumentException if the header takes more than 1 MiB or the file more than 2 GiB
     */
    public byte[] encode() {
        byte[] header = SafetensorsHeader.write(this);
        long length = (long) Long.BYTES + header.length;
        for (Tensor tensor : tensors.values()) {
            length += tensor.data().limit();
        }
        if (length > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(length + " bytes do not fit a Java array");
        }
        ByteBuffer file = ByteBuffer.allocate((int) length).order(ByteOrder.LITTLE_ENDIAN);
        file.putLong(header.length).put(header);
        tensors.values().forEach(tensor -> file.put(tensor.data()));
        return file.array();
    }

    /**
     * Reads a file. The tensors are views of the given array, which must not change afterwards.
     *
     * <p>Stricter than the format in two ways: a header is at most 1 MiB, and a dimension at most 2³¹−1.
     *
     * @throws MalformedMessageException if it is not a safetensors file to the last byte; nothing has been allocated
     *     but for the header
     */
    public static Safetensors decode(byte[] file) throws MalformedMessageException {
        if (file.length < Long.BYTES) {
            throw new MalformedMessageException("header_length", file.length + " bytes, a file has at least 8");
        }
        long headerLength = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getLong();
        int rest = file.length - Long.BYTES;
        if (headerLength < 0 || headerLength > SafetensorsHeader.MAX_BYTES || headerLength > rest) {
            throw new MalformedMessageException(
                    "header_length",
                    "%s, in a file with %s bytes after it and a limit of %s"
                            .formatted(Long.toUnsignedString(headerLength), rest, SafetensorsHeader.MAX_BYTES));
        }
        int dataBegin = Long.BYTES + (int) headerLength;
        int dataLength = file.length - dataBegin;
        SafetensorsHeader header = SafetensorsHeader.read(file, Long.BYTES, (int) headerLength, dataLength);
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (SafetensorsHeader.Entry entry : header.tensors()) {
            int length = (int) (entry.end() - entry.begin());
            ByteBuffer data = ByteBuffer.wrap(file, dataBegin + (int) entry.begin(), length);
            tensors.put(entry.name(), new Tensor(entry.dtype(), entry.shape(), data));
        }
        return new Safetensors(header.metadata(), tensors);
    }

    private static void requireWritable(String text) {
        if (!StrictJson.isWellFormed(text)) {
            throw new IllegalArgumentException("half of a surrogate pair cannot be written as UTF-8");
        }
    }
}
