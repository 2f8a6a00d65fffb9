package sparsestream.contract;

import java.util.Arrays;
import java.util.Optional;

/**
 * What the shape of a batch's images says: [N, H, W], or with a single channel [N, 1, H, W], as PyTorch has it, or [N, H, W, 1], as
 * TensorFlow has it.
 *
 * @param count number of images
 * @param size of each
 */
record BatchShape(int count, ImageSize size) {
    private static final String FIELD = "images.shape";
    private static final int MAX_COLOURS = 4;

    /**
     * Reads a shape.
     *
     * @param wanted the size that the reader can use, which tells H×1 from 1×H where the shape is [N, 1, H, 1]; empty for any
     * @throws MalformedMessageException if it is none, if its size is not the wanted one, or could be two sizes; the message says how
     *     to convert
     */
    static BatchShape of(int[] shape, Optional<ImageSize> wanted) throws MalformedMessageException {
        ImageSize size =
                switch (shape.length) {
                    case 3 -> new ImageSize(shape[1], shape[2]);
                    case 4 -> withoutChannel(shape, wanted);
                    default -> throw malformed(shape, "is not [N, H, W]" + conversionOfFlat(shape, wanted));
                };
        requireSane(shape, size);
        if (wanted.isPresent() && !wanted.get().equals(size)) {
            throw new MalformedMessageException(
                    FIELD, "images of " + size + " pixels, this model learns " + wanted.get());
        }
        return new BatchShape(shape[0], size);
    }

    private static ImageSize withoutChannel(int[] shape, Optional<ImageSize> wanted) throws MalformedMessageException {
        ImageSize first = new ImageSize(shape[2], shape[3]);
        ImageSize last = new ImageSize(shape[1], shape[2]);
        boolean channelFirst = shape[1] == 1;
        boolean channelLast = shape[3] == 1;
        if (channelFirst && channelLast && !first.equals(last)) {
            // The same values in the same order either way: only who wants the images knows how wide they are.
            return wanted.filter(size -> size.equals(first) || size.equals(last))
                    .orElseThrow(() -> malformed(
                            shape,
                            "may be images of " + first + " or of " + last + " pixels"
                                    + wanted.map(size -> ", this model learns " + size)
                                            .orElse(": convert with images.reshape(N, H, W)")));
        }
        if (channelFirst || channelLast) {
            return channelFirst ? first : last;
        }
        throw malformed(
                shape,
                "has no single channel, and images are grey: [N, H, W], [N, 1, H, W] or [N, H, W, 1]"
                        + conversionOfColours(shape));
    }

    private static String conversionOfColours(int[] shape) {
        int axis = shape[1] <= MAX_COLOURS ? 1 : 3;
        return shape[axis] > MAX_COLOURS
                ? ""
                : "; convert colours with images.mean(axis=" + axis + ").astype(images.dtype)";
    }

    private static String conversionOfFlat(int[] shape, Optional<ImageSize> wanted) {
        if (shape.length != 2) {
            return "";
        }
        if (wanted.isPresent() && wanted.get().equals(new ImageSize(shape[0], shape[1]))) {
            return ": convert a single image with images.reshape(1, " + shape[0] + ", " + shape[1] + ")";
        }
        String size = wanted.map(known -> known.height() + ", " + known.width()).orElse("H, W");
        return ": convert flat images with images.reshape(-1, " + size + ")";
    }

    private static void requireSane(int[] shape, ImageSize size) throws MalformedMessageException {
        boolean sane = shape[0] >= 1 && isSide(size.height()) && isSide(size.width());
        if (!sane) {
            throw malformed(shape, "is not at least one image with sides from 1 to " + ImageBatch.MAX_SIDE);
        }
    }

    private static boolean isSide(int pixels) {
        return pixels >= 1 && pixels <= ImageBatch.MAX_SIDE;
    }

    private static MalformedMessageException malformed(int[] shape, String problem) {
        return new MalformedMessageException(FIELD, Arrays.toString(shape) + " " + problem);
    }
}
