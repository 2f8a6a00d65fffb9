package sparsestream.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReportTest {
    private static final Configuration ONE_THREAD = new Configuration(ModelKind.GAN_R1, Architecture.SEED, 1, 128);
    private static final Configuration TWO_THREADS = new Configuration(ModelKind.GAN_R1, Architecture.SEED, 2, 128);
    private static final List<StepRow> ROWS = List.of(
            StepRow.of(ONE_THREAD, Engine.SPARSESTREAM, 90, 120),
            StepRow.of(ONE_THREAD, Engine.LIBTORCH, 60, 120),
            StepRow.of(TWO_THREADS, Engine.SPARSESTREAM, 150, 200),
            StepRow.of(TWO_THREADS, Engine.LIBTORCH, 50, 200));

    @Test
    void theTableShowsRatesAndSharesOfTheRoofline() {
        assertThat(StepReport.table(ROWS.subList(0, 2))).isEqualTo("""
                | model  | architecture | engine       | threads | batch | steps/s | of roofline |
                | ------ | ------------ | ------------ | ------: | ----: | ------: | ----------: |
                | gan-r1 | seed         | sparsestream |       1 |   128 |    90.0 |        75 % |
                | gan-r1 | seed         | libtorch     |       1 |   128 |    60.0 |        50 % |""");
    }

    @Test
    void ratiosCompareTheBestOverThreadCounts() {
        assertThat(StepReport.ratios(ROWS))
                .contains("| gan-r1 | seed         |   128 |              2.50 |             - |");
    }

    @Test
    void jsonHasTheNamesThatScriptsDependOn() throws IOException {
        assertThat(JsonFile.render(ROWS.subList(0, 1))).isEqualToIgnoringWhitespace("""
                [{"model": "gan-r1", "architecture": "seed", "engine": "sparsestream", "threads": 1, "batch": 128,
                  "stepsPerSecond": 90.0, "rooflineShare": 0.75}]""");
    }

    @Test
    void theSamplersTableComparesWithEncoding() {
        List<SamplerRow> rows = List.of(
                SamplerRow.throughput("encoding", new WorkRate(20_000, 45)),
                SamplerRow.throughput("sampler", new WorkRate(18_000, 80)),
                new SamplerRow("request", null, null, 4.2, 31.5));
        assertThat(SamplerRateCommand.table(rows)).isEqualTo("""
                |          | images/s | of encoding | CPU, µs | p50, ms | p99, ms |
                | -------- | -------: | ----------: | ------: | ------: | ------: |
                | encoding |   20,000 |        1.00 |      45 |         |         |
                | sampler  |   18,000 |        0.90 |      80 |         |         |
                | request  |          |             |         |     4.2 |    31.5 |""");
    }
}
