package sparsestream.monitoring.dashboards;

import static sparsestream.monitoring.dashboards.Panel.NONE;
import static sparsestream.monitoring.dashboards.Panel.highIsBad;
import static sparsestream.monitoring.dashboards.Panel.lines;
import static sparsestream.monitoring.dashboards.Panel.lowIsBad;
import static sparsestream.monitoring.dashboards.Panel.query;
import static sparsestream.monitoring.dashboards.Panel.stat;

import java.util.List;
import java.util.Optional;
import sparsestream.monitoring.dashboards.Dashboard.Annotation;

/** All dashboards. */
final class Dashboards {
    private static final String NATS = "short";
    private static final String RATIO = "percentunit";
    private static final String SECONDS = "s";
    private static final String COUNT = "short";

    private static final Panel ALERTS = stat(
            "Alerts",
            COUNT,
            highIsBad(1, 1),
            query("count(ALERTS{alertstate=\"firing\",severity=~\"critical|warning\"}) or vector(0)", ""),
            "Alerts that fire now, for all models. Their names are on Prometheus's page /alerts.");

    private static final List<Annotation> EVENTS = List.of(
            // One every few seconds would bury the others.
            new Annotation(
                    "checkpoint",
                    "changes(sparsestream_checkpoint_version{model=~\"$model\"}[10s]) > 0",
                    "blue",
                    false),
            new Annotation(
                    "rejection",
                    happened("sparsestream_checkpoints_rejected_total{model=~\"$model\"}", 15)
                            + " > 0 or "
                            + happened("sparsestream_batches_rejected_total{model=~\"$model\"}", 15)
                            + " > 0",
                    "red",
                    true),
            new Annotation(
                    "drift",
                    happened("sparsestream_drift_alarms_total{model=~\"$model\"}", 15) + " > 0",
                    "orange",
                    true),
            new Annotation(
                    "rollback",
                    happened("sparsestream_rollbacks_total{model=~\"$model\"}", 15) + " > 0",
                    "purple",
                    true));

    /** The browser asks for it anew whenever the dashboard refreshes, since the end of the time range is in its address. */
    private static final Pictures NEWEST_IMAGES = new Pictures(
            "Newest images of $model",
            "What the model draws now, the newest first. A click opens the gallery. They come from the address in the field"
                    + " Sampler, which your browser has to reach.",
            """
            <a href="${sampler_url}" target="_blank">\
            <img src="${sampler_url}/images/latest.png?model=${model}&amp;count=36&amp;refresh=${__to}" \
            alt="No image of ${model} at ${sampler_url}" height="232" style="display: block; margin: 0 auto"></a>
            """.strip());

    private Dashboards() {}

    /** How often something has happened lately, before the first scrape too, as the rules {@code :increase10m} count it. */
    private static String happened(String counter, int seconds) {
        return ("(round(increase(X[Ws])) > 0 or X > 0 unless X <= last_over_time(X[1h] offset Ws)"
                        + " or X > 0 and on (job, instance) time() - process_start_time_seconds < W or 0 * X)")
                .replace("X", counter)
                .replace("W", String.valueOf(seconds));
    }

    static List<Dashboard> all() {
        return List.of(training(), pipeline(), sampling());
    }

