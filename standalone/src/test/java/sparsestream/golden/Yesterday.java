package sparsestream.golden;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import sparsestream.standalone.Today;

/**
 * A day with a release, up to the evening on which it is left: each service at work, on topics of its own where it does not need
 * another's. Nothing that it leaves depends on how fast anything was.
 */
final class Yesterday {
    /** Of batches of 8 digits, which are inverted from the 21st on, and one that is none. */
    static final List<Run> PLAIN = Run.ofBothModels("digits.", "plain", 28, Optional.empty(), 0);

    static final List<Run> WATCHED = Run.ofBothModels("digits.", "watched", 28, Optional.of(Inputs.heldOut()), 0);

    static final List<Run> MERGED = Run.ofBothModels("merged.", "merged", 8, Optional.empty(), 4);

    /** By the command line alone; its state has several parts, and next to nothing in them. */
    static final String LARGE =
            "trainer --topic-prefix digits. --run-id large --model vae --l1-encoder 1000 --l1-decoder 1000 --beta1 0"
                    + " --beta2 0 --checkpoint-interval 3600";

    static final String SAMPLER = "sampler --topic-prefix digits. --run-id plain --rate 20 --seed 5";

    static final String INGEST = "ingest --topic-prefix single. --batch-size 4 --shuffle-buffer 8 --max-wait 86400";

    static final List<String> REQUESTS = List.of(
            "{'id':'%sseed','model':'gan','count':2,'seed':9,'truncation':0.5}",
            "{'id':'%sway','model':'vae','count':3,'interpolation':{'from':1,'to':2},'truncation':0.7}",
            "{'id':'%sgiven','model':'gan','latents':[[0.5,-1,2]]}");

    static final String POISON = "no batch at all";

    private static final String REFUSED = "{'id':'refused','model':'vae','latents':[[1]]}";
    private static final int IMAGES_KEPT = 2;
    /** Of batches: what is learned from them tells when the last one came. */
    private static final long TIMESTAMP_MS = 1_700_000_000_000L;

    private final Cluster cluster;

    Yesterday(Cluster cluster) {
        this.cluster = cluster;
    }

    void live() throws Exception {
        produce();
        train();
        merge();
        ingest();
        draw();
    }

    /** What is worth to be kept of the day; how many images nobody asked for were drawn is a matter of time. */
    Recording recording() throws Exception {
        Recording all = cluster.record();
        return new Recording(
                all.topics(),
                all.records().stream()
                        .filter(record -> !isSurplus(record.headers()))
                        .toList(),
                all.groups());
    }

    private static boolean isSurplus(Headers headers) {
        Header index = headers.lastHeader("ce_index");
        return index != null
                && headers.lastHeader("ce_correlationid") == null
                && Integer.parseInt(new String(index.value(), UTF_8)) >= IMAGES_KEPT;
    }

    private void produce() throws Exception {
        cluster.run("producer --topic-prefix drawn. --dataset drawn --partitions 2 --batch-size 8 --images 16");
        String digits = "producer --topic-prefix digits. --dataset " + Inputs.DIRECTORY
                + " --batch-size 8 --drift invert@160 --resume";
        cluster.run(digits + " --images 160");
        var poison = new ProducerRecord<>(
                "digits.images.batches", 0, TIMESTAMP_MS, "key".getBytes(UTF_8), POISON.getBytes(UTF_8));
        poison.headers().add("client", "test".getBytes(UTF_8));
        cluster.send(List.of(poison));
        cluster.run(digits + " --images 384");
    }

    private void train() {
        for (Run run : PLAIN) {
            Today.train(cluster.bootstrapServers(), run, 128);
            Today.train(cluster.bootstrapServers(), run, 256);
        }
        for (Run run : WATCHED) {
            Today.train(cluster.bootstrapServers(), run, 256);
        }
        cluster.run(LARGE + " --images 64");
    }

    /** Ends within the third round: one replica has given to it, and the other has begun. */
    private void merge() throws Exception {
        cluster.create("merged.images.batches", 2);
        feed(cluster, 0, 0, 12);
        feed(cluster, 1, 0, 10);
        Today.mergeDuring(cluster.bootstrapServers(), MERGED, () -> {
            for (Run run : MERGED) {
                Today.learn(cluster.bootstrapServers(), run, 12 + 10);
            }
            cluster.await(() -> cluster.isRead("merged.sparsestream-merged-merge", "merged.model.contributions"));
        });
    }

    /** Batches {@code [from, to)} of a partition. */
    static void feed(Cluster cluster, int partition, int from, int to) throws Exception {
        cluster.send(IntStream.range(from, to)
                .mapToObj(i -> new ProducerRecord<byte[], byte[]>(
                        "merged.images.batches",
                        partition,
                        TIMESTAMP_MS + i,
                        null,
                        Today.batch(Inputs.noise(1_000L * partition + i, 8 * 8 * 8), 8)))
                .toList());
    }

    /** Ends with two images that wait for six more. */
    private void ingest() throws Exception {
        try (Today.Service ingest = cluster.start(INGEST)) {
            ingest.lineThatStartsWith("ingest: ");
            cluster.await(() -> cluster.has("single.images.raw"));
            List<ProducerRecord<byte[], byte[]>> images = new ArrayList<>();
            images.add(single(Inputs.file("digit.png"), Optional.of("3")));
            images.add(single(Inputs.file("digit.jpeg"), Optional.of("4")));
            images.add(single("a mistake".getBytes(UTF_8), Optional.empty()));
            images.addAll(raw(0, 8));
            cluster.send(images);
            cluster.await(() -> cluster.isRead("single.sparsestream-ingest", "single.images.raw"));
        }
    }

    /** Digits {@code [from, to)} as raw pixels; the first two have labels. */
    static List<ProducerRecord<byte[], byte[]>> raw(int from, int to) {
        return IntStream.range(from, to)
                .mapToObj(i -> single(Inputs.digits(i, i + 1), i < 2 ? Optional.of("" + i) : Optional.empty()))
                .toList();
    }

    private static ProducerRecord<byte[], byte[]> single(byte[] value, Optional<String> label) {
        var record = new ProducerRecord<byte[], byte[]>("single.images.raw", 0, null, value);
        label.ifPresent(text -> record.headers().add("label", text.getBytes(UTF_8)));
        return record;
    }

    private void draw() throws Exception {
        try (Today.Service sampler = cluster.start(SAMPLER)) {
            sampler.lineThatStartsWith("sampler: ");
            cluster.await(() -> cluster.read("digits.images.generated").stream()
                            .filter(record -> !isSurplus(record.headers()))
                            .count()
                    == (long) PLAIN.size() * IMAGES_KEPT);
            ask(cluster, "");
            cluster.send(List.of(request(REFUSED)));
            cluster.await(() -> cluster.isRead("digits.sparsestream-plain-sampler", "digits.sample.requests"));
        }
    }

    /** Requests samples, with ids that begin so. */
    static void ask(Cluster cluster, String prefix) throws Exception {
        cluster.send(
                REQUESTS.stream().map(json -> request(json.formatted(prefix))).toList());
    }

    private static ProducerRecord<byte[], byte[]> request(String json) {
        return new ProducerRecord<>(
                "digits.sample.requests", 0, null, json.replace('\'', '"').getBytes(UTF_8));
    }
}
