package sparsestream.sampler.gallery;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import sparsestream.published.ModelVersion;
import sparsestream.sampler.TestModels;

class ServiceStatusTest {
    private final TestGallery gallery = new TestGallery("vae", "gan");
    private final GalleryState state = gallery.state;

    @Test
    void atFirstNothingHasBeenSeen() {
        assertThat(ServiceStatus.all(state, TestModels.COMMITTED))
                .containsExactly(
                        new ServiceStatus("kafka", "down", "answer", null),
                        new ServiceStatus("producer", "waiting", "batch", null),
                        new ServiceStatus("trainer vae", "waiting", "checkpoint", null),
                        new ServiceStatus("trainer gan", "waiting", "checkpoint", null),
                        new ServiceStatus("sampler", "waiting", "image", null));
    }

    @Test
    void whatWasSeenLongAgoIsQuiet() {
        gallery.connected(true);
        state.training().add(TestGallery.checkpointEvent("vae", 1, 0));
        ModelVersion version = TestModels.version("vae", 1);
        gallery.serve(version);
        var image = version.draw(0, 0, TestModels.COMMITTED.plusSeconds(20), "/test");
        gallery.generate(image);
        List<ServiceStatus> services = ServiceStatus.all(state, TestModels.COMMITTED.plusSeconds(40));
        assertThat(services)
                .containsExactly(
                        new ServiceStatus("kafka", "active", "answer", null),
                        new ServiceStatus("producer", "quiet", "batch", 40.5),
                        new ServiceStatus("trainer vae", "quiet", "checkpoint", 40d),
                        new ServiceStatus("trainer gan", "waiting", "checkpoint", null),
                        new ServiceStatus("sampler", "active", "image", 20d));
    }
}
