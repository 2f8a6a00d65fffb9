package sparsestream.benchmarks;

import sparsestream.model.RejectedBatchException;
import sparsestream.model.StreamModel;
import sparsestream.model.gan.Gan;
import sparsestream.model.layers.Team;
import sparsestream.model.vae.Vae;

/** Our own step, as the trainer runs it: what the others skip (finite check, undo, averaged generator, losses) included. */
final class SparsestreamStep implements Step {
    private final StreamModel model;
    private final RandomImages images;
    private final int batch;

    SparsestreamStep(Configuration configuration) {
        Team team = new Team(configuration.threads());
        Architecture architecture = configuration.architecture();
        model = switch (configuration.model()) {
            case VAE -> new Vae(architecture.vae(), Architecture.PIXELS, 1, team);
            case GAN -> new Gan(architecture.gan().with("r1-gamma", 0), Architecture.PIXELS, 1, team);
            case GAN_R1 -> new Gan(architecture.gan(), Architecture.PIXELS, 1, team);
        };
        batch = configuration.batch();
        images = new RandomImages(batch);
    }

    @Override
    public void run() {
        try {
            model.learn(images.nextBytes(), batch);
        } catch (RejectedBatchException e) {
            throw new IllegalStateException("random images made the gradient infinite", e);
        }
    }

    @Override
    public void close() {
        model.close();
    }
}
