package sparsestream.sampler.gallery;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import sparsestream.contract.GeneratedImage;
import sparsestream.contract.Topics;
import sparsestream.contract.TrainingEvent;
import sparsestream.contract.TrainingEvent.Kind;
import sparsestream.published.ModelVersion;
import sparsestream.sampler.SamplerConfig;
import sparsestream.sampler.SamplerState;
import sparsestream.sampler.TestModels;

/** A gallery's state, and a sampler that it watches. */
final class TestGallery {
    final SamplerState sampler;
    final GalleryState state;

    TestGallery(String... models) {
        sampler = TestModels.state(models);
        state = new GalleryState(
                sampler,
                new SamplerConfig(
                        Map.of("bootstrap.servers", "localhost:9092"), "", TestModels.RUN, List.of(models), 4, 0));
    }

    void serve(ModelVersion version) {
        TestModels.serve(sampler, version);
        state.served(version);
    }

    void generate(GeneratedImage image) {
        TestModels.generate(sampler, image);
    }

    void connected(boolean connected) {
        TestModels.connected(sampler, connected);
    }

    /** What a trainer tells of a checkpoint, half a second after the batch that it learned last. */
    static ReportedEvent checkpointEvent(String model, long version, long offset) {
        var data = TrainingEvent.newData()
                .put("partition", 0)
                .put("version", version)
                .put("step", version * 10)
                .put("images", version * 1280)
                .put("zeroRatio", 0.25)
                .put("heldOutNelbo", 110.5)
                .put("evaluatedStep", version * 10)
                .put("lastBatchMs", TestModels.COMMITTED.toEpochMilli() - 500);
        data.putObject("losses").put("nelbo", 120.25).put("kl", 20.5);
        return reported(Kind.CHECKPOINT, model, data, offset);
    }

    static ReportedEvent reported(Kind kind, String model, ObjectNode data, long offset) {
        TrainingEvent event =
                new TrainingEvent(kind, "id-" + offset, "/sparsestream/" + TestModels.RUN + "/trainer", model, data);
        return ReportedEvent.of(TestModels.consumed(event.toRecord(new Topics("").trainingEvents()), offset))
                .orElseThrow();
    }
}
