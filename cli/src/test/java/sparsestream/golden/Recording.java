package sparsestream.golden;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * What a cluster has: its topics, the committed records in them, and how far groups have read. As files: {@code cluster.json}, and
 * for each topic {@code topics/NAME.jsonl.gz} with a record a line.
 *
 * @param records in the order of each partition
 * @param groups by group and {@code TOPIC-PARTITION}, how many of the records a group has read
 */
record Recording(
        SortedMap<String, RecordedTopic> topics,
        List<ProducerRecord<byte[], byte[]>> records,
        SortedMap<String, SortedMap<String, Long>> groups) {
    static final String CLUSTER = "cluster.json";

    private static final ObjectMapper JSON = new ObjectMapper();

    /** @param settings that are not the broker's */
    record RecordedTopic(int partitions, SortedMap<String, String> settings) {}

    /** All but the records. */
    private record Cluster(
            SortedMap<String, RecordedTopic> topics, SortedMap<String, SortedMap<String, Long>> groups) {}

    static Recording load(Path directory) throws IOException {
        Cluster cluster = JSON.readValue(directory.resolve(CLUSTER).toFile(), Cluster.class);
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (String topic : cluster.topics().keySet()) {
            Path file = directory.resolve("topics").resolve(topic + ".jsonl.gz");
            if (Files.exists(file)) {
                try (BufferedReader lines = new BufferedReader(
                        new InputStreamReader(new GZIPInputStream(Files.newInputStream(file)), UTF_8))) {
                    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                        records.add(Canonical.ofThisRuntime(record(topic, JSON.readTree(line))));
                    }
                }
            }
        }
        return new Recording(new TreeMap<>(cluster.topics()), records, new TreeMap<>(cluster.groups()));
    }

    private static ProducerRecord<byte[], byte[]> record(String topic, JsonNode line) throws IOException {
        var record =
                new ProducerRecord<>(topic, line.get("partition").intValue(), bytes(line, "key"), bytes(line, "value"));
        for (JsonNode header : line.get("headers")) {
            record.headers().add(header.get("name").textValue(), bytes(header, "value"));
        }
        return record;
    }

    private static byte[] bytes(JsonNode json, String name) throws IOException {
        JsonNode value = json.get(name);
        if (value.isNull()) {
            return null;
        }
        return value.isTextual()
                ? value.textValue().getBytes(UTF_8)
                : value.get("base64").binaryValue();
    }

    static boolean isText(byte[] bytes) {
        try {
            return UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).chars().noneMatch(c -> c < ' ' && c != '\n');
        } catch (CharacterCodingException e) {
            return false;
        }
    }
}
