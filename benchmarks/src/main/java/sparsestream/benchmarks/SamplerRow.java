package sparsestream.benchmarks;

/**
 * One thing that was measured.
 *
 * @param imagesPerSecond null where latency was measured
 * @param cpuMicros time of processors for an image, of all processes together, in microseconds; null where latency was measured
 * @param p50Ms median latency of a request for one image, in milliseconds; null where throughput was measured
 * @param p99Ms 99th percentile of it
 */
record SamplerRow(String what, Double imagesPerSecond, Double cpuMicros, Double p50Ms, Double p99Ms) {
    static SamplerRow throughput(String what, WorkRate throughput) {
        return new SamplerRow(what, throughput.perSecond(), throughput.cpuMicros(), null, null);
    }
}
