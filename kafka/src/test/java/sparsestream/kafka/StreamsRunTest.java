package sparsestream.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.streams.errors.StreamsException;
import org.apache.kafka.streams.errors.TaskCorruptedException;
import org.junit.jupiter.api.Test;

class StreamsRunTest {
    @Test
    void whatKafkaStreamsWrapsAroundACauseIsLeftOut() {
        IllegalStateException cause = new IllegalStateException("why", new RuntimeException("deeper"));
        assertThat(StreamsRun.cause(new StreamsException(new StreamsException(cause))))
                .isSameAs(cause);
        assertThat(StreamsRun.cause(cause)).isSameAs(cause);
    }

    @Test
    void anExceptionOfItsOwnIsTheCauseItself() {
        TaskCorruptedException own = new TaskCorruptedException(java.util.Set.of());
        assertThat(StreamsRun.cause(own)).isSameAs(own);
    }
}
