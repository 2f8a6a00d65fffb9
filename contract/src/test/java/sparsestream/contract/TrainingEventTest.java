package sparsestream.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import sparsestream.contract.TrainingEvent.Kind;

class TrainingEventTest {
    private static final String JSON = """
            {"specversion":"1.0","id":"run/vae/0/3","source":"/sparsestream/run/trainer",
             "type":"sparsestream.training.checkpoint.v1","subject":"vae","data":{"version":3}}""";

    @ParameterizedTest
    @EnumSource
    void comesBackAsItWasSent(Kind kind) throws Exception {
        ObjectNode data = TrainingEvent.newData().put("version", 3).putNull("heldOutNelbo");
        TrainingEvent event = new TrainingEvent(kind, "run/vae/0/3", "/sparsestream/run/trainer", "vae", data);

        assertThat(TrainingEvent.fromRecord(read(event.toRecord(topic())))).isEqualTo(event);
    }

    @Test
    void isACloudEventInStructuredMode() throws Exception {
        ProducerRecord<byte[], byte[]> record =
                TrainingEvent.fromRecord(record(JSON)).toRecord(topic());

        assertThat(record.topic()).isEqualTo("training.events");
        assertThat(record.key()).asString(StandardCharsets.UTF_8).isEqualTo("vae");
        assertThat(record.headers().lastHeader("content-type").value())
                .asString(StandardCharsets.UTF_8)
                .startsWith("application/cloudevents+json");
        JsonNode json = new ObjectMapper().readTree(record.value());
        ((ObjectNode) json).remove("datacontenttype");
        assertThat(json).isEqualTo(new ObjectMapper().readTree(JSON));
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "`\"1.0\"`, `\"0.3\"`, specversion",
                "`\"1.0\"`, `1.0`, specversion",
                "checkpoint, holiday, type",
                "`\"vae\"`, `\"\"`, subject",
                "`\"vae\"`, `null`, subject",
                "`\"run/vae/0/3\"`, `{}`, id",
                "`{\"version\":3}`, `3`, data",
                "`{\"version\":3}`, `{\"version\":3,\"version\":4}`, event",
                "`}}`, `}`, event",
                "`}}`, `}}x`, event",
            })
    void whatIsNoEventIsRefusedByName(String part, String instead, String field) {
        assertThatThrownBy(() -> TrainingEvent.fromRecord(record(JSON.replace(part, instead))))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessageStartingWith(field);
    }

    @Test
    void aTombstoneIsNoEvent() {
        assertThatThrownBy(() -> TrainingEvent.fromRecord(record(null)))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessageStartingWith("value");
    }

    private static Topic topic() {
        return new Topics("").trainingEvents();
    }

    private static ConsumerRecord<byte[], byte[]> read(ProducerRecord<byte[], byte[]> sent) {
        return new ConsumerRecord<>(sent.topic(), 0, 0, sent.key(), sent.value());
    }

    private static ConsumerRecord<byte[], byte[]> record(String json) {
        byte[] value = json == null ? null : json.getBytes(StandardCharsets.UTF_8);
        return new ConsumerRecord<>("training.events", 0, 0, null, value);
    }
}
