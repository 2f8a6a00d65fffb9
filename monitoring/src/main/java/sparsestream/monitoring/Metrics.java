package sparsestream.monitoring;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmInfoMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.kafka.KafkaClientMetrics;
import io.micrometer.core.instrument.binder.kafka.KafkaStreamsMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusNamingConvention;
import java.util.List;
import org.apache.kafka.clients.admin.AdminClient;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.streams.KafkaStreams;

/**
 * The meters of one process, those of its JVM included.
 *
 * <p>Own meters are named {@code sparsestream.*} in lower-case dots, mean something without their tags, and have a description and
 * a base unit. For Prometheus {@code _seconds} is put after the names of times; all other names say what they count.
 */
public final class Metrics implements AutoCloseable {
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final JvmGcMetrics gc = new JvmGcMetrics();

    public Metrics() {
        registry.config().namingConvention(new OwnNames());
        List<MeterBinder> jvm = List.of(
                gc,
                new JvmInfoMetrics(),
                new JvmMemoryMetrics(),
                new JvmThreadMetrics(),
                new ClassLoaderMetrics(),
                new ProcessorMetrics(),
                new FileDescriptorMetrics(),
                new UptimeMetrics());
        jvm.forEach(binder -> binder.bindTo(registry));
    }

    public PrometheusMeterRegistry registry() {
        return registry;
    }

    /** Adds a Kafka client's own meters until the binding is closed; close it before the client. */
    public Binding bind(Producer<?, ?> producer) {
        return bind(new KafkaClientMetrics(producer));
    }

    /** Adds a Kafka client's own meters until the binding is closed; close it before the client. */
    public Binding bind(Consumer<?, ?> consumer) {
        return bind(new KafkaClientMetrics(consumer));
    }

    /** Adds a Kafka client's own meters until the binding is closed; close it before the client. */
    public Binding bind(AdminClient admin) {
        return bind(new KafkaClientMetrics(admin));
    }

    /** Adds the meters of a Kafka Streams instance and of its clients until the binding is closed. */
    public Binding bind(KafkaStreams streams) {
        KafkaStreamsMetrics meters = new KafkaStreamsMetrics(streams);
        meters.bindTo(registry);
        return meters::close;
    }

    private Binding bind(KafkaClientMetrics client) {
        client.bindTo(registry);
        return client::close;
    }

    @Override
    public void close() {
        gc.close();
        registry.close();
    }

    private static final class OwnNames extends PrometheusNamingConvention {
        @Override
        public String name(String name, Meter.Type type, String baseUnit) {
            boolean saysWhatItCounts = name.startsWith("sparsestream.") && !"seconds".equals(baseUnit);
            return super.name(name, type, saysWhatItCounts ? null : baseUnit);
        }
    }

    /** Meters that are there until this is closed. */
    @FunctionalInterface
    public interface Binding extends AutoCloseable {
        @Override
        void close();
    }
}
