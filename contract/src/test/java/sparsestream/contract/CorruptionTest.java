package sparsestream.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.domains.Domain;
import net.jqwik.api.domains.DomainContext;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Damaged bytes either mean another legal value or are refused by name; any other exception fails the property by
 * itself.
 */
@Domain(ContractArbitraries.class)
@Domain(DomainContext.Global.class)
class CorruptionTest {
    @Property(tries = 2_000)
    void damagedSafetensorsAreRefusedOrLegal(@ForAll Safetensors safetensors, @ForAll long seed)
            throws MalformedMessageException {
        decodesOrRefuses(damaged(safetensors.encode(), new Random(seed)));
    }

    @Property(tries = 1_000)
    void randomBytesAreRefusedOrLegal(@ForAll @Size(max = 200) byte[] bytes) throws MalformedMessageException {
        decodesOrRefuses(bytes);
        decodesOrRefuses(SafetensorsFiles.file(bytes, 0));
    }

    @Property(tries = 1_000)
    void damagedBatchesAreRefusedOrLegal(@ForAll ImageBatch batch, @ForAll long seed) throws MalformedMessageException {
        byte[] damaged = damaged(batch.encode(), new Random(seed));
        ImageBatch read;
        try {
            read = ImageBatch.decode(damaged);
        } catch (MalformedMessageException e) {
            assertThat(e.field()).isNotNull();
            return;
        }
        assertThat(ImageBatch.decode(read.encode())).isEqualTo(read);
    }

    @Property(tries = 1_000)
    void aDamagedRecordNeverMakesADifferentCheckpoint(@ForAll Checkpoint checkpoint, @ForAll long seed) {
        Random random = new Random(seed);
        CheckpointAssembler assembler = new CheckpointAssembler();
        var records = CheckpointCodec.encode(new Topics("").trainerState(), checkpoint);
        int damagedRecord = random.nextInt(records.size());
        for (int i = 0; i < records.size(); i++) {
            ProducerRecord<byte[], byte[]> record = records.get(i);
            byte[] value = i == damagedRecord ? damaged(record.value(), random) : record.value();
            try {
                var read = assembler.accept(Records.read(record.topic(), record.key(), value, record.headers()));
                read.ifPresent(found -> assertThat(found.contents()).isEqualTo(checkpoint.contents()));
            } catch (MalformedMessageException e) {
                assertThat(e.field()).isNotNull();
            }
        }
    }

    @Property(tries = 1_000)
    void recordsOfDamagedKeysNeverStopTheAssembler(@ForAll Checkpoint checkpoint, @ForAll long seed) {
        Random random = new Random(seed);
        CheckpointAssembler assembler = new CheckpointAssembler();
        for (var record : CheckpointCodec.encode(new Topics("").trainerState(), checkpoint)) {
            byte[] key = damaged(record.key(), random);
            try {
                var read = assembler.accept(Records.read(record.topic(), key, record.value(), record.headers()));
                read.ifPresent(found -> assertThat(found.contents()).isEqualTo(checkpoint.contents()));
            } catch (MalformedMessageException e) {
                assertThat(e.field()).isNotNull();
            }
        }
    }

    @Property(tries = 1_000)
    void damagedPngsAreRefusedOrHaveTheirPixels(@ForAll long seed) {
        Random random = new Random(seed);
        byte[] pixels = new byte[12];
        random.nextBytes(pixels);
        byte[] damaged = damaged(GreyPng.encode(pixels, 4, 3), random);
        try {
            GreyPng.Size size = GreyPng.size(damaged);
            assertThat(GreyPng.decode(damaged)).hasSize(size.width() * size.height());
        } catch (MalformedMessageException e) {
            assertThat(e.field()).startsWith("png");
        }
    }

    private static void decodesOrRefuses(byte[] bytes) throws MalformedMessageException {
        Safetensors read;
        try {
            read = Safetensors.decode(bytes);
        } catch (MalformedMessageException e) {
            assertThat(e.field()).isNotNull();
            assertThat(e.getMessage()).hasSizeLessThan(1_000);
            return;
        }
        assertThat(Safetensors.decode(read.encode())).isEqualTo(read);
    }

    /** Flips bits, cuts, repeats a piece, writes over a piece or swaps digits for others, which keeps JSON legal. */
    private static byte[] damaged(byte[] bytes, Random random) {
        byte[] damaged = bytes.clone();
        int from = random.nextInt(damaged.length);
        int to = from + random.nextInt(damaged.length - from) + 1;
        switch (random.nextInt(5)) {
            case 0 -> damaged[from] ^= (byte) (1 << random.nextInt(8));
            case 1 -> damaged = Arrays.copyOf(damaged, from);
            case 2 -> {
                damaged = Arrays.copyOf(damaged, damaged.length + to - from);
                System.arraycopy(bytes, from, damaged, to, bytes.length - from);
            }
            case 3 -> {
                byte[] noise = new byte[Math.min(8, to - from)];
                random.nextBytes(noise);
                System.arraycopy(noise, 0, damaged, from, noise.length);
            }
            default -> {
                for (int i = from; i < to; i++) {
                    boolean digit = damaged[i] >= '0' && damaged[i] <= '9';
                    damaged[i] = digit ? (byte) ('0' + random.nextInt(10)) : damaged[i];
                }
            }
        }
        return damaged;
    }
}
