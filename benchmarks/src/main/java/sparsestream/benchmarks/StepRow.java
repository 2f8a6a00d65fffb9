package sparsestream.benchmarks;

/**
 * One line of the result of {@code bench step}; its JSON form is an interface.
 *
 * @param stepsPerSecond median over the rounds
 * @param rooflineShare the time that the step's matrix products alone take, measured in the same run, of the step's time
 */
record StepRow(
        String model,
        String architecture,
        String engine,
        int threads,
        int batch,
        double stepsPerSecond,
        double rooflineShare) {

    static StepRow of(Configuration configuration, Engine engine, double stepsPerSecond, double sgemmStepsPerSecond) {
        return new StepRow(
                configuration.model().toString(),
                configuration.architecture().toString(),
                engine.toString(),
                configuration.threads(),
                configuration.batch(),
                stepsPerSecond,
                stepsPerSecond / sgemmStepsPerSecond);
    }
}
