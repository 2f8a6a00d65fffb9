package sparsestream.trainer.learning;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import sparsestream.contract.Checkpoint;
import sparsestream.contract.DType;
import sparsestream.contract.MalformedMessageException;
import sparsestream.contract.Metadata;
import sparsestream.contract.PublishedModel;
import sparsestream.contract.Safetensors;
import sparsestream.contract.Tensor;
import sparsestream.model.ModelState;
import sparsestream.model.Settings;
import sparsestream.model.StreamModel;
import sparsestream.published.NetworkTensors;
import sparsestream.trainer.TrainerException;
import sparsestream.trainer.watch.Watch;

/** A learner as a checkpoint of {@code trainer.state}, and its model as one of {@code model.checkpoints}. */
public final class LearnerCodec {
    private static final String HISTORY = "settings.history";
    private static final ObjectMapper JSON = new ObjectMapper();

    private LearnerCodec() {}

    /** All that resuming needs; {@code version} is that of the checkpoint it is published with. */
    public static Safetensors encodeState(Learner learner, long version) {
        ModelState state = learner.model().state();
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put("settings", SavedSettings.write(learner.allSettings()));
        if (!learner.history().isEmpty()) {
            metadata.put(HISTORY, learner.history());
        }
        metadata.put("first_offset", String.valueOf(learner.firstOffset()));
        metadata.put("next_offset", String.valueOf(learner.nextOffset()));
        metadata.put("version", String.valueOf(version));
        metadata.put("step", String.valueOf(state.step()));
        metadata.put("images", String.valueOf(state.images()));
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        Map<String, float[]> all = new LinkedHashMap<>(state.tensors());
        learner.watch().addTo(metadata, all);
        learner.role().addTo(metadata, all);
        all.forEach((name, values) -> tensors.put(name, Tensor.ofFloats(values, values.length)));
        return new Safetensors(metadata, tensors);
    }

    /**
     * The learner that was saved.
     *
     * @param watch a new one, which goes on with what was saved
     * @param role a new one likewise
     * @throws MalformedMessageException if the checkpoint is not such a state
     * @throws TrainerException if it is the state of a model with other settings
     */
    public static Learner decodeState(
            Checkpoint checkpoint, ModelSettings settings, Watch watch, Role role, int threads)
            throws MalformedMessageException {
        return decodeState(checkpoint, settings, watch, role, threads, false);
    }

    /**
     * The same.
     *
     * @param acceptChanges whether the model may go on with another recipe than it was saved with
     */
    static Learner decodeState(
            Checkpoint checkpoint, ModelSettings settings, Watch watch, Role role, int threads, boolean acceptChanges)
            throws MalformedMessageException {
        Metadata metadata = new Metadata(checkpoint.contents().metadata());
        Settings asked = Learner.allSettings(settings, watch, role);
        SettingsChange change = SettingsChange.between(SavedSettings.read(metadata.text("settings")), asked);
        // What replicas of a merged run learn with has to be the same in all of them.
        boolean acceptable =
                change.isOfRecipe(settings.config()) && role.settings().equals(Settings.NONE);
        if (!change.isNone() && !(acceptable && acceptChanges)) {
            throw new TrainerException("the state of %s was learned with other settings:\n%s\n  give those, or %s"
                    .formatted(
                            checkpoint.key(),
                            change.lines(),
                            acceptable
                                    ? "--accept-changes to go on with the new ones from the next step on"
                                    : "start a new run with another --run-id"));
        }
        ArrayNode history = history(checkpoint.contents().metadata().getOrDefault(HISTORY, "[]"));
        Map<String, float[]> tensors = floats(checkpoint.contents().tensors());
        watch.restore(metadata, tensors);
        role.restore(metadata, tensors);
        ModelState state = new ModelState(
                metadata.integer("step", 0, Long.MAX_VALUE), metadata.integer("images", 0, Long.MAX_VALUE), tensors);
        long firstOffset = metadata.integer("first_offset", 0, Long.MAX_VALUE);
        long nextOffset = metadata.integer("next_offset", firstOffset, Long.MAX_VALUE);
        long version = metadata.integer("version", 0, Long.MAX_VALUE - 1);
        StreamModel model = role.create(settings, threads);
        try {
            model.restore(state);
        } catch (IllegalArgumentException e) {
            model.close();
            throw new MalformedMessageException("tensors", e.getMessage(), e);
        }
        Learner learner = new Learner(settings, model, watch, role, firstOffset, nextOffset, version);
        learner.changed(history, change.isNone() ? Optional.empty() : Optional.of(change.toJson(state.step())));
        return learner;
    }

    private static ArrayNode history(String saved) throws MalformedMessageException {
        try {
            if (JSON.readTree(saved) instanceof ArrayNode history) {
                return history;
            }
            throw new MalformedMessageException(HISTORY, "is no JSON array");
        } catch (JsonProcessingException e) {
            throw new MalformedMessageException(HISTORY, "is no JSON", e);
        }
    }

    private static Map<String, float[]> floats(Map<String, Tensor> tensors) throws MalformedMessageException {
        Map<String, float[]> floats = new LinkedHashMap<>();
        for (Map.Entry<String, Tensor> tensor : tensors.entrySet()) {
            if (tensor.getValue().dtype() != DType.F32) {
                throw new MalformedMessageException(
                        tensor.getKey() + ".dtype", "is " + tensor.getValue().dtype() + ", not F32");
            }
            floats.put(tensor.getKey(), tensor.getValue().floats());
        }
        return floats;
    }

    /** What the world may use. */
    public static PublishedModel publicModel(Learner learner) {
        return publicModel(learner.model(), learner.settings(), learner.firstOffset(), learner.nextOffset());
    }

    /** What the world may use of a model that has learned the batches {@code [inputFrom, inputTo)}. */
    public static PublishedModel publicModel(StreamModel model, ModelSettings settings, long inputFrom, long inputTo) {
        return new PublishedModel(
                model.name(),
                settings.config().imageNetwork(),
                settings.height(),
                settings.width(),
                model.step(),
                model.images(),
                inputFrom,
                inputTo,
                model.zeroRatio(),
                weightsSha256(model.state()),
                NetworkTensors.of(model.networks()));
    }

    /** SHA-256 of the parameters that are being trained, in the order of the state, as little-endian floats. */
    public static String weightsSha256(ModelState state) {
        MessageDigest digest = sha256();
        List<String> values = state.tensors().keySet().stream()
                .filter(name -> name.endsWith(".values"))
                .toList();
        for (String name : values) {
            float[] parameters = state.tensors().get(name);
            ByteBuffer bytes =
                    ByteBuffer.allocate(parameters.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            bytes.asFloatBuffer().put(parameters);
            digest.update(bytes.array());
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
