package sparsestream.sampler.gallery;

import java.time.Clock;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import sparsestream.monitoring.Health;
import sparsestream.monitoring.HttpAddress;
import sparsestream.monitoring.Metrics;
import sparsestream.monitoring.MonitoringServer;
import sparsestream.published.ModelVersion;
import sparsestream.sampler.TestModels;

/**
 * Shows the gallery without Kafka, to look at: {@code vae} draws from random weights, {@code gan} waits for a checkpoint
 * unless {@code both} is given. The first argument is the port.
 */
final class GalleryPreview {
    private static final double RATE = 4;

    private GalleryPreview() {}

    public static void main(String[] args) {
        TestGallery gallery = new TestGallery("vae", "gan");
        gallery.connected(true);
        HttpAddress address = HttpAddress.loopback(Integer.parseInt(args[0]));
        var server = MonitoringServer.start(
                address, new Metrics().registry(), new Health(), new Gallery(gallery.state, Clock.systemUTC())::addTo);
        System.out.println("http://" + server.address());
        int models = args.length > 1 ? (args[1].equals("none") ? 0 : 2) : 1;
        long waitNanos = (long) (TimeUnit.SECONDS.toNanos(1) / RATE);
        for (long index = 0; ; index++) {
            for (ShownModel model : gallery.state.models().subList(0, models)) {
                emit(gallery, model, index);
            }
            LockSupport.parkNanos(index < EventFeed.MAX_IMAGES ? 1 : waitNanos);
        }
    }

    private static void emit(TestGallery gallery, ShownModel model, long index) {
        if (index % 20 == 0) {
            gallery.serve(TestModels.version(model.name(), 130 + index / 20, Instant.now()));
        }
        ModelVersion version = model.version().orElseThrow();
        gallery.generate(version.draw(7, index, Instant.now(), "/sparsestream/preview/sampler"));
    }
}