    private static Dashboard training() {
        return new Dashboard(
                "training",
                "Sparsestream / Training",
                "How well and how fast the models learn.",
                "sparsestream_steps_total",
                EVENTS,
                Optional.of(NEWEST_IMAGES),
                List.of(
                        ALERTS,
                        stat(
                                "Learned",
                                COUNT,
                                lowIsBad(1, 1),
                                query("sparsestream:images_learned:rate1m{model=~\"$model\"}", "{{model}}"),
                                "Images a second that are learned. 0 is right only when the stream has ended."),
                        stat(
                                "Behind",
                                SECONDS,
                                highIsBad(60, 120),
                                query("sparsestream:lag_seconds{model=~\"$model\"}", "{{model}}"),
                                "How long the batches that wait take to learn at the present speed."),
                        stat(
                                "Held-out −ELBO",
                                NATS,
                                NONE,
                                query("sparsestream_held_out_nelbo{model=~\"$model\"}", "{{model}}"),
                                "Of images that are never learned, at the last evaluation, in nats an image. Lower is better:"
                                        + " about 108 for the default VAE on MNIST."),
                        stat(
                                "Fréchet distance",
                                NATS,
                                NONE,
                                query("sparsestream_frechet_distance{model=~\"$model\"}", "{{model}}"),
                                "Between generated and real images, in the features of a small classifier. Lower is better."),
                        stat(
                                "Exact zeros",
                                RATIO,
                                NONE,
                                query("sparsestream_zero_ratio{model=~\"$model\"}", "{{model}}"),
                                "Share of weights that L1 has made exactly zero.")),
                List.of(
                        lines(
                                "−ELBO, prequential and held out",
                                NATS,
                                "Nats an image. Prequential: each batch scored before it is learned, a fading average. Held out:"
                                        + " images that are never learned. A gap between the two is overfitting, or drift.",
                                query("sparsestream_prequential_loss{model=~\"$model\"}", "{{model}} prequential"),
                                query("sparsestream_held_out_nelbo{model=~\"$model\"}", "{{model}} held out"),
                                query(
                                        "sparsestream_held_out_reconstruction{model=~\"$model\"}",
                                        "{{model}} reconstruction"),
                                query("sparsestream_held_out_kl{model=~\"$model\"}", "{{model}} KL")),
                        lines(
                                "Losses",
                                NATS,
                                "Terms of the last batch before it was learned, nats an image. A GAN's losses balance and need"
                                        + " not fall.",
                                query("sparsestream_loss{model=~\"$model\"}", "{{model}} {{term}}")),
                        lines(
                                "Fréchet distance",
                                COUNT,
                                "Between generated and real images, in the features of a small classifier, beside that of real images from"
                                        + " real ones. Lower is better.",
                                query("sparsestream_frechet_distance{model=~\"$model\"}", "{{model}}"),
                                query("sparsestream_frechet_floor{model=~\"$model\"}", "{{model}} real against real")),
                        lines(
                                "Diversity",
                                RATIO,
                                "Density and coverage of the real images by generated ones; share of the ten classes that are"
                                        + " drawn; share of the rarest. Falling together is mode collapse.",
                                query("sparsestream_density{model=~\"$model\"}", "{{model}} density"),
                                query("sparsestream_coverage{model=~\"$model\"}", "{{model}} coverage"),
                                query("sparsestream_class_coverage{model=~\"$model\"}", "{{model}} classes"),
                                query("sparsestream_class_share_min{model=~\"$model\"}", "{{model}} rarest class")),
                        lines(
                                        "Exact zeros by layer",
                                        RATIO,
                                        "Share of each layer's weights that are exactly zero. At 100 % nothing passes through it.",
                                        query(
                                                "sparsestream_layer_zero_ratio{model=~\"$model\"}",
                                                "{{model}} {{layer}}"))
                                .badFrom(0.999),
                        lines(
                                "Use of the latent space",
                                COUNT,
                                "Latent units that carry information, and how far the classes drawn are from those of the data"
                                        + " (KL divergence, nats).",
                                query("sparsestream_active_units{model=~\"$model\"}", "{{model}} active units"),
                                query("sparsestream_class_kl{model=~\"$model\"}", "{{model}} class KL")),
                        lines(
                                "Step time",
                                SECONDS,
                                "Time to learn one batch. The network's matrix products take most of it.",
                                query("sparsestream:step_time_seconds:p50{model=~\"$model\"}", "{{model}} p50"),
                                query("sparsestream:step_time_seconds:p99{model=~\"$model\"}", "{{model}} p99")),
                        lines(
                                "Throughput",
                                COUNT,
                                "Images a second: where less is learned than produced, the lag grows.",
                                query("sparsestream:images_learned:rate1m{model=~\"$model\"}", "{{model}} learned"),
                                query("sparsestream:images_produced:rate1m", "produced"))));
    }

