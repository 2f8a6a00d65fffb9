package sparsestream.golden;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import sparsestream.cli.Today;

/** What today's program makes of the topics that a release has left. */
final class Continuation {
    private static final List<Run> PLAIN = Run.ofBothModels("digits.", "plain", 28, Optional.empty(), 0);
    private static final Run WATCHED = new Run("digits.", "watched", "vae", 28, Optional.of(Inputs.heldOut()), 0);
    private static final List<Run> MERGED = Run.ofBothModels("merged.", "merged", 8, Optional.empty(), 4);
    /** Of batches: what is learned from them tells when the last one came. */
    private static final long TIMESTAMP_MS = 1_700_000_000_000L;

    private final Cluster cluster;
    private final Path directory;
    private final SortedMap<String, String> results = new TreeMap<>();

    Continuation(Cluster cluster, Path directory) {
        this.cluster = cluster;
        this.directory = directory;
    }

    /** What came out, by names. */
    SortedMap<String, String> run() throws Exception {
        replayImages();
        for (Run run : PLAIN) {
            results.put(run.toString(), Today.train(cluster.bootstrapServers(), run, 384));
        }
        results.put(WATCHED.toString(), Today.train(cluster.bootstrapServers(), WATCHED, 384));
        finishRounds();
        return results;
    }

    /** Images are drawn again from the checkpoints that they name. */
    private void replayImages() throws Exception {
        for (ConsumerRecord<byte[], byte[]> image : cluster.read("digits.images.generated")) {
            Header type = image.headers().lastHeader("ce_type");
            if (new String(type.value(), UTF_8).equals("sparsestream.image.generated.v1")) {
                Path file = directory.resolve("image-" + image.offset());
                cluster.run("replay image --topic-prefix digits. --offset %s --out %s".formatted(image.offset(), file));
                boolean same = Arrays.equals(Files.readAllBytes(file), image.value());
                results.put("image " + image.offset(), same ? "the same" : "another");
            }
        }
    }

    /** A round that is open is finished, another one follows, and all are made again from their record. */
    private void finishRounds() throws Exception {
        feed(0, 12, 16);
        feed(1, 10, 16);
        Today.mergeDuring(cluster.bootstrapServers(), MERGED, () -> {
            for (Run run : MERGED) {
                results.put(run.toString(), Today.train(cluster.bootstrapServers(), run, 256));
            }
        });
        for (Run run : MERGED) {
            results.put("rounds of " + run, Today.replayRounds(cluster.bootstrapServers(), run) + " made again");
        }
    }

    /** Batches {@code [from, to)} of a partition. */
    private void feed(int partition, int from, int to) throws Exception {
        cluster.send(IntStream.range(from, to)
                .mapToObj(i -> new ProducerRecord<byte[], byte[]>(
                        "merged.images.batches",
                        partition,
                        TIMESTAMP_MS + i,
                        null,
                        Today.batch(Inputs.noise(1_000L * partition + i, 8 * 8 * 8), 8)))
                .toList());
    }
}
