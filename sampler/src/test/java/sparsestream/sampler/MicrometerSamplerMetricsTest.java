package sparsestream.sampler;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import sparsestream.monitoring.Metrics;

class MicrometerSamplerMetricsTest {
    private final Metrics metrics = new Metrics();
    private final Clock clock = Clock.fixed(TestModels.COMMITTED.plusSeconds(30), ZoneOffset.UTC);
    private final SamplerMetrics sampler = new MicrometerSamplerMetrics(metrics.registry(), List.of("vae"), clock);

    @AfterEach
    void close() {
        metrics.close();
    }

    @Test
    void aModelThatIsNotServedHasNoVersionYet() {
        assertThat(metrics.registry().scrape())
                .contains("sparsestream_images_generated_total{model=\"vae\"} 0.0\n")
                .contains("sparsestream_sampler_model_version{model=\"vae\"} NaN\n")
                .contains("sparsestream_sampler_staleness_seconds{model=\"vae\"} NaN\n");
    }

    @Test
    void whatIsServedIsMeasured() {
        sampler.served(TestModels.version("vae", 12));
        sampler.swapped("vae", Duration.ofMillis(150));
        sampler.imageGenerated("vae");
        sampler.checkpointRejected("vae");
        assertThat(metrics.registry().scrape())
                .contains("sparsestream_images_generated_total{model=\"vae\"} 1.0\n")
                .contains("sparsestream_sampler_model_version{model=\"vae\"} 12.0\n")
                .contains("sparsestream_sampler_staleness_seconds{model=\"vae\"} 30.0\n")
                .contains("sparsestream_sampler_checkpoints_rejected_total{model=\"vae\"} 1.0\n")
                .contains("sparsestream_sampler_swap_delay_seconds_sum{model=\"vae\"} 0.15\n");
    }
}