    private static Dashboard pipeline() {
        return new Dashboard(
                "pipeline",
                "Sparsestream / Pipeline",
                "Whether what is produced is learned and seen, soon and all of it.",
                "sparsestream_steps_total",
                EVENTS,
                Optional.empty(),
                List.of(
                        ALERTS,
                        stat(
                                "Services down",
                                COUNT,
                                highIsBad(1, 1),
                                query(
                                        "count(up{optional=\"\"} == 0 or up == 0 and max_over_time(up[1d]) == 1) or vector(0)",
                                        ""),
                                "Services that did not answer Prometheus the last time; optional ones only if they did within a day."),
                        stat(
                                "Behind",
                                SECONDS,
                                highIsBad(60, 120),
                                query("sparsestream:lag_seconds{model=~\"$model\"}", "{{model}}"),
                                "How long the batches that wait take to learn at the present speed."),
                        stat(
                                "Freshness",
                                SECONDS,
                                highIsBad(60, 120),
                                query("sparsestream:end_to_end_freshness_seconds{model=~\"$model\"}", "{{model}}"),
                                "From a batch being sent to images drawn from a model that has learned it."),
                        stat(
                                "Dead letters in an hour",
                                COUNT,
                                highIsBad(1, 100),
                                query(
                                        "sum by (model) "
                                                + happened(
                                                        "sparsestream_batches_rejected_total{model=~\"$model\"}", 3600),
                                        "{{model}}"),
                                "Batches that could not be learned. They are kept, with the reason, and can be put back."),
                        stat(
                                "Lost in an hour",
                                COUNT,
                                highIsBad(1, 1),
                                query(
                                        "sum by (model) "
                                                + happened("sparsestream_batches_lost_total{model=~\"$model\"}", 3600),
                                        "{{model}}"),
                                "Batches that retention deleted before they were learned.")),
                List.of(
                        lines(
                                "Flow",
                                COUNT,
                                "Images a second: produced, learned and generated.",
                                query("sparsestream:images_produced:rate1m", "produced"),
                                query("sparsestream:images_learned:rate1m{model=~\"$model\"}", "{{model}} learned"),
                                query(
                                        "sparsestream:images_generated:rate1m{model=~\"$model\"}",
                                        "{{model}} generated")),
                        lines(
                                "Lag",
                                COUNT,
                                "Batches on the topic that are not learned yet. Growing for long: the trainer is too slow.",
                                query("sum by (model) (sparsestream_lag{model=~\"$model\"})", "{{model}}")),
                        lines(
                                        "Freshness end to end",
                                        SECONDS,
                                        "Age of a batch when it is learned, of the version that images are drawn from, and both"
                                                + " together. Saw teeth of the checkpoint interval are right.",
                                        query(
                                                "max by (model) (sparsestream_freshness_seconds{model=~\"$model\"})",
                                                "{{model}} learned"),
                                        query(
                                                "max by (model) (sparsestream_sampler_staleness_seconds{model=~\"$model\"})",
                                                "{{model}} served"),
                                        query(
                                                "sparsestream:end_to_end_freshness_seconds{model=~\"$model\"}",
                                                "{{model}} end to end"))
                                .badFrom(120),
                        lines(
                                "Dead letters and losses",
                                COUNT,
                                "Batches in 5 minutes that could not be learned, and that were deleted before they were.",
                                query(
                                        "sum by (model) "
                                                + happened(
                                                        "sparsestream_batches_rejected_total{model=~\"$model\"}", 300),
                                        "{{model}} dead letters"),
                                query(
                                        "sum by (model) "
                                                + happened("sparsestream_batches_lost_total{model=~\"$model\"}", 300),
                                        "{{model}} lost")),
                        lines(
                                "Transactions",
                                SECONDS,
                                "How long the transaction that publishes a checkpoint takes: half of them, and all but one in a"
                                        + " hundred.",
                                query("sparsestream:checkpoint_time_seconds:p50{model=~\"$model\"}", "{{model}} p50"),
                                query("sparsestream:checkpoint_time_seconds:p99{model=~\"$model\"}", "{{model}} p99")),
                        lines(
                                "Waiting for commits",
                                RATIO,
                                "Share of its time that a trainer waits for the broker to commit.",
                                query("rate(kafka_producer_txn_commit_time_ns_total[1m]) / 1e9", "{{client_id}}")),
                        lines(
                                "Ingest: images",
                                COUNT,
                                "Single images a second that were decoded, and that went to the dead letters since they are none.",
                                query("sum by (job) (rate(sparsestream_images_ingested_total[1m]))", "{{job}} decoded"),
                                query("sum by (job) (rate(sparsestream_images_refused_total[1m]))", "{{job}} refused")),
                        lines(
                                "Ingest: waiting",
                                COUNT,
                                "Images on the topic that no ingest has read. Growing for long: start more of them. Standing still"
                                        + " above 0: it has stopped.",
                                query("max by (job) (sparsestream_ingest_lag)", "{{job}}")),
                        lines(
                                "Merge: rounds",
                                COUNT,
                                "Merged models, contributions of replicas to them, contributions that were refused, and partitions"
                                        + " that a round ended without; each in a minute.",
                                query(
                                        "60 * sum by (model) (rate(sparsestream_rounds_total{model=~\"$model\"}[1m]))",
                                        "{{model}} rounds"),
                                query(
                                        "60 * sum by (model) (rate(sparsestream_contributions_total{model=~\"$model\"}[1m]))",
                                        "{{model}} contributions"),
                                query(
                                        "60 * sum by (model) (rate(sparsestream_contributions_refused_total{model=~\"$model\"}[1m]))",
                                        "{{model}} refused"),
                                query(
                                        "60 * sum by (model) (rate(sparsestream_contributions_missing_total{model=~\"$model\"}[1m]))",
                                        "{{model}} missing")),
                        lines(
                                "Merge: waiting",
                                COUNT,
                                "Records of contributions that no merge has read.",
                                query("max by (job) (sparsestream_merge_lag)", "{{job}}")),
                        lines(
                                "Merge: time of a round",
                                SECONDS,
                                "From a round's first contribution to its model: half of them, and all but one in a hundred. As long as"
                                        + " --round-timeout: somebody is missing.",
                                query("sparsestream:round_time_seconds:p50{model=~\"$model\"}", "{{model}} p50"),
                                query("sparsestream:round_time_seconds:p99{model=~\"$model\"}", "{{model}} p99")),
                        lines(
                                        "Merge: replicas that wait",
                                        SECONDS,
                                        "How long the replica that waits longest has been waiting for its round. Replicas wait a moment"
                                                + " in each round, and learn nothing meanwhile.",
                                        query(
                                                "max by (model) (sparsestream_replica_waiting_seconds{model=~\"$model\"})",
                                                "{{model}}"))
                                .badFrom(120),
                        lines(
                                "Merge: contributions",
                                "decbytes",
                                "Size of the contributions of one second. Zeros make them smaller.",
                                query(
                                        "sum by (model) (rate(sparsestream_contribution_bytes_total{model=~\"$model\"}[1m]))",
                                        "{{model}}")),
                        lines(
                                "Recovery",
                                SECONDS,
                                "From the start of a trainer's process to its first step: reading the state back, and joining the"
                                        + " group.",
                                query("sparsestream_recovery_time_seconds{model=~\"$model\"}", "{{model}}")),
                        lines(
                                "Kafka clients: latency",
                                "ms",
                                "Average time of requests that send, and that fetch. Fetches wait up to half a second for new"
                                        + " records.",
                                query("kafka_producer_request_latency_avg", "{{client_id}} send"),
                                query("kafka_consumer_fetch_manager_fetch_latency_avg", "{{client_id}} fetch")),
                        lines(
                                "Kafka clients: errors and retries",
                                COUNT,
                                "Records a second that could not be sent, or were sent again. Idempotence keeps the topic exact.",
                                query("rate(kafka_producer_record_error_total[1m])", "{{client_id}} errors"),
                                query("rate(kafka_producer_record_retry_total[1m])", "{{client_id}} retries")),
                        lines(
                                "Heap",
                                RATIO,
                                "Share of the largest heap that is in use. Tensors are outside of it.",
                                query(
                                        "sum by (job, instance) (jvm_memory_used_bytes{area=\"heap\"})"
                                                + " / sum by (job, instance) (jvm_memory_max_bytes{area=\"heap\"} > 0)",
                                        "{{job}} {{instance}}")),
                        lines(
                                "Processors",
                                COUNT,
                                "Cores that each service keeps busy.",
                                query("process_cpu_usage * system_cpu_count", "{{job}} {{instance}}"))));
    }

