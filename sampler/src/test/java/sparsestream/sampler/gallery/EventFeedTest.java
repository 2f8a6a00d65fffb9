package sparsestream.sampler.gallery;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import sparsestream.contract.LatentSource;
import sparsestream.published.ModelVersion;
import sparsestream.sampler.TestModels;

class EventFeedTest {
    private static final Instant NOW = TestModels.COMMITTED.plusSeconds(30);

    private final TestGallery gallery = new TestGallery("vae", "gan");
    private final GalleryState state = gallery.state;
    private final ShownModel vae = state.model("vae").orElseThrow();
    private final EventFeed feed = new EventFeed(state);

    @Test
    void theFirstNewsAreAllThatAPageNeeds() {
        gallery.serve(TestModels.version("vae", 1));
        generate(100);
        List<GalleryEvent> news = feed.next(NOW);
        assertThat(news).hasSize(2 + EventFeed.MAX_IMAGES);
        assertThat(news.get(0)).isEqualTo(GalleryEvent.Heartbeat.of(state, NOW));
        assertThat(news.get(1)).isEqualTo(new GalleryEvent.Version(ModelStatus.of(vae, NOW)));
        assertThat(news.subList(2, news.size()))
                .extracting(event -> ((GalleryEvent.Image) event).index())
                .startsWith(68L, 69L)
                .endsWith(99L);
    }

    @Test
    void withoutNewsThereIsAHeartbeatEveryTwoSeconds() {
        feed.next(NOW);
        assertThat(feed.next(NOW.plusMillis(1900))).isEmpty();
        assertThat(names(feed.next(NOW.plusMillis(2100)))).containsExactly("heartbeat");
    }

    @Test
    void aLostConnectionIsToldAtOnce() {
        gallery.connected(true);
        feed.next(NOW);
        gallery.connected(false);
        assertThat(feed.next(NOW.plusMillis(1))).singleElement().satisfies(event -> assertThat(
                        ((GalleryEvent.Heartbeat) event).connected())
                .isFalse());
    }

    @Test
    void nothingIsToldTwice() {
        gallery.serve(TestModels.version("vae", 1));
        generate(1);
        feed.next(NOW);
        generate(2);
        gallery.serve(TestModels.version("vae", 2));
        assertThat(names(feed.next(NOW))).containsExactly("version", "image", "image");
        assertThat(feed.next(NOW)).isEmpty();
    }

    @Test
    void curvesGoOnFromWhereTheyAreWhenAClientComes() {
        state.training().add(TestGallery.checkpointEvent("vae", 1, 10));
        assertThat(names(feed.next(NOW))).containsExactly("heartbeat", "happening");
        state.training().add(TestGallery.checkpointEvent("vae", 2, 11));
        assertThat(names(feed.next(NOW))).containsExactly("point", "happening");
        assertThat(feed.next(NOW)).isEmpty();
    }

    @Test
    void anImageIsToldWithWhoAskedForIt() {
        feed.next(NOW);
        ModelVersion version = TestModels.version("vae", 1);
        gallery.generate(version.draw(3, 0, NOW, "/test"));
        gallery.generate(version.draw(3, 1, LatentSource.PLAIN, Optional.of("a-1"), NOW, "/test"));
        assertThat(feed.next(NOW))
                .extracting(event -> ((GalleryEvent.Image) event).request())
                .containsExactly(null, "a-1");
    }

    @Test
    void eventsAreFlatJson() throws Exception {
        gallery.serve(TestModels.version("vae", 1));
        generate(1);
        List<GalleryEvent> news = feed.next(NOW);
        ObjectMapper json = new ObjectMapper();
        var version = json.readTree(json.writeValueAsString(news.get(1)));
        assertThat(version.fieldNames())
                .toIterable()
                .containsExactly(
                        "model",
                        "state",
                        "imagesGenerated",
                        "version",
                        "sha256",
                        "step",
                        "imagesLearned",
                        "zeroRatio",
                        "height",
                        "width",
                        "stalenessSeconds");
        assertThat(version.get("stalenessSeconds").doubleValue()).isEqualTo(30);
        var image = json.readTree(json.writeValueAsString(news.get(2)));
        assertThat(image.fieldNames())
                .toIterable()
                .containsExactly(
                        "model",
                        "version",
                        "sha256",
                        "seed",
                        "index",
                        "request",
                        "inputFrom",
                        "inputTo",
                        "time",
                        "partition",
                        "offset",
                        "png",
                        "replay");
        assertThat(image.get("seed").isTextual()).isTrue();
    }

    private void generate(int count) {
        for (int i = 0; i < count; i++) {
            gallery.generate(TestModels.version("vae", 1).draw(0, vae.imagesGenerated(), NOW, "/test"));
        }
    }

    private static List<String> names(List<GalleryEvent> news) {
        return news.stream().map(GalleryEvent::name).toList();
    }
}
