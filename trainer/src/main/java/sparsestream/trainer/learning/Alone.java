package sparsestream.trainer.learning;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import sparsestream.contract.Metadata;
import sparsestream.model.Settings;
import sparsestream.model.StreamModel;

/** Learns all there is, and gives and takes nothing. */
final class Alone implements Role {
    @Override
    public StreamModel create(ModelSettings settings, int threads) {
        return settings.create(threads);
    }

    @Override
    public void begin(StreamModel model, long offset) {}

    @Override
    public boolean takesRecords() {
        return true;
    }

    @Override
    public void learned(int images, Map<String, Double> losses, long timestampMs) {}

    @Override
    public boolean isDue(Duration idle) {
        return false;
    }

    @Override
    public List<ProducerRecord<byte[], byte[]>> give(StreamModel model, long nextOffset) {
        return List.of();
    }

    @Override
    public boolean takeOver(StreamModel model, long nextOffset) {
        return false;
    }

    @Override
    public boolean isPublic() {
        return true;
    }

    @Override
    public Settings settings() {
        return Settings.NONE;
    }

    @Override
    public void addTo(Map<String, String> metadata, Map<String, float[]> tensors) {}

    @Override
    public void restore(Metadata metadata, Map<String, float[]> tensors) {}
}
