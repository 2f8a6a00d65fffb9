package sparsestream.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;

class DeadLetterTest {
    private static final Topic TOPIC = new Topics("p.").deadLetters();
    private static final byte[] KEY = {0, -1};
    private static final byte[] VALUE = {1, 2, 3};

    @Test
    void keyValueAndHeadersStayAsTheyWereRead() {
        ProducerRecord<byte[], byte[]> letter = DeadLetter.of(TOPIC, source(), new MalformedMessageException("a", "b"));

        assertThat(letter.topic()).isEqualTo("p.images.batches.dlq");
        assertThat(letter.key()).isEqualTo(KEY);
        assertThat(letter.value()).isEqualTo(VALUE);
        assertThat(headers(letter))
                .containsExactly(
                        "trace=one",
                        "trace=two",
                        "dlq.topic=images.batches",
                        "dlq.partition=3",
                        "dlq.offset=41",
                        "dlq.timestamp=1700000000000",
                        "dlq.error.class=sparsestream.contract.MalformedMessageException",
                        "dlq.error.message=a: b");
    }

    @Test
    void aTombstoneWithoutKeyIsALetterToo() {
        ConsumerRecord<byte[], byte[]> source = Records.read("images.batches", null, null, new RecordHeaders());

        ProducerRecord<byte[], byte[]> letter = DeadLetter.of(TOPIC, source, new IllegalStateException());

        assertThat(letter.key()).isNull();
        assertThat(letter.value()).isNull();
        assertThat(headers(letter)).contains("dlq.error.message=");
    }

    @Test
    void aLongReasonIsCut() {
        ProducerRecord<byte[], byte[]> letter =
                DeadLetter.of(TOPIC, source(), new IllegalStateException("x".repeat(5_000)));

        assertThat(letter.headers().lastHeader("dlq.error.message").value()).hasSize(1_000);
    }

    @Test
    void aLetterRefusedAgainTellsOnlyOfTheLastTime() {
        ProducerRecord<byte[], byte[]> first = DeadLetter.of(TOPIC, source(), new IllegalStateException("first"));

        ProducerRecord<byte[], byte[]> second =
                DeadLetter.of(TOPIC, Records.read(first), new IllegalStateException("second"));

        assertThat(headers(second)).hasSize(8).contains("dlq.error.message=second", "dlq.topic=p.images.batches.dlq");
    }

    @Test
    void aValueThatUnpacksToMoreThanALetterHoldsStaysWhereItWasRead() throws Exception {
        byte[] huge = new byte[DeadLetter.MAX_VALUE_BYTES + 1];
        ConsumerRecord<byte[], byte[]> source = Records.read("images.batches", KEY, huge, new RecordHeaders());

        ProducerRecord<byte[], byte[]> letter = DeadLetter.of(TOPIC, source, new IllegalStateException("huge"));

        assertThat(letter.value()).isNull();
        assertThat(headers(letter)).contains("dlq.value.omitted=67108865");
        assertThat(DeadLetter.read(Records.read(letter)).valueOmitted()).isTrue();
    }

    @Test
    void aLetterTellsWhereItWasReadAndWhy() throws Exception {
        ProducerRecord<byte[], byte[]> letter = DeadLetter.of(TOPIC, source(), new IllegalStateException("why"));

        assertThat(DeadLetter.read(Records.read(letter)))
                .isEqualTo(new DeadLetter("images.batches", 3, 41, "java.lang.IllegalStateException", "why", false));
    }

    @Test
    void aRecordWithoutTheHeadersIsNoLetter() {
        var e = catchThrowableOfType(MalformedMessageException.class, () -> DeadLetter.read(source()));

        assertThat(e).hasMessage("dlq.partition: header is missing");
    }

    @Test
    void aLetterPutBackIsTheRecordItWasAndNamesTheLetter() throws Exception {
        ConsumerRecord<byte[], byte[]> letter =
                Records.read(DeadLetter.of(TOPIC, source(), new IllegalStateException("why")));

        ProducerRecord<byte[], byte[]> back = DeadLetter.read(letter).putBack(letter, letter.value());

        assertThat(back.topic()).isEqualTo("images.batches");
        assertThat(back.partition()).isEqualTo(3);
        assertThat(back.key()).isEqualTo(KEY);
        assertThat(back.value()).isEqualTo(VALUE);
        assertThat(headers(back))
                .containsExactly("trace=one", "trace=two", "replayed.from=" + DeadLetter.address(letter));
    }

    private static ConsumerRecord<byte[], byte[]> source() {
        RecordHeaders headers = new RecordHeaders();
        headers.add("trace", "one".getBytes(StandardCharsets.UTF_8));
        headers.add("trace", "two".getBytes(StandardCharsets.UTF_8));
        return Records.read("images.batches", KEY, VALUE, headers);
    }

    private static List<String> headers(ProducerRecord<byte[], byte[]> record) {
        List<String> headers = new ArrayList<>();
        for (Header header : record.headers()) {
            headers.add(header.key() + "=" + Records.text(header.value()));
        }
        return headers;
    }
}
