package sparsestream.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.domains.Domain;
import org.apache.kafka.clients.producer.ProducerRecord;

@Domain(ContractArbitraries.class)
class RoundTripTest {
    @Property
    void safetensorsComeBackInTheSameOrder(@ForAll Safetensors safetensors) throws MalformedMessageException {
        byte[] file = safetensors.encode();

        Safetensors read = Safetensors.decode(file);

        assertThat(read).isEqualTo(safetensors);
        assertThat(new ArrayList<>(read.metadata().keySet()))
                .isEqualTo(new ArrayList<>(safetensors.metadata().keySet()));
        assertThat(read.encode()).isEqualTo(file);
    }

    @Property
    void batchesComeBack(@ForAll ImageBatch batch) throws MalformedMessageException {
        assertThat(ImageBatch.decode(batch.encode())).isEqualTo(batch);
    }

    @Property
    void checkpointsComeBackFromTheirRecords(@ForAll Checkpoint checkpoint) throws MalformedMessageException {
        CheckpointAssembler assembler = new CheckpointAssembler();
        var records = new ArrayList<ProducerRecord<byte[], byte[]>>(
                CheckpointCodec.encode(new Topics("").trainerState(), checkpoint));
        var manifest = records.remove(records.size() - 1);
        for (var part : records) {
            assertThat(assembler.accept(Records.read(part))).isEmpty();
        }

        assertThat(assembler.accept(Records.read(manifest))).contains(checkpoint);
    }
}
