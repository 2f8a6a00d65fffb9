package sparsestream.trainer.replay;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import sparsestream.trainer.replay.LetterPlan.Decision;

class LetterPlanTest {
    private static final byte[] VALUE = {1, 2};
    private static final String LINE =
            "dlq-0@7 from images.batches-2@41: MalformedMessageException: images: is missing";

    @Test
    void aLetterGoesBackWhereItCameFrom() {
        Decision decision = plan(Set.of(), Optional.empty()).decide(letter(Map.of()));

        ProducerRecord<byte[], byte[]> back = decision.back().orElseThrow();
        assertThat(decision.line()).isEqualTo(LINE);
        assertThat(back.topic()).isEqualTo("images.batches");
        assertThat(back.partition()).isEqualTo(2);
        assertThat(back.value()).isEqualTo(VALUE);
    }

    @Test
    void aRepairedValueTakesThePlaceOfTheLetters() {
        Decision decision = plan(Set.of(), Optional.of(new byte[] {9})).decide(letter(Map.of()));

        assertThat(decision.back().orElseThrow().value()).containsExactly(9);
    }

    @Test
    void aLetterThatIsBackAlreadyStays() {
        assertStays(
                plan(Set.of("dlq-0@7"), Optional.empty()).decide(letter(Map.of())), LINE + " [was put back before]");
    }

    @Test
    void aLetterThatNamesAnotherTopicStays() {
        Decision decision = plan(Set.of(), Optional.empty()).decide(letter(Map.of("dlq.topic", "trainer.state")));

        assertStays(
                decision,
                LINE.replace("images.batches", "trainer.state") + " [not put back: it is not from images.batches]");
    }

    @Test
    void aLetterWithoutItsValueGoesBackOnlyRepaired() {
        ConsumerRecord<byte[], byte[]> letter = letter(Map.of("dlq.value.omitted", "99999999"));

        assertStays(
                plan(Set.of(), Optional.empty()).decide(letter),
                LINE + " [not put back: its value was too large for a letter]");
        assertThat(plan(Set.of(), Optional.of(VALUE)).decide(letter).back()).isPresent();
    }

    @Test
    void aRecordThatIsNoLetterStays() {
        Decision decision = plan(Set.of(), Optional.empty()).decide(letter(Map.of("dlq.offset", "x")));

        assertStays(decision, "dlq-0@7 [not put back: no dead letter: dlq.offset: 'x' is not a 64-bit integer]");
    }

    private static void assertStays(Decision decision, String line) {
        assertThat(decision.line()).isEqualTo(line);
        assertThat(decision.back()).isEmpty();
    }

    private static LetterPlan plan(Set<String> replayed, Optional<byte[]> repaired) {
        return new LetterPlan("images.batches", replayed, repaired);
    }

    private static ConsumerRecord<byte[], byte[]> letter(Map<String, String> changed) {
        ConsumerRecord<byte[], byte[]> letter = new ConsumerRecord<>("dlq", 0, 7, null, VALUE);
        Map.of(
                        "dlq.topic", "images.batches",
                        "dlq.partition", "2",
                        "dlq.offset", "41",
                        "dlq.error.class", "sparsestream.contract.MalformedMessageException",
                        "dlq.error.message", "images: is missing")
                .forEach((name, value) -> letter.headers().add(name, utf8(value)));
        changed.forEach((name, value) -> letter.headers().add(name, utf8(value)));
        return letter;
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
