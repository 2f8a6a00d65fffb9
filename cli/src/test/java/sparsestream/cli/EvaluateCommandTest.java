package sparsestream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sparsestream.contract.PublishedModel;
import sparsestream.contract.Tensor;
import sparsestream.model.Elbo;
import sparsestream.model.layers.AdamConfig;
import sparsestream.model.layers.L1;
import sparsestream.model.layers.Team;
import sparsestream.model.vae.Vae;
import sparsestream.model.vae.VaeConfig;
import sparsestream.producer.Dataset;
import sparsestream.producer.Split;
import sparsestream.published.NetworkTensors;

class EvaluateCommandTest {
    @TempDir
    private Path archive;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void anArchivedVersionIsMeasuredAsTheModelItselfWouldBe() throws Exception {
        Dataset heldOut = DatasetOptions.load("drawn", Split.HELD_OUT, new PrintWriter(err));
        L1 l1 = new L1(L1.Method.PROXIMAL, 1e-2);
        VaeConfig config = new VaeConfig(List.of(16), 4, AdamConfig.of(1e-2), l1, l1);
        // Noise is that of seed 0 in the command too.
        try (Vae vae = new Vae(config, heldOut.imageBytes(), 0, new Team(1))) {
            byte[] batch = new byte[100 * heldOut.imageBytes()];
            System.arraycopy(heldOut.images(), 0, batch, 0, batch.length);
            for (int step = 0; step < 50; step++) {
                vae.learn(batch, 100);
            }
            keep(published(vae));
            assertThat(evaluate("--samples", "2")).isZero();
            Elbo elbo = vae.heldOutElbo(heldOut.images(), heldOut.count()).orElseThrow();
            assertThat(out.toString())
                    .contains("version 3 of vae, 5,000 images learned")
                    .contains(String.format(Locale.ROOT, "−ELBO %.2f nats", elbo.negative()))
                    .contains("importance-weighted bound of 2 samples")
                    .contains("Fréchet distance")
                    .contains("of 10 classes");
        }
    }

    private int evaluate(String... more) {
        List<String> arguments = new java.util.ArrayList<>(List.of(
                "evaluate",
                "--model",
                "vae",
                "--run-id",
                "run",
                "--archive",
                archive.toString(),
                "--dataset",
                "drawn"));
        arguments.addAll(List.of(more));
        return Main.commandLine(Map.of(), new ShutdownSignal())
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments.toArray(String[]::new));
    }

    private void keep(PublishedModel model) throws Exception {
        byte[] file = model.encode().encode();
        String sha256 =
                HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(file));
        Path directory = Files.createDirectories(archive.resolve("run").resolve("vae"));
        Files.write(directory.resolve(String.format(Locale.ROOT, "%012d-%s.safetensors", 3, sha256)), file);
    }

    private static PublishedModel published(Vae vae) {
        Map<String, Tensor> tensors = NetworkTensors.of(vae.networks());
        return new PublishedModel(
                "vae", "decoder", 28, 28, vae.step(), vae.images(), 0, vae.step(), vae.zeroRatio(), "00ff", tensors);
    }
}
