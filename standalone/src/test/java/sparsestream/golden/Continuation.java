package sparsestream.golden;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import sparsestream.standalone.Today;

/**
 * What today's program makes of the topics that {@link Yesterday} has left, in the order in which it is asked to: each thing that a
 * release does with them, and what comes out. A later release may add to these, but takes none away.
 */
enum Continuation {
    /** Images are drawn again from the checkpoints that they name: those of yesterday, and the same for who asks anew. */
    IMAGES {
        @Override
        void run(Cluster cluster, Path directory, SortedMap<String, String> results) throws Exception {
            List<ConsumerRecord<byte[], byte[]>> yesterdays = cluster.read("digits.images.generated");
            for (ConsumerRecord<byte[], byte[]> image : yesterdays) {
                if (header(image, "ce_type").equals("sparsestream.image.generated.v1")) {
                    Path file = directory.resolve("image-" + image.offset());
                    cluster.run(
                            "replay image --topic-prefix digits. --offset %d --out %s".formatted(image.offset(), file));
                    boolean same = Arrays.equals(Files.readAllBytes(file), image.value());
                    results.put("replay of " + name(image), same ? "the same" : "another");
                }
            }
            try (Today.Service sampler = cluster.start(Yesterday.SAMPLER)) {
                sampler.lineThatStartsWith("sampler: gallery at");
                Yesterday.ask(cluster, "again-");
                cluster.await(() -> cluster.isRead("digits.sparsestream-plain-sampler", "digits.sample.requests"));
            }
            for (ConsumerRecord<byte[], byte[]> image : cluster.read("digits.images.generated")) {
                if (header(image, "ce_correlationid").startsWith("again-")) {
                    results.put(name(image), sameAs(image, yesterdays));
                }
            }
        }

        private static String name(ConsumerRecord<byte[], byte[]> image) {
            String id = header(image, "ce_correlationid");
            return "%s of %s, number %s"
                    .formatted(id.isEmpty() ? "image" : id, header(image, "ce_model"), header(image, "ce_index"));
        }

        private static String sameAs(
                ConsumerRecord<byte[], byte[]> image, List<ConsumerRecord<byte[], byte[]>> yesterdays) {
            String id = header(image, "ce_id").substring("again-".length());
            return yesterdays.stream()
                            .anyMatch(other ->
                                    header(other, "ce_id").equals(id) && Arrays.equals(other.value(), image.value()))
                    ? "the same"
                    : "another";
        }
    },

    /** Published models are exported and measured. */
    EXPORTS {
        @Override
        void run(Cluster cluster, Path directory, SortedMap<String, String> results) throws Exception {
            for (Run run : Yesterday.PLAIN) {
                String which = " --topic-prefix digits. --run-id plain --model " + run.model();
                for (String format : List.of("safetensors", "onnx", "dl4j")) {
                    Path file = directory.resolve("model." + format);
                    cluster.run("export%s --format %s --out %s".formatted(which, format, file));
                    byte[] bytes = Files.readAllBytes(file);
                    switch (format) {
                        case "safetensors" -> results.put(run.model() + " tensors", Canonical.sha256(data(bytes)));
                        case "onnx" -> results.put(run.model() + " ONNX", bytes.length + " bytes");
                        default -> results.put(run.model() + " DL4J", bytes.length > 0 ? "written" : "empty");
                    }
                }
                results.put(
                        run.model() + " evaluated",
                        cluster.run("evaluate%s --dataset drawn --samples 5".formatted(which)));
                Path file = directory.resolve("archived");
                Path archive = archive(cluster, directory, run);
                cluster.run("export%s --version 1 --archive %s --format safetensors --out %s"
                        .formatted(which, archive, file));
                results.put(run.model() + " archived tensors", Canonical.sha256(data(Files.readAllBytes(file))));
            }
        }

        /** The first version, as a sampler's archive has it. */
        private static Path archive(Cluster cluster, Path directory, Run run) throws Exception {
            byte[] file = cluster.read("digits.model.checkpoints").stream()
                    .filter(record -> new String(record.key(), UTF_8).equals("plain/" + run.model() + "/part-0000"))
                    .findFirst()
                    .orElseThrow()
                    .value();
            Path archive = directory.resolve("archive");
            Path versions = Files.createDirectories(archive.resolve("plain").resolve(run.model()));
            Files.write(versions.resolve("000000000001-%s.safetensors".formatted(Canonical.sha256(file))), file);
            return archive;
        }

        /** What follows the header of a safetensors file. */
        private static byte[] data(byte[] file) {
            int header =
                    (int) ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getLong();
            return Arrays.copyOfRange(file, Long.BYTES + header, file.length);
        }
    },

