package sparsestream.contract;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * How far merging has come, as the metadata of a merged checkpoint say beside those of the {@link PublishedModel}.
 *
 * @param settings of every replica, besides the following
 * @param every batches of a full round
 * @param numbers of the last contribution merged of each partition; 0 for none
 * @param offsets of each partition up to which batches are in the model, exclusive
 */
public record MergePosition(String settings, int every, List<Long> numbers, List<Long> offsets) {
    private static final String SETTINGS = "merge.settings";
    private static final String EVERY = "merge.every";
    private static final String NUMBERS = "merge.numbers";
    private static final String OFFSETS = "merge.offsets";

    public MergePosition {
        numbers = List.copyOf(numbers);
        offsets = List.copyOf(offsets);
        if (every < 1 || numbers.isEmpty() || numbers.size() != offsets.size()) {
            throw new IllegalArgumentException("merged every %s batches of %s partitions, with %s offsets"
                    .formatted(every, numbers.size(), offsets.size()));
        }
    }

    /** Nothing merged yet. */
    public static MergePosition start(String settings, int every, int partitions) {
        List<Long> zeros = java.util.Collections.nCopies(partitions, 0L);
        return new MergePosition(settings, every, zeros, zeros);
    }

    public int partitions() {
        return numbers.size();
    }

    /** Whether a contribution is in the model. */
    public boolean includes(int partition, long number) {
        return numbers.get(partition) >= number;
    }

    /** The position once these have been merged too. */
    public MergePosition with(List<Share> shares) {
        List<Long> newNumbers = new ArrayList<>(numbers);
        List<Long> newOffsets = new ArrayList<>(offsets);
        for (Share share : shares) {
            newNumbers.set(share.partition(), share.number());
            newOffsets.set(share.partition(), share.to());
        }
        return new MergePosition(settings, every, newNumbers, newOffsets);
    }

    /** The same contents with this position. */
    public Safetensors addTo(Safetensors contents) {
        Map<String, String> metadata = new LinkedHashMap<>(contents.metadata());
        metadata.put(SETTINGS, settings);
        metadata.put(EVERY, String.valueOf(every));
        metadata.put(NUMBERS, text(numbers));
        metadata.put(OFFSETS, text(offsets));
        return new Safetensors(metadata, contents.tensors());
    }

    /**
     * The position that contents have; empty if they are not those of a merged model.
     *
     * @throws MalformedMessageException if it is damaged
     */
    public static Optional<MergePosition> of(Safetensors contents) throws MalformedMessageException {
        if (!contents.metadata().containsKey(SETTINGS)) {
            return Optional.empty();
        }
        Metadata metadata = new Metadata(contents.metadata());
        try {
            return Optional.of(new MergePosition(
                    metadata.text(SETTINGS),
                    (int) metadata.integer(EVERY, 1, Integer.MAX_VALUE),
                    numbers(metadata.text(NUMBERS)),
                    numbers(metadata.text(OFFSETS))));
        } catch (IllegalArgumentException e) {
            throw new MalformedMessageException("__metadata__." + NUMBERS, e.getMessage(), e);
        }
    }

    private static String text(List<Long> values) {
        return values.stream().map(String::valueOf).collect(Collectors.joining(" "));
    }

    private static List<Long> numbers(String text) {
        List<Long> values = new ArrayList<>();
        for (String value : text.split(" ", -1)) {
            values.add(Long.parseLong(value));
        }
        return values;
    }
}
