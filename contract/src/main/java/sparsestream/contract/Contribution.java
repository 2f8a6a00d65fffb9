package sparsestream.contract;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What one replica has to give to a round: the contents of a checkpoint on {@code model.contributions}, whose version is the share's
 * number.
 *
 * <p>A change is what a flat tensor of parameters was at the start of the round minus what it is at its end, in the safetensors file
 * as {@code NAME.change} F32 [elements], stored as {@link SparseLayout} says where that is smaller. {@code NAME.kept} U8 [⌈elements /
 * 8⌉] has bit {@code i % 8} (the lowest is 0) of byte {@code i / 8} set where parameter i is not zero at the end: no rounding of the
 * change can tell that.
 *
 * @param partitions of {@code images.batches}, each of which has a replica
 * @param every batches of a full round
 * @param settings of the replica besides these
 * @param lastBatchMs timestamp of the last batch; nothing that is learned depends on it
 * @param losses terms of the last batch before it was learned, nats an image
 * @param changes by name, such as {@code encoder.values}
 * @param kept bitmaps by the same names; tensors that have no zeros to keep have none
 */
public record Contribution(
        Share share,
        int partitions,
        int every,
        String settings,
        long lastBatchMs,
        Map<String, Double> losses,
        Map<String, Tensor> changes,
        Map<String, Tensor> kept) {
    private static final String LOSS = "loss.";
    private static final String CHANGE = ".change";
    private static final String KEPT = ".kept";

    public Contribution {
        losses = new LinkedHashMap<>(losses);
        changes = new LinkedHashMap<>(changes);
        kept = new LinkedHashMap<>(kept);
        if (partitions <= share.partition() || partitions > Share.MAX_PARTITIONS || every < share.batches()) {
            throw new IllegalArgumentException("partition %s of %s, %s of %s batches"
                    .formatted(share.partition(), partitions, share.batches(), every));
        }
    }

    public Safetensors encode() {
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put("partition", String.valueOf(share.partition()));
        metadata.put("partitions", String.valueOf(partitions));
        metadata.put("every", String.valueOf(every));
        metadata.put("settings", settings);
        metadata.put("number", String.valueOf(share.number()));
        metadata.put("base", String.valueOf(share.base()));
        metadata.put("from", String.valueOf(share.from()));
        metadata.put("to", String.valueOf(share.to()));
        metadata.put("batches", String.valueOf(share.batches()));
        metadata.put("images", String.valueOf(share.images()));
        metadata.put("last_batch_ms", String.valueOf(lastBatchMs));
        losses.forEach((term, loss) -> metadata.put(LOSS + term, String.valueOf(loss)));
        Map<String, Tensor> dense = new LinkedHashMap<>();
        changes.forEach((name, change) -> dense.put(name + CHANGE, change));
        Map<String, Tensor> tensors = new LinkedHashMap<>(SparseLayout.pack(dense));
        kept.forEach((name, bitmap) -> tensors.put(name + KEPT, bitmap));
        return new Safetensors(metadata, tensors);
    }

    /**
     * The contribution in such contents.
     *
     * @throws MalformedMessageException if the metadata are not those of a contribution, or a tensor is of another kind
     */
    public static Contribution decode(Safetensors contents) throws MalformedMessageException {
        Metadata metadata = new Metadata(contents.metadata());
        Map<String, Double> losses = new LinkedHashMap<>();
        for (String name : contents.metadata().keySet()) {
            if (name.startsWith(LOSS)) {
                losses.put(name.substring(LOSS.length()), metadata.number(name));
            }
        }
        Map<String, Tensor> changes = new LinkedHashMap<>();
        Map<String, Tensor> kept = new LinkedHashMap<>();
        for (Map.Entry<String, Tensor> tensor :
                SparseLayout.unpack(contents.tensors()).entrySet()) {
            String name = tensor.getKey();
            if (name.endsWith(CHANGE)) {
                changes.put(without(CHANGE, name), vector(name, tensor.getValue(), DType.F32));
            } else if (name.endsWith(KEPT)) {
                kept.put(without(KEPT, name), vector(name, tensor.getValue(), DType.U8));
            } else {
                throw new MalformedMessageException(name, "is no part of a contribution");
            }
        }
        try {
            return new Contribution(
                    share(metadata),
                    (int) metadata.integer("partitions", 1, Share.MAX_PARTITIONS),
                    (int) metadata.integer("every", 1, Integer.MAX_VALUE),
                    metadata.text("settings"),
                    metadata.integer("last_batch_ms", Long.MIN_VALUE, Long.MAX_VALUE),
                    losses,
                    changes,
                    kept);
        } catch (IllegalArgumentException e) {
            throw new MalformedMessageException("__metadata__", e.getMessage(), e);
        }
    }

    private static Share share(Metadata metadata) throws MalformedMessageException {
        return new Share(
                (int) metadata.integer("partition", 0, Share.MAX_PARTITIONS - 1L),
                metadata.integer("number", 1, Long.MAX_VALUE),
                metadata.integer("base", 0, Long.MAX_VALUE),
                metadata.integer("from", 0, Long.MAX_VALUE),
                metadata.integer("to", 0, Long.MAX_VALUE),
                metadata.integer("batches", 1, Integer.MAX_VALUE),
                metadata.integer("images", 1, Long.MAX_VALUE));
    }

    private static String without(String suffix, String name) {
        return name.substring(0, name.length() - suffix.length());
    }

    private static Tensor vector(String name, Tensor tensor, DType dtype) throws MalformedMessageException {
        if (tensor.dtype() != dtype || tensor.shape().length != 1) {
            throw new MalformedMessageException(name, "is " + tensor + ", not " + dtype + " of one dimension");
        }
        return tensor;
    }
}
