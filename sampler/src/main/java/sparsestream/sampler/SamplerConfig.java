package sparsestream.sampler;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import sparsestream.contract.Topics;
import sparsestream.model.Models;

/**
 * What a sampler is asked to do. Wrong values are refused in the words of the command line.
 *
 * @param kafka Kafka client settings, {@code bootstrap.servers} among them
 * @param topicPrefix put before every topic's name; may be empty
 * @param runId whose checkpoints to follow
 * @param models such as {@code vae}, in the order in which they are shown
 * @param rate images per second and model; 0 for as fast as possible
 * @param seed of the images
 * @param archive where every version that is served is kept; empty to keep none
 */
public record SamplerConfig(
        Map<String, Object> kafka,
        String topicPrefix,
        String runId,
        List<String> models,
        double rate,
        long seed,
        Optional<Path> archive) {
    public static final List<String> DEFAULT_MODELS = Models.names();
    public static final double DEFAULT_RATE = 4;

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,64}");

    /**
     * A checked configuration.
     *
     * @throws IllegalArgumentException if a value is out of range; the message is one line that names the option
     */
    public SamplerConfig {
        kafka = Map.copyOf(kafka);
        models = List.copyOf(models);
        if (kafka.getOrDefault("bootstrap.servers", "").toString().isBlank()) {
            throw new IllegalArgumentException("--bootstrap-servers must name a broker");
        }
        try {
            new Topics(topicPrefix).modelCheckpoints();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("--topic-prefix: " + e.getMessage(), e);
        }
        requireName("--run-id", runId);
        if (models.isEmpty()) {
            throw new IllegalArgumentException("--model must name at least one model");
        }
        models.forEach(model -> requireName("--model", model));
        if (Set.copyOf(models).size() < models.size()) {
            throw new IllegalArgumentException("--model names one model twice: " + String.join(",", models));
        }
        if (!(rate >= 0 && Double.isFinite(rate))) {
            throw new IllegalArgumentException("--rate must be at least 0 images per second, got " + rate);
        }
    }

    /** Without an archive. */
    public SamplerConfig(
            Map<String, Object> kafka, String topicPrefix, String runId, List<String> models, double rate, long seed) {
        this(kafka, topicPrefix, runId, models, rate, seed, Optional.empty());
    }

    /** The consumer group in which the samplers of a run share the requests. */
    public String group() {
        return topicPrefix + "sparsestream-" + runId + "-sampler";
    }

    /** Who draws, as the CloudEvents {@code source} of every image. */
    public String source() {
        return "/sparsestream/" + runId + "/sampler";
    }

    /** Who trains the models, as the CloudEvents {@code source} of what happens to them. */
    public String trainer() {
        return "/sparsestream/" + runId + "/trainer";
    }

    public String bootstrapServers() {
        return kafka.get("bootstrap.servers").toString();
    }

    private static void requireName(String option, String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    option + " must be 1 to 64 letters, digits, '.', '_' and '-', got '" + name + "'");
        }
    }
}
