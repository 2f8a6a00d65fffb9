package sparsestream.published;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import sparsestream.contract.GeneratedImage;
import sparsestream.contract.GreyPng;
import sparsestream.contract.MalformedMessageException;
import sparsestream.contract.Topics;

/** Draws a generated image again from what its record says, and compares. */
public final class ImageReplay {
    private final TopicReader clients;
    private final Topics topics;
    private final PublishedVersions published;
    private final Optional<Archive> archive;

    /**
     * A replay.
     *
     * @param kafka Kafka client settings, {@code bootstrap.servers} among them
     * @param archive where to look for the version before the topic
     */
    public ImageReplay(Map<String, Object> kafka, Topics topics, Optional<Archive> archive) {
        this.clients = new TopicReader(kafka);
        this.topics = topics;
        this.published = new PublishedVersions(kafka, topics);
        this.archive = archive;
    }

    /**
     * The image of a record on {@code images.generated}, drawn again: the same bytes.
     *
     * @throws PublishedException if there is no such record, it is no generated image, the version that drew it is gone, or other
     *     bytes come out
     */
    public GeneratedImage replay(int partition, long offset) {
        ConsumerRecord<byte[], byte[]> record = record(partition, offset);
        GeneratedImage image = image(record);
        ModelVersion version = version(image);
        GeneratedImage again = draw(version, image);
        if (!Arrays.equals(again.png(), image.png())) {
            throw new PublishedException(difference(again, image));
        }
        if (!again.equals(image)) {
            throw new PublishedException(
                    "the image is the same, but its headers tell of another: version, offsets or size of " + image.id()
                            + " are not those of the checkpoint");
        }
        return again;
    }

    private ConsumerRecord<byte[], byte[]> record(int partition, long offset) {
        TopicPartition place = new TopicPartition(topics.imagesGenerated().name(), partition);
        List<ConsumerRecord<byte[], byte[]>> found = new ArrayList<>(1);
        try (Consumer<byte[], byte[]> consumer = clients.open()) {
            TopicStretch topic = new TopicStretch(consumer, place);
            long begin = topic.begin();
            long end = topic.end();
            if (offset < begin || offset >= end) {
                throw new PublishedException(
                        begin == end
                                ? place + " has no offset " + offset + ": it is empty"
                                : "%s has no offset %s: it has %s to %s".formatted(place, offset, begin, end - 1));
            }
            topic.read(offset, offset + 1, found::add);
        } catch (KafkaException e) {
            throw new PublishedException(place + " cannot be read: " + clients.reason(e), e);
        }
        return found.stream()
                .findFirst()
                .orElseThrow(() -> new PublishedException("offset " + offset + " of " + place + " holds no record"));
    }

    private static GeneratedImage image(ConsumerRecord<byte[], byte[]> record) {
        try {
            return GeneratedImage.fromRecord(record);
        } catch (MalformedMessageException e) {
            throw new PublishedException(
                    "the record at offset " + record.offset() + " is no generated image: " + e.getMessage(), e);
        }
    }

    private ModelVersion version(GeneratedImage image) {
        return archived(image)
                .or(() -> published.find(image.model(), image.checkpointSha256()))
                .orElseThrow(() -> new PublishedException(
                        "version %s of %s (SHA-256 %s) is not on %s any more, which keeps the newest of each model%s"
                                .formatted(
                                        image.version(),
                                        image.model(),
                                        image.checkpointSha256(),
                                        topics.modelCheckpoints().name(),
                                        archive.map(kept -> ", nor in the archive " + kept)
                                                .orElse("; a sampler with --archive keeps all"))));
    }

    private Optional<ModelVersion> archived(GeneratedImage image) {
        try {
            return archive.isEmpty() ? Optional.empty() : archive.get().find(image.model(), image.checkpointSha256());
        } catch (IOException | MalformedMessageException e) {
            throw new PublishedException(
                    "the archive " + archive.orElseThrow() + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static GeneratedImage draw(ModelVersion version, GeneratedImage image) {
        try {
            return version.draw(
                    image.seed(), image.index(), image.latent(), image.requestId(), image.time(), image.source());
        } catch (IllegalArgumentException e) {
            throw new PublishedException("version " + version.version() + " cannot draw this: " + e.getMessage(), e);
        }
    }

    private static String difference(GeneratedImage again, GeneratedImage image) {
        try {
            return Arrays.equals(GreyPng.decode(again.png()), GreyPng.decode(image.png()))
                    ? "the pixels are the same, but another Java runtime has encoded them as other bytes"
                    : "other pixels come out: the record was changed, or not drawn from the version that it names";
        } catch (MalformedMessageException e) {
            return "other bytes come out, and those of the record are no PNG: " + e.getMessage();
        }
    }
}