    private static Dashboard sampling() {
        return new Dashboard(
                "sampling",
                "Sparsestream / Sampling",
                "What is drawn from the models, and from how new a version.",
                "sparsestream_images_generated_total",
                EVENTS,
                Optional.of(NEWEST_IMAGES),
                List.of(
                        ALERTS,
                        stat(
                                "Generated",
                                COUNT,
                                lowIsBad(0.1, 0.1),
                                query("sparsestream:images_generated:rate1m{model=~\"$model\"}", "{{model}}"),
                                "Images a second that are put on the topic."),
                        stat(
                                "Version",
                                COUNT,
                                NONE,
                                query("sparsestream_sampler_model_version{model=~\"$model\"}", "{{model}}"),
                                "Checkpoint that images are drawn from. It only grows."),
                        stat(
                                "Staleness",
                                SECONDS,
                                highIsBad(60, 120),
                                query(
                                        "max by (model) (sparsestream_sampler_staleness_seconds{model=~\"$model\"})",
                                        "{{model}}"),
                                "Time since that checkpoint was committed."),
                        stat(
                                "Refused in an hour",
                                COUNT,
                                highIsBad(1, 1),
                                query(
                                        "sum by (model) "
                                                + happened(
                                                        "sparsestream_sampler_checkpoints_rejected_total{model=~\"$model\"}",
                                                        3600),
                                        "{{model}}"),
                                "Checkpoints that could not be used.")),
                List.of(
                        lines(
                                "Images",
                                COUNT,
                                "Images a second that are put on the topic.",
                                query("sparsestream:images_generated:rate1m{model=~\"$model\"}", "{{model}}")),
                        lines(
                                "Versions",
                                COUNT,
                                "Published and served. The two lines should lie on each other.",
                                query(
                                        "max by (model) (sparsestream_checkpoint_version{model=~\"$model\"})",
                                        "{{model}} published"),
                                query(
                                        "max by (model) (sparsestream_sampler_model_version{model=~\"$model\"})",
                                        "{{model}} served")),
                        lines(
                                        "Staleness",
                                        SECONDS,
                                        "Time since the served version was committed. Saw teeth of the checkpoint interval are right.",
                                        query("sparsestream_sampler_staleness_seconds{model=~\"$model\"}", "{{model}}"))
                                .badFrom(120),
                        lines(
                                "From commit to service",
                                SECONDS,
                                "How long a new version takes from its commit until images are drawn from it: mean and worst.",
                                query(
                                        "rate(sparsestream_sampler_swap_delay_seconds_sum{model=~\"$model\"}[1m])"
                                                + " / rate(sparsestream_sampler_swap_delay_seconds_count{model=~\"$model\"}[1m])",
                                        "{{model}} mean"),
                                query(
                                        "sparsestream_sampler_swap_delay_seconds_max{model=~\"$model\"}",
                                        "{{model}} worst")),
                        lines(
                                "Requests",
                                COUNT,
                                "Requests for samples a second that got their images, and that got a refusal with the reason.",
                                query("sum(rate(sparsestream_sampler_request_time_seconds_count[1m]))", "answered"),
                                query("sum(rate(sparsestream_sampler_requests_refused_total[1m]))", "refused")),
                        lines(
                                "Time of a request",
                                SECONDS,
                                "From a request for samples until its whole answer is on the topic: mean and worst. Larger"
                                        + " answers take longer.",
                                query(
                                        "sum(rate(sparsestream_sampler_request_time_seconds_sum[1m]))"
                                                + " / sum(rate(sparsestream_sampler_request_time_seconds_count[1m]))",
                                        "mean"),
                                query("max(sparsestream_sampler_request_time_seconds_max)", "worst")),
                        lines(
                                "Latency of sending",
                                "ms",
                                "How long images wait in the client for company, and how long the broker takes to answer.",
                                query(
                                        "kafka_producer_record_queue_time_avg{client_id=\"sparsestream-sampler-producer\"}",
                                        "in the client"),
                                query(
                                        "kafka_producer_request_latency_avg{client_id=\"sparsestream-sampler-producer\"}",
                                        "at the broker")),
                        lines(
                                "Checkpoints refused",
                                COUNT,
                                "Checkpoints in 5 minutes that could not be used.",
                                query(
                                        "sum by (model) "
                                                + happened(
                                                        "sparsestream_sampler_checkpoints_rejected_total{model=~\"$model\"}",
                                                        300),
                                        "{{model}}"))));
    }
}
