package sparsestream.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.io.File;
import java.net.ServerSocket;
import java.net.Socket;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.streams.KafkaStreams;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import sparsestream.cli.fixture.OddExportCommand;
import sparsestream.contract.fixture.ContractThatAsksTheCluster;
import sparsestream.contract.fixture.ContractThatComputes;
import sparsestream.contract.fixture.ContractThatReadsFiles;
import sparsestream.kafka.fixture.KafkaThatKnowsTheModel;
import sparsestream.merge.fixture.MergeThatKnowsTheProducer;
import sparsestream.model.fixture.ImpureModel;
import sparsestream.producer.fixture.ProducerThatKnowsTheTrainer;
import sparsestream.producer.fixture.ProducerThatOpensClients;
import sparsestream.published.fixture.PublishedThatKnowsTheSampler;
import sparsestream.sampler.SamplerThatKnowsTheGallery;
import sparsestream.trainer.fixture.TrainerThatKnowsMerge;
import sparsestream.trainer.fixture.TrainerThatKnowsTheProducer;
import sparsestream.trainer.fixture.TrainerThatParsesArguments;

class ArchitectureTest {
    private static final Set<String> UNSEEDED = Set.of(
            "java.lang.Math.random",
            UUID.class.getName() + ".randomUUID",
            RandomGenerator.class.getName() + ".getDefault",
            RandomGenerator.class.getName() + ".of",
            Random.class.getName() + ".<init>",
            SplittableRandom.class.getName() + ".<init>");
    private static final Set<String> CLOCKS = Set.of("java.lang.System.currentTimeMillis", "java.lang.System.nanoTime");

    private static final ArchRule SERVICES_ARE_STRANGERS = slices().matching(
                    "sparsestream.(producer|trainer|sampler)..")
            .should()
            .notDependOnEachOther();

