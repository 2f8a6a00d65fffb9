package sparsestream.model;

/**
 * The parts of a VAE's −ELBO, means over some images, in nats an image.
 *
 * @param reconstruction −E_q log p(x|z), one sample of z an image; a cross-entropy where pixels are grey
 * @param klDivergence KL(q(z|x) ‖ p(z)), in closed form
 * @param activeUnits latent dimensions u with Cov_x(E_{q(u|x)}[u]) &gt; 10⁻² (Burda, Grosse and Salakhutdinov, 2016, section 5.3);
 *     the others say nothing about x
 */
public record Elbo(double reconstruction, double klDivergence, int activeUnits) {
    /** −ELBO. */
    public double negative() {
        return reconstruction + klDivergence;
    }
}
