package sparsestream.model;

/** Bounds on −log p(x) of images that a model has not learned. */
public interface LikelihoodBound extends AutoCloseable {
    /**
     * −ELBO, mean over the images.
     *
     * @param images [count, pixels] U8
     * @param seed of the noise, which depends on it and on the image's position alone
     * @throws IllegalArgumentException if {@code images} has not {@code count} · pixels elements or count is not positive
     */
    Elbo elbo(byte[] images, int count, long seed);

    /**
     * The importance-weighted bound on −log p(x) (Burda, Grosse and Salakhutdinov, 2016, equation 8), in nats an image:
     *
     * <pre>
     *   −log (1/K) Σ_k p(x|z_k) p(z_k) / q(z_k|x),   z_k ~ q(z|x)
     * </pre>
     *
     * It is −ELBO's estimate for K = 1 (with the divergence sampled), and tighter the larger K is; it costs K decodings an image.
     *
     * @param images [count, pixels] U8
     * @param samples K
     * @param seed of the noise
     * @throws IllegalArgumentException if {@code images} has not {@code count} · pixels elements, or count or samples is not
     *     positive
     */
    double importanceWeighted(byte[] images, int count, int samples, long seed);

    @Override
    void close();
}
