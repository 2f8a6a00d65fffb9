package sparsestream.benchmarks;

/** One engine's training step, again and again on random images; all of its state lives in the implementation. */
interface Step extends AutoCloseable {
    void run();

    @Override
    void close();

    /** The step of an {@link Engine}, or {@link SgemmStep#NAME} for the bound. */
    static Step of(String engine, Configuration configuration) {
        if (engine.equals(SgemmStep.NAME)) {
            return new SgemmStep(configuration);
        }
        boolean vae = configuration.model() == ModelKind.VAE;
        return switch (Engine.valueOf(engine.toUpperCase(java.util.Locale.ROOT))) {
            case SPARSESTREAM -> new SparsestreamStep(configuration);
            case LIBTORCH -> vae ? new LibtorchVaeStep(configuration) : new LibtorchGanStep(configuration);
            case DL4J -> vae ? new Dl4jVaeStep(configuration) : new Dl4jGanStep(configuration);
        };
    }
}
