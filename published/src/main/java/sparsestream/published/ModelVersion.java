package sparsestream.published;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import sparsestream.contract.Checkpoint;
import sparsestream.contract.GeneratedImage;
import sparsestream.contract.GreyPng;
import sparsestream.contract.LatentSource;
import sparsestream.contract.MalformedMessageException;
import sparsestream.contract.PublishedModel;
import sparsestream.contract.SampleRequest.Sample;
import sparsestream.model.ImageGenerator;
import sparsestream.model.layers.Network;

/**
 * One version of a model, ready to draw. Immutable and safe for any number of threads: whoever holds it draws from one
 * checkpoint and no other.
 *
 * @param model such as {@code vae}
 * @param version of the checkpoint
 * @param sha256 of the checkpoint
 * @param height of an image, in pixels
 * @param width of an image, in pixels
 * @param step batches learned
 * @param images images learned
 * @param inputFrom first offset of {@code images.batches} that has been learned, inclusive
 * @param inputTo last of them, exclusive
 * @param zeroRatio share of weights that are exactly zero
 * @param committed when the checkpoint was published, by the timestamp of its manifest
 * @param generator draws the images
 * @param checkpoint that all of this was read from
 */
public record ModelVersion(
        String model,
        long version,
        String sha256,
        int height,
        int width,
        long step,
        long images,
        long inputFrom,
        long inputTo,
        double zeroRatio,
        Instant committed,
        ImageGenerator generator,
        Checkpoint checkpoint) {
    /** Images that one thread draws at a time: a few passes over the weights, and little to wait for at the end. */
    private static final int TOGETHER = 8;

    /**
     * The version in a checkpoint.
     *
     * @param model that the checkpoint's key names
     * @throws MalformedMessageException if the contents are not a model of that name that draws images; the field is
     *     the metadata's or the tensor's name
     */
    public static ModelVersion load(String model, Checkpoint checkpoint, Instant committed)
            throws MalformedMessageException {
        PublishedModel published = PublishedModel.decode(checkpoint.contents());
        if (!published.model().equals(model)) {
            throw new MalformedMessageException(
                    "__metadata__.model", "is '" + published.model() + "' under the key " + checkpoint.key());
        }
        return new ModelVersion(
                model,
                checkpoint.version(),
                checkpoint.sha256(),
                published.height(),
                published.width(),
                published.step(),
                published.images(),
                published.inputFrom(),
                published.inputTo(),
                published.zeroRatio(),
                committed,
                new ImageGenerator(NetworkTensors.imageNetwork(published)),
                checkpoint);
    }

    /**
     * All its networks, by name.
     *
     * @throws MalformedMessageException if one of them is damaged; the field is the tensor's name
     */
    public Map<String, Network> networks() throws MalformedMessageException {
        return NetworkTensors.readAll(contents().tensors());
    }

    /** The network that draws images. */
    public Network imageNetwork() throws MalformedMessageException {
        return NetworkTensors.imageNetwork(contents());
    }

    /**
     * What was published, every tensor dense.
     *
     * @throws MalformedMessageException never, of a version that was loaded
     */
    public PublishedModel contents() throws MalformedMessageException {
        return PublishedModel.decode(checkpoint.contents());
    }

    /** The image with this index of this seed: the same pixels whoever draws it, and whenever. */
    public GeneratedImage draw(long seed, long index, Instant time, String source) {
        return draw(seed, index, LatentSource.PLAIN, Optional.empty(), time, source);
    }

    /**
     * The image of any latent vector: the same pixels whoever draws it, and whenever.
     *
     * @param requestId whom it answers
     * @throws IllegalArgumentException if a vector that is given has another length than this model's
     */
    public GeneratedImage draw(
            long seed, long index, LatentSource latent, Optional<String> requestId, Instant time, String source) {
        return drawTogether(List.of(new Sample(seed, index, latent)), requestId, time, source)
                .get(0);
    }

    /**
     * Images of latent vectors, in their order, as {@link #draw} makes them one by one; several are shared among all cores.
     *
     * @param requestId whom they answer
     */
    public List<GeneratedImage> drawAll(List<Sample> samples, Optional<String> requestId, Instant time, String source) {
        if (samples.size() <= TOGETHER) {
            return drawTogether(samples, requestId, time, source);
        }
        return IntStream.range(0, (samples.size() + TOGETHER - 1) / TOGETHER)
                .parallel()
                .mapToObj(part -> samples.subList(part * TOGETHER, Math.min(samples.size(), (part + 1) * TOGETHER)))
                .flatMap(part -> drawTogether(part, requestId, time, source).stream())
                .toList();
    }

    private List<GeneratedImage> drawTogether(
            List<Sample> samples, Optional<String> requestId, Instant time, String source) {
        float[][] vectors = samples.stream()
                .map(sample -> vector(sample.seed(), sample.index(), sample.latent()))
                .toArray(float[][]::new);
        byte[][] images = generator.images(vectors);
        return IntStream.range(0, images.length)
                .mapToObj(i -> image(samples.get(i), images[i], requestId, time, source))
                .toList();
    }

    private GeneratedImage image(
            Sample sample, byte[] pixels, Optional<String> requestId, Instant time, String source) {
        return new GeneratedImage(
                model,
                version,
                sha256,
                sample.seed(),
                sample.index(),
                inputFrom,
                inputTo,
                width,
                height,
                GreyPng.encode(pixels, width, height),
                time,
                source,
                sample.latent(),
                requestId);
    }

    /** The latent vector of an image, [latent]. */
    float[] vector(long seed, long index, LatentSource latent) {
        if (latent instanceof LatentSource.Given given) {
            return given.vector();
        }
        if (latent instanceof LatentSource.Between between) {
            return truncated(generator.between(seed, between.toSeed(), between.position()), between.truncation());
        }
        return truncated(generator.latentVector(seed, index), ((LatentSource.Seed) latent).truncation());
    }

    private static float[] truncated(float[] z, double truncation) {
        if (truncation == 1) {
            return z;
        }
        for (int i = 0; i < z.length; i++) {
            z[i] = (float) (truncation * z[i]);
        }
        return z;
    }

    /** Time since this version was committed; zero where clocks of two machines would make it negative. */
    public Duration age(Instant now) {
        return now.isBefore(committed) ? Duration.ZERO : Duration.between(committed, now);
    }
}