    /** The trainer knows merging as one of the ways in which learners may cooperate. */
    private static final ArchRule ONLY_THE_COMMAND_LINE_KNOWS_MERGE = noClasses()
            .that()
            .resideOutsideOfPackages("sparsestream.merge..", "sparsestream.cli..", "sparsestream.benchmarks..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("sparsestream.merge..");

    private static final ArchRule MERGE_KNOWS_THE_TRAINER_ALONE = noClasses()
            .that()
            .resideInAPackage("sparsestream.merge..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("sparsestream.producer..", "sparsestream.sampler..", "sparsestream.cli..");

    private static final ArchRule MODEL_KNOWS_NO_WORLD = noClasses()
            .that()
            .resideInAPackage("sparsestream.model..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.kafka..", "org.slf4j..", "java.util.logging..", "ch.qos.logback..")
            .orShould()
            .dependOnClassesThat()
            .belongToAnyOf(Clock.class, ThreadLocalRandom.class, SecureRandom.class);

    private static final ArchRule MODEL_REPEATS_ITSELF = noClasses()
            .that()
            .resideInAPackage("sparsestream.model..")
            .should()
            .accessTargetWhere(
                    DescribedPredicate.describe("it is a clock or unseeded randomness", ArchitectureTest::isImpure));

    private static final ArchRule CONTRACT_COMPUTES_NOTHING = noClasses()
            .that()
            .resideInAPackage("sparsestream.contract..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.nd4j..", "org.deeplearning4j..", "org.bytedeco..");

    /** Kafka's records are values; its clients are not. */
    private static final ArchRule CONTRACT_HAS_NO_IO = noClasses()
            .that()
            .resideInAPackage("sparsestream.contract..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "org.apache.kafka.clients.admin..",
                    "java.nio.file..",
                    "java.nio.channels..",
                    "java.net.http..",
                    "org.slf4j..")
            .orShould()
            .dependOnClassesThat()
            .belongToAnyOf(Consumer.class, Producer.class, File.class, Socket.class, ServerSocket.class);

    /** So that no client brings a topic into being by asking for it, and all failures are judged alike. */
    private static final ArchRule ONLY_KAFKA_OPENS_CLIENTS = noClasses()
            .that()
            .resideOutsideOfPackages("sparsestream.kafka..", "sparsestream.benchmarks..")
            .should()
            .callConstructorWhere(DescribedPredicate.describe(
                    "it opens a Kafka client",
                    call -> Set.of(KafkaConsumer.class, KafkaProducer.class, KafkaStreams.class).stream()
                            .anyMatch(client -> call.getTargetOwner().isEquivalentTo(client))))
            .orShould()
            .callMethodWhere(DescribedPredicate.describe(
                    "it opens a Kafka client",
                    call -> call.getName().equals("create")
                            && call.getTargetOwner().isAssignableTo(Admin.class)));

    private static final ArchRule KAFKA_KNOWS_NO_SERVICE_AND_NO_MODEL = noClasses()
            .that()
            .resideInAPackage("sparsestream.kafka..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "sparsestream.model..",
                    "sparsestream.published..",
                    "sparsestream.producer..",
                    "sparsestream.trainer..",
                    "sparsestream.merge..",
                    "sparsestream.sampler..",
                    "sparsestream.cli..");

    /** Trainers, samplers and the commands that look at what was published all stand on it. */
    private static final ArchRule PUBLISHED_KNOWS_NO_SERVICE = noClasses()
            .that()
            .resideInAPackage("sparsestream.published..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "sparsestream.producer..",
                    "sparsestream.trainer..",
                    "sparsestream.sampler..",
                    "sparsestream.cli..");

    private static final ArchRule THE_SAMPLER_DOES_NOT_KNOW_WHO_SHOWS_IT = noClasses()
            .that()
            .resideInAPackage("sparsestream.sampler")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("sparsestream.sampler.gallery..");

    /** What evaluates, exports or replays what was published needs no sampler, and what it needs itself needs none. */
    private static final ArchRule LOOKING_AT_WHAT_WAS_PUBLISHED_NEEDS_NO_SAMPLER = noClasses()
            .that()
            .haveNameMatching("sparsestream\\..*(EvaluateCommand|ExportCommand|ReplayImageCommand)")
            .should()
            .transitivelyDependOnClassesThat()
            .resideInAPackage("sparsestream.sampler..");

    private static final ArchRule ONLY_THE_COMMAND_LINE_PARSES_ARGUMENTS_AND_STARTS_A_BROKER = noClasses()
            .that()
            .resideOutsideOfPackage("sparsestream.cli..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("picocli..", "kafka..");

    private static final ArchRule PACKAGES_HAVE_NO_CYCLES =
            slices().matching("sparsestream.(**)").should().beFreeOfCycles();

    private static final JavaClasses PRODUCT = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("sparsestream");

    static Stream<Arguments> rulesWithClassesThatBreakThem() {
        return Stream.concat(
                Stream.of(
                        breaks(
                                SERVICES_ARE_STRANGERS,
                                ProducerThatKnowsTheTrainer.class,
                                TrainerThatParsesArguments.class),
                        breaks(ONLY_THE_COMMAND_LINE_KNOWS_MERGE, TrainerThatKnowsMerge.class),
                        breaks(MERGE_KNOWS_THE_TRAINER_ALONE, MergeThatKnowsTheProducer.class),
                        breaks(CONTRACT_COMPUTES_NOTHING, ContractThatComputes.class),
                        breaks(CONTRACT_HAS_NO_IO, ContractThatAsksTheCluster.class),
                        breaks(CONTRACT_HAS_NO_IO, ContractThatReadsFiles.class),
                        breaks(ONLY_KAFKA_OPENS_CLIENTS, ProducerThatOpensClients.Consumes.class),
                        breaks(ONLY_KAFKA_OPENS_CLIENTS, ProducerThatOpensClients.Asks.class),
                        breaks(KAFKA_KNOWS_NO_SERVICE_AND_NO_MODEL, KafkaThatKnowsTheModel.class),
                        breaks(PUBLISHED_KNOWS_NO_SERVICE, PublishedThatKnowsTheSampler.class),
                        breaks(THE_SAMPLER_DOES_NOT_KNOW_WHO_SHOWS_IT, SamplerThatKnowsTheGallery.class),
                        breaks(LOOKING_AT_WHAT_WAS_PUBLISHED_NEEDS_NO_SAMPLER, OddExportCommand.class),
                        breaks(
                                ONLY_THE_COMMAND_LINE_PARSES_ARGUMENTS_AND_STARTS_A_BROKER,
                                TrainerThatParsesArguments.class),
                        breaks(
                                PACKAGES_HAVE_NO_CYCLES,
                                ProducerThatKnowsTheTrainer.class,
                                TrainerThatKnowsTheProducer.class,
                                TrainerThatParsesArguments.class),
                        breaks(MODEL_KNOWS_NO_WORLD, ImpureModel.KnowsKafka.class),
                        breaks(MODEL_KNOWS_NO_WORLD, ImpureModel.Logs.class),
                        breaks(MODEL_KNOWS_NO_WORLD, ImpureModel.TakesAClock.class)),
                Stream.of(
                                ImpureModel.AsksTheTime.class,
                                ImpureModel.AsksTheTimeByReference.class,
                                ImpureModel.MeasuresTime.class,
                                ImpureModel.IsUnseeded.class)
                        .map(impure -> breaks(MODEL_REPEATS_ITSELF, impure)));
    }

    @ParameterizedTest
    @MethodSource("rulesWithClassesThatBreakThem")
    void theProductKeepsTheRule(ArchRule rule) {
        rule.allowEmptyShould(true).check(PRODUCT);
    }

    /** A rule that nothing can break would pass just as well. */
    @ParameterizedTest
    @MethodSource("rulesWithClassesThatBreakThem")
    void theRuleBites(ArchRule rule, Class<?>[] violators) {
        JavaClasses classes = new ClassFileImporter().importClasses(violators);
        assertThat(rule.allowEmptyShould(true).evaluate(classes).hasViolation()).isTrue();
    }

    private static boolean isImpure(JavaAccess<?> access) {
        AccessTarget target = access.getTarget();
        String owner = target.getOwner().getName();
        String name = owner + "." + target.getName();
        boolean takesNoSeed = target instanceof AccessTarget.CodeUnitAccessTarget call
                && (!call.getName().equals("<init>")
                        || call.getRawParameterTypes().isEmpty());
        return CLOCKS.contains(name)
                || (owner.startsWith("java.time.") && target.getName().equals("now"))
                || (UNSEEDED.contains(name) && takesNoSeed);
    }

    private static Arguments breaks(ArchRule rule, Class<?>... violators) {
        return Arguments.of(rule, violators);
    }
}
