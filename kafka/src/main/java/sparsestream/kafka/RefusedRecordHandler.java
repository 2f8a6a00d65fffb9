package sparsestream.kafka;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.ErrorHandlerContext;
import org.apache.kafka.streams.errors.ProcessingExceptionHandler;
import org.apache.kafka.streams.processor.api.Record;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sparsestream.contract.DeadLetter;
import sparsestream.contract.Topic;

/**
 * Sends the record that a {@link RefusedRecordException} is about to the topic {@value
 * StreamsConfig#ERRORS_DEAD_LETTER_QUEUE_TOPIC_NAME_CONFIG}, in the transaction in which its offset is committed, and goes on; any other
 * failure ends the task.
 *
 * <p>Made by Kafka Streams from its class.
 */
public final class RefusedRecordHandler implements ProcessingExceptionHandler {
    private static final Logger log = LoggerFactory.getLogger(RefusedRecordHandler.class);

    private Topic letters;

    @Override
    public void configure(Map<String, ?> settings) {
        String name = String.valueOf(settings.get(StreamsConfig.ERRORS_DEAD_LETTER_QUEUE_TOPIC_NAME_CONFIG));
        letters = new Topic(name, 1, Map.of());
    }

    @Override
    public Response handleError(ErrorHandlerContext context, Record<?, ?> record, Exception failure) {
        if (!(failure instanceof RefusedRecordException refusal)) {
            return Response.fail();
        }
        ConsumerRecord<byte[], byte[]> source = source(context);
        log.atLevel(refusal.level()).log("{} is refused: {}", DeadLetter.address(source), failure.getMessage());
        return Response.resume(List.of(DeadLetter.of(letters, source, failure)));
    }

    private static ConsumerRecord<byte[], byte[]> source(ErrorHandlerContext context) {
        return new ConsumerRecord<>(
                context.topic(),
                context.partition(),
                context.offset(),
                context.timestamp(),
                TimestampType.CREATE_TIME,
                ConsumerRecord.NULL_SIZE,
                ConsumerRecord.NULL_SIZE,
                context.sourceRawKey(),
                context.sourceRawValue(),
                context.headers(),
                Optional.empty());
    }
}
