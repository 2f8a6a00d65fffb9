package sparsestream.contract;

import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Provide;
import net.jqwik.api.domains.DomainContextBase;

/** Any legal value of the contract, small. */
final class ContractArbitraries extends DomainContextBase {
    @Provide
    Arbitrary<Safetensors> safetensors() {
        Arbitrary<String> names = Arbitraries.strings()
                .all()
                .ofMaxLength(12)
                .filter(StrictJson::isWellFormed)
                .filter(name -> !name.equals("__metadata__"));
        Arbitrary<Map<String, String>> metadata = Arbitraries.maps(names, names).ofMaxSize(4);
        Arbitrary<Map<String, Tensor>> tensors =
                Arbitraries.maps(names, tensors()).ofMaxSize(5).map(LinkedHashMap::new);
        return Combinators.combine(metadata, tensors).as(Safetensors::new);
    }

    @Provide
    Arbitrary<ImageBatch> batches() {
        Arbitrary<Integer> sides = Arbitraries.integers().between(1, 6);
        return Combinators.combine(sides, sides, sides, Arbitraries.of(true, false), Arbitraries.longs())
                .as((count, height, width, labelled, seed) -> new ImageBatch(
                        count,
                        height,
                        width,
                        bytes(seed, count * height * width),
                        labelled ? Optional.of(bytes(~seed, count)) : Optional.empty()));
    }

    @Provide
    Arbitrary<Checkpoint> checkpoints() {
        Arbitrary<String> keys = Arbitraries.of("run/vae", "run/gan", "run/vae/0", "other/vae");
        Arbitrary<Long> versions = Arbitraries.longs().between(0, 9);
        return Combinators.combine(keys, versions, safetensors()).as(Checkpoint::new);
    }

    private static Arbitrary<Tensor> tensors() {
        Arbitrary<int[]> shapes =
                Arbitraries.integers().between(0, 4).array(int[].class).ofMaxSize(3);
        return Combinators.combine(Arbitraries.of(DType.class), shapes, Arbitraries.longs())
                .as((dtype, shape, seed) -> {
                    byte[] data = bytes(seed, (int) Tensor.byteLength(dtype, shape));
                    return new Tensor(dtype, shape, ByteBuffer.wrap(data));
                });
    }

    private static byte[] bytes(long seed, int length) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }
}
