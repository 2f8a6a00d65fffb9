package sparsestream.benchmarks;

/**
 * One thing to measure, the same for all engines.
 *
 * @param threads that an engine may use
 * @param batch images a step
 */
record Configuration(ModelKind model, Architecture architecture, int threads, int batch) {
    Configuration {
        if (threads < 1 || batch < 1) {
            throw new IllegalArgumentException(
                    "threads and batch must be at least 1, got " + threads + " and " + batch);
        }
    }

    @Override
    public String toString() {
        return "%s %s, %s thread%s, batch %s".formatted(model, architecture, threads, threads == 1 ? "" : "s", batch);
    }
}
