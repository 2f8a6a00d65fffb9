/**
 * Measurements that the figures in docs/figures.md come from.
 *
 * <p>{@code bench step}: a {@link sparsestream.benchmarks.Step} is one engine's training step in one
 * {@link sparsestream.benchmarks.Configuration}. Each runs in a {@link sparsestream.benchmarks.Worker}, a JVM of its own, and
 * {@link sparsestream.benchmarks.RoundRobin} lets them work in turns. The bound they are held against is
 * {@link sparsestream.benchmarks.SgemmStep}: the {@link sparsestream.benchmarks.Gemm matrix products} of a step and nothing else.
 *
 * <p>{@code bench l1}: {@link sparsestream.benchmarks.L1Run} learns a VAE with one L1 penalty and tells what it cost and saved.
 */
package sparsestream.benchmarks;
