package sparsestream.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.config.ConfigException;
import org.junit.jupiter.api.Test;
import sparsestream.contract.Topic;

class KafkaClientsTest {
    private static final String NOWHERE = "127.0.0.1:9";
    private static final Topic LETTERS = new Topic("letters", 1, Map.of());

    @Test
    void theUsersSettingsAreBetweenWhatMayAndWhatMayNotBeOverridden() {
        KafkaClients clients = new KafkaClients(Map.of(
                "bootstrap.servers", NOWHERE,
                "linger.ms", "7",
                "session.timeout.ms", "9000",
                "processing.guarantee", "at_least_once",
                "application.id", "users"));

        assertThat(clients.streams("ours", LETTERS, Map.of("linger.ms", "5", "batch.size", "9")))
                .containsEntry("linger.ms", "7")
                .containsEntry("batch.size", "9")
                .containsEntry("session.timeout.ms", "9000")
                .containsEntry("processing.guarantee", "exactly_once_v2")
                .containsEntry("application.id", "ours")
                .containsEntry("errors.dead.letter.queue.topic.name", "letters")
                .containsEntry("bootstrap.servers", NOWHERE);
    }

    @Test
    void noTopologyMayBringATopicIntoBeing() {
        KafkaClients clients =
                new KafkaClients(Map.of("bootstrap.servers", NOWHERE, "allow.auto.create.topics", "true"));

        assertThat(clients.streams("ours", LETTERS, Map.of())).containsEntry("allow.auto.create.topics", false);
    }

    @Test
    void aReaderIsInNoGroupWhateverTheUsersSettingsSay() {
        KafkaClients clients = new KafkaClients(
                Map.of("bootstrap.servers", NOWHERE, "group.id", "users", "group.instance.id", "one of its members"));
        try (Consumer<byte[], byte[]> reader = clients.reader(Map.of(), Map.of())) {
            assertThatThrownBy(reader::groupMetadata).hasMessageContaining("group");
        }
    }

    @Test
    void aMemberIsInItsGroupWhateverTheUsersSettingsSay() {
        KafkaClients clients = new KafkaClients(Map.of("bootstrap.servers", NOWHERE, "group.id", "users"));
        try (Consumer<byte[], byte[]> member = clients.member("ours", Map.of(), Map.of())) {
            assertThat(member.groupMetadata().groupId()).isEqualTo("ours");
        }
    }

    @Test
    void groupsOfTheOtherProtocolAreRefusedInWordsThatNameIt() {
        KafkaClients clients = new KafkaClients(Map.of("bootstrap.servers", NOWHERE, "group.protocol", "consumer"));

        assertThatThrownBy(() -> clients.member("ours", Map.of("session.timeout.ms", "6000"), Map.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("group.protocol");
        assertThatThrownBy(() -> clients.streams("ours", LETTERS, Map.of())).isInstanceOf(ConfigException.class);
    }
}