    /** States are resumed, and the other batches learned. */
    RUNS {
        @Override
        void run(Cluster cluster, Path directory, SortedMap<String, String> results) throws IOException {
            for (List<Run> runs : List.of(Yesterday.PLAIN, Yesterday.WATCHED)) {
                runs.forEach(run -> results.put(run.toString(), Today.train(cluster.bootstrapServers(), run, 384)));
            }
            Path summary = directory.resolve("summary.json");
            cluster.run(Yesterday.LARGE + " --images 128 --summary " + summary);
            JsonNode model =
                    new ObjectMapper().readTree(summary.toFile()).get("models").get(0);
            results.put(
                    "large vae",
                    "step %s, images %s, offset %s, version %s, weights %s"
                            .formatted(
                                    model.get("steps"),
                                    model.get("images"),
                                    model.get("offset"),
                                    model.get("checkpointVersion"),
                                    model.get("weightsSha256").textValue()));
        }
    },

    /** A round that is open is finished, another one follows, and all are made again from their record. */
    ROUNDS {
        @Override
        void run(Cluster cluster, Path directory, SortedMap<String, String> results) throws Exception {
            Yesterday.feed(cluster, 0, 12, 16);
            Yesterday.feed(cluster, 1, 10, 16);
            Today.mergeDuring(cluster.bootstrapServers(), Yesterday.MERGED, () -> {
                for (Run run : Yesterday.MERGED) {
                    results.put(run.toString(), Today.train(cluster.bootstrapServers(), run, 256));
                }
            });
            for (Run run : Yesterday.MERGED) {
                results.put(
                        "rounds of " + run,
                        Today.replayRounds(cluster.bootstrapServers(), run) + " made again, all the same");
            }
        }
    },

    /** Images that wait for others become batches with them. */
    INGEST {
        @Override
        void run(Cluster cluster, Path directory, SortedMap<String, String> results) throws Exception {
            int before = cluster.read("single.images.batches").size();
            cluster.send(Yesterday.raw(8, 14));
            try (Today.Service ingest = cluster.start(Yesterday.INGEST)) {
                ingest.lineThatStartsWith("ingest: ");
                cluster.await(() -> cluster.isRead("single.sparsestream-ingest", "single.images.raw"));
            }
            List<ConsumerRecord<byte[], byte[]>> batches = cluster.read("single.images.batches");
            for (ConsumerRecord<byte[], byte[]> batch : batches.subList(before, batches.size())) {
                results.put("batch from position " + header(batch, "position"), Canonical.sha256(batch.value()));
            }
        }
    },

    /** Dead letters are put back. */
    LETTERS {
        @Override
        void run(Cluster cluster, Path directory, SortedMap<String, String> results) {
            results.put("replay", cluster.run("replay dead-letters --topic-prefix digits."));
        }
    };

    /** Puts what comes out, by names, into {@code results}. */
    abstract void run(Cluster cluster, Path directory, SortedMap<String, String> results) throws Exception;

    /** The name under which a release keeps what came out. */
    String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        Header header = record.headers().lastHeader(name);
        return header == null ? "" : new String(header.value(), UTF_8);
    }
}
