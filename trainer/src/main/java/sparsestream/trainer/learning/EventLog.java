package sparsestream.trainer.learning;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import sparsestream.contract.PublishedModel;
import sparsestream.contract.TrainingEvent;
import sparsestream.contract.TrainingEvent.Kind;
import sparsestream.model.evaluation.Evaluation;
import sparsestream.trainer.watch.Figures;
import sparsestream.trainer.watch.Notice;

/** What has happened on one partition since the last transaction, as the events that the next one tells. */
final class EventLog {
    private final TrainerConfig config;
    private final int partition;
    private final List<ObjectNode> losses = new ArrayList<>();
    /** By id, so that none is told twice. */
    private final Map<String, ProducerRecord<byte[], byte[]>> notices = new LinkedHashMap<>();

    private int rejections;
    private ObjectNode firstRejection;
    private Map<String, Double> lastLosses = Map.of();
    private long lastBatchMs;

    EventLog(TrainerConfig config, int partition) {
        this.config = config;
        this.partition = partition;
    }

    void learned(ConsumerRecord<byte[], byte[]> batch, Map<String, Double> terms) {
        lastLosses = terms;
        lastBatchMs = batch.timestamp();
    }

    /** A transaction has one event for all its rejections, however many they are. */
    void rejected(ConsumerRecord<byte[], byte[]> record, Exception reason) {
        if (rejections++ == 0) {
            firstRejection = place().put("offset", record.offset()).put("reason", reason.getMessage());
        }
    }

    /** Records [from, to) were deleted before they were learned. */
    void lost(long from, long to) {
        losses.add(place().put("from", from).put("to", to));
    }

    void noticed(Notice notice) {
        if (notice instanceof Notice.Refused refused) {
            Evaluation evaluation = refused.evaluation();
            ObjectNode data = TrainingEvent.newData()
                    .put("partition", partition)
                    .put("step", evaluation.step())
                    .put("reason", refused.reason());
            Figures.addTo(data, Optional.of(evaluation));
            notice(Kind.GATE, evaluation.step(), "", data);
        } else if (notice instanceof Notice.RolledBack back) {
            notice(
                    Kind.ROLLBACK,
                    back.step(),
                    "",
                    TrainingEvent.newData()
                            .put("partition", partition)
                            .put("step", back.step())
                            .put("toStep", back.toStep())
                            .put("refusals", back.refusals())
                            .put("rateScale", back.rateScale()));
        } else if (notice instanceof Notice.Drift drift) {
            notice(
                    Kind.DRIFT,
                    drift.step(),
                    "/" + drift.detector(),
                    TrainingEvent.newData()
                            .put("partition", partition)
                            .put("step", drift.step())
                            .put("detector", drift.detector())
                            .put("loss", Figures.finite(drift.loss()))
                            .put("prequentialLoss", Figures.finite(drift.prequentialLoss())));
        }
    }

    /** The recipe is another from the next step on. */
    void changed(ObjectNode change) {
        ObjectNode data = TrainingEvent.newData().put("partition", partition);
        data.setAll(change);
        notice(Kind.SETTINGS, change.get("step").asLong(), "", data);
    }

    private void notice(Kind kind, long step, String suffix, ObjectNode data) {
        String which = step + suffix;
        notices.putIfAbsent(kind + which, record(kind, which, data));
    }

    private ObjectNode place() {
        return TrainingEvent.newData()
                .put("topic", config.topics().imageBatches().name())
                .put("partition", partition);
    }

    /** The events of the transaction that has {@code version}, and publishes it or not. */
    List<ProducerRecord<byte[], byte[]>> records(
            long version, PublishedModel model, Optional<Evaluation> evaluation, boolean published) {
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        losses.forEach(data -> records.add(record(Kind.DATALOSS, data.get("to").asText(), data)));
        if (rejections > 0) {
            records.add(record(Kind.REJECTION, "" + version, firstRejection.put("count", rejections)));
        }
        records.addAll(notices.values());
        if (published) {
            records.add(record(Kind.CHECKPOINT, "" + version, checkpoint(version, model, evaluation)));
        }
        return records;
    }

    private ObjectNode checkpoint(long version, PublishedModel published, Optional<Evaluation> evaluation) {
        ObjectNode data = TrainingEvent.newData()
                .put("partition", partition)
                .put("version", version)
                .put("step", published.step())
                .put("images", published.images())
                .put("inputFrom", published.inputFrom())
                .put("inputTo", published.inputTo())
                .put("zeroRatio", published.zeroRatio())
                .put("weightsSha256", published.weightsSha256());
        Figures.addTo(data, evaluation);
        if (!lastLosses.isEmpty()) {
            data.put("lastBatchMs", lastBatchMs);
        }
        lastLosses.forEach(data.putObject("losses")::put);
        return data;
    }

    private ProducerRecord<byte[], byte[]> record(Kind kind, String which, ObjectNode data) {
        String id = "%s/%s/%s".formatted(config.stateKey(partition), kind.name().toLowerCase(Locale.ROOT), which);
        return new TrainingEvent(kind, id, config.source(), config.model().name(), data)
                .toRecord(config.topics().trainingEvents());
    }

    /** They have been told. */
    void clear() {
        losses.clear();
        notices.clear();
        rejections = 0;
        firstRejection = null;
    }
}
