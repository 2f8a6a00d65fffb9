package sparsestream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import sparsestream.contract.GeneratedImage;
import sparsestream.contract.MalformedMessageException;

/** What one sampler, never asked for images, has put on {@code images.generated}. */
final class ImageSequence {
    private ImageSequence() {}

    /**
     * Requires of each model that its images are numbered 0, 1, ... in the order of the topic, each once, and that their version never
     * goes back; returns the last image of each.
     */
    static Map<String, GeneratedImage> requireWhole(String bootstrapServers) throws MalformedMessageException {
        Map<String, GeneratedImage> last = new HashMap<>();
        for (ConsumerRecord<byte[], byte[]> record : CommittedTopic.read(bootstrapServers, "images.generated")) {
            GeneratedImage image = GeneratedImage.fromRecord(record);
            GeneratedImage before = last.put(image.model(), image);
            assertThat(image.index())
                    .as("%s after %s", image.id(), before == null ? "nothing" : before.id())
                    .isEqualTo(before == null ? 0 : before.index() + 1);
            assertThat(image.version()).isGreaterThanOrEqualTo(before == null ? 0 : before.version());
        }
        return last;
    }
}
