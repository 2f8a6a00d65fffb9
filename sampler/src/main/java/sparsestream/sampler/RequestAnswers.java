package sparsestream.sampler;

import java.io.IOException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.Lock;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import sparsestream.contract.DeadLetter;
import sparsestream.contract.GeneratedImage;
import sparsestream.contract.LatentSource;
import sparsestream.contract.MalformedMessageException;
import sparsestream.contract.RequestRefusal;
import sparsestream.contract.SampleRequest;
import sparsestream.contract.SampleRequest.Sample;
import sparsestream.contract.Topic;
import sparsestream.contract.Topics;
import sparsestream.published.Archive;
import sparsestream.published.ModelVersion;

/**
 * Decides what a request is answered with: its images, or a refusal and a dead letter. All images of an answer are of one version.
 * For one thread.
 */
final class RequestAnswers {
    /** So many are drawn before the first is sent. */
    private static final int CHUNK = 64;
    /** Older versions that are kept in memory, since who asks for one often asks again. */
    private static final int MAX_LOADED = 4;

    private final SamplerConfig config;
    private final SamplerState state;
    private final Optional<Archive> archive;
    private final Topic refusals;
    private final Topic letters;
    private final Map<String, ModelVersion> loaded = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, ModelVersion> eldest) {
            return size() > MAX_LOADED;
        }
    };

    /** How a request was dealt with. */
    enum Outcome {
        ANSWERED,
        REFUSED,
        /** It is for another run. */
        LEFT_ALONE
    }

    RequestAnswers(SamplerConfig config, SamplerState state, Optional<Archive> archive) {
        this.config = config;
        this.state = state;
        this.archive = archive;
        this.refusals = new Topics(config.topicPrefix()).sampleRefusals();
        this.letters = new Topics(config.topicPrefix()).sampleRequestLetters();
    }

    /** Takes an answer, piece by piece. */
    interface Outbox {
        void image(GeneratedImage image);

        /** A refusal or a dead letter. */
        void other(ProducerRecord<byte[], byte[]> record);
    }

    /** @param outbox gets the same pieces, but for their time, whenever it is asked again */
    Outcome answer(ConsumerRecord<byte[], byte[]> record, Instant time, Outbox outbox) {
        try {
            SampleRequest request = SampleRequest.fromRecord(record);
            if (!request.run().orElse(config.runId()).equals(config.runId())) {
                return Outcome.LEFT_ALONE;
            }
            answer(request, time, outbox);
            return Outcome.ANSWERED;
        } catch (MalformedMessageException | UnanswerableRequestException e) {
            outbox.other(RequestRefusal.of(record, e, time, config.source()).toRecord(refusals));
            outbox.other(DeadLetter.of(letters, record, e));
            return Outcome.REFUSED;
        }
    }

    private void answer(SampleRequest request, Instant time, Outbox outbox) throws UnanswerableRequestException {
        ServedModel model = state.model(request.model())
                .orElseThrow(() -> new UnanswerableRequestException(
                        "model: '%s' is not served here, but %s".formatted(request.model(), config.models())));
        Lock steady = model.steady();
        steady.lock();
        try {
            ModelVersion version = version(request, model);
            requireDimensions(request, version);
            draw(request, version, time, outbox);
        } finally {
            steady.unlock();
        }
    }

    private void draw(SampleRequest request, ModelVersion version, Instant time, Outbox outbox) {
        List<Sample> samples = request.samples();
        for (int from = 0; from < samples.size(); from += CHUNK) {
            List<Sample> chunk = samples.subList(from, Math.min(samples.size(), from + CHUNK));
            version.drawAll(chunk, Optional.of(request.id()), time, config.source())
                    .forEach(outbox::image);
        }
    }

    private ModelVersion version(SampleRequest request, ServedModel model) throws UnanswerableRequestException {
        Optional<ModelVersion> served = model.version();
        if (request.version().isEmpty()) {
            return served.orElseThrow(() ->
                    new UnanswerableRequestException("model: no version of " + model.name() + " is published yet"));
        }
        long wanted = request.version().getAsLong();
        if (served.isPresent() && served.get().version() == wanted) {
            return served.get();
        }
        return archived(model.name(), wanted, served);
    }

    private ModelVersion archived(String model, long wanted, Optional<ModelVersion> served)
            throws UnanswerableRequestException {
        String now = served.map(version -> "version " + version.version() + " is served now")
                .orElse("none is served yet");
        if (archive.isEmpty()) {
            throw new UnanswerableRequestException(
                    "version: %s of %s is not kept: %s, and this sampler has no archive".formatted(wanted, model, now));
        }
        String key = model + "/" + wanted;
        ModelVersion version = loaded.get(key);
        if (version == null) {
            version = load(model, wanted)
                    .orElseThrow(() -> new UnanswerableRequestException(
                            "version: %s of %s is not in the archive, and %s".formatted(wanted, model, now)));
            loaded.put(key, version);
        }
        return version;
    }

    private Optional<ModelVersion> load(String model, long wanted) throws UnanswerableRequestException {
        try {
            return archive.orElseThrow().find(config.runId(), model, wanted);
        } catch (IOException | MalformedMessageException e) {
            throw new UnanswerableRequestException(
                    "version: %s of %s cannot be read from the archive: %s".formatted(wanted, model, e.getMessage()),
                    e);
        }
    }

    private static void requireDimensions(SampleRequest request, ModelVersion version)
            throws UnanswerableRequestException {
        int dimensions = version.generator().latent();
        for (Sample sample : request.samples()) {
            if (sample.latent() instanceof LatentSource.Given given && given.vector().length != dimensions) {
                throw new UnanswerableRequestException("latents.%s: has %s elements, and %s has %s latent dimensions"
                        .formatted(sample.index(), given.vector().length, version.model(), dimensions));
            }
        }
    }
}
