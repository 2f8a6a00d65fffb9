package sparsestream.cli;

import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import sparsestream.model.evaluation.Evaluation;
import sparsestream.model.evaluation.Evaluation.SampleQuality;
import sparsestream.trainer.session.TrainerStatus;

/**
 * What a run came to, as JSON for scripts. A figure that does not apply or is not there yet is null.
 *
 * @param models in the order of {@code --model}
 */
record Summary(List<ModelSummary> models) {
    /** One model; the names are an interface. */
    record ModelSummary(
            String model,
            long images,
            long steps,
            long offset,
            long checkpointVersion,
            String weightsSha256,
            Double zeroRatio,
            Double heldOutNelbo,
            Double prequentialLoss,
            Double frechetDistance,
            Integer classCoverage,
            Double imagesPerSecond,
            Long generatedImages) {

        static ModelSummary of(TrainerStatus status, Long generatedImages) {
            return new ModelSummary(
                    status.model(),
                    status.images(),
                    status.step(),
                    status.offset(),
                    status.version(),
                    status.weightsSha256().isEmpty() ? null : status.weightsSha256(),
                    status.version() == 0 ? null : status.zeroRatio(),
                    status.heldOutNelbo().isPresent() ? status.heldOutNelbo().getAsDouble() : null,
                    Double.isNaN(status.prequentialLoss()) ? null : status.prequentialLoss(),
                    status.evaluation()
                            .flatMap(Evaluation::samples)
                            .map(SampleQuality::frechetDistance)
                            .orElse(null),
                    status.evaluation()
                            .flatMap(Evaluation::samples)
                            .map(SampleQuality::classesCovered)
                            .orElse(null),
                    status.imagesPerSecond() > 0 ? status.imagesPerSecond() : null,
                    generatedImages);
        }
    }

    /**
     * Writes the file as a whole or not at all.
     *
     * @throws IOException if it can't be written
     */
    void write(Path file) throws IOException {
        DefaultPrettyPrinter lines = new DefaultPrettyPrinter();
        lines.indentArraysWith(DefaultIndenter.SYSTEM_LINEFEED_INSTANCE);
        byte[] json = new ObjectMapper()
                .enable(SerializationFeature.INDENT_OUTPUT)
                .writer(lines)
                .writeValueAsBytes(this);
        Path absolute = file.toAbsolutePath();
        Path temporary = Files.createTempFile(absolute.getParent(), absolute.getFileName() + ".", ".tmp");
        try {
            Files.write(temporary, json);
            Files.move(temporary, absolute, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }
}
