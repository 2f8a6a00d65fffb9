package sparsestream.sampler.gallery;

import java.util.List;
import java.util.Optional;
import sparsestream.contract.Topics;
import sparsestream.kafka.Connection;
import sparsestream.published.ModelVersion;
import sparsestream.sampler.SamplerClients;
import sparsestream.sampler.SamplerConfig;
import sparsestream.sampler.SamplerState;
import sparsestream.sampler.Spectator;

/** What the gallery shows: a sampler's state, the past of its models, and what their trainers tell. Safe for use by several threads. */
final class GalleryState implements Spectator {
    private final SamplerState sampler;
    private final List<ShownModel> models;
    private final TrainingHistory training;
    private final String events;
    private final ReplayCommand replay;

    GalleryState(SamplerState sampler, SamplerConfig config) {
        this.sampler = sampler;
        this.models = sampler.models().stream().map(ShownModel::new).toList();
        this.training = new TrainingHistory(config.trainer(), config.models());
        this.events = new Topics(config.topicPrefix()).trainingEvents().name();
        this.replay = new ReplayCommand(config.bootstrapServers(), config.topicPrefix());
    }

    /** In the order of the configuration; the same for ever. */
    List<ShownModel> models() {
        return models;
    }

    Optional<ShownModel> model(String name) {
        return models.stream().filter(model -> model.name().equals(name)).findAny();
    }

    /** Whether the cluster answered when last asked, which is every few seconds. */
    boolean connected() {
        return sampler.connected();
    }

    TrainingHistory training() {
        return training;
    }

    ReplayCommand replay() {
        return replay;
    }

    @Override
    public void past(ModelVersion version) {
        served(version);
    }

    @Override
    public void served(ModelVersion version) {
        model(version.model()).orElseThrow().timeLapse().add(version);
    }

    @Override
    public void watch(SamplerClients clients, Connection connection) {
        new TrainingEventFollower(clients, events, training, connection).run();
    }
}
