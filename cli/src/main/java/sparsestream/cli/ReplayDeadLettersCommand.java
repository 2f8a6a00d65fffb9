package sparsestream.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import sparsestream.contract.Topics;
import sparsestream.trainer.replay.DeadLetterReplay;
import sparsestream.trainer.replay.DeadLetterReplay.Range;

@Command(
        name = "dead-letters",
        description = "Puts dead letters back onto the topic they came from, in one transaction. A letter that is back"
                + " already is left alone, for as long as that topic still has it.")
final class ReplayDeadLettersCommand implements Callable<Integer> {
    @Mixin
    private KafkaOptions kafka;

    @Option(
            names = "--topic",
            paramLabel = "images.batches|images.raw",
            defaultValue = "images.batches",
            description = "The topic that letters came from (default: ${DEFAULT-VALUE}).")
    private String topic;

    @Option(
            names = "--partition",
            paramLabel = "P",
            description = "Of the dead letter topic (default: all; with --offset: 0).")
    private Integer partition;

    @Option(names = "--from-offset", paramLabel = "N", description = "First letter (default: the first there is).")
    private Long fromOffset;

    @Option(names = "--to-offset", paramLabel = "N", description = "Last letter (default: the last there is).")
    private Long toOffset;

    @Option(names = "--offset", paramLabel = "N", description = "This letter and no other.")
    private Long offset;

    @Option(
            names = "--value-file",
            paramLabel = "FILE",
            description = "With --offset: put this back in place of the letter's value.")
    private Path valueFile;

    @Option(names = "--dry-run", fallbackValue = "true", description = "Only list what would be put back.")
    private boolean dryRun;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        Range range = range();
        Optional<byte[]> repaired = valueFile == null ? Optional.empty() : Optional.of(read(valueFile));
        DeadLetterReplay replay = replay(new Topics(kafka.topicPrefix()));
        PrintWriter out = spec.commandLine().getOut();
        int count = dryRun ? replay.preview(range, repaired, out::println) : replay.run(range, repaired, out::println);
        out.printf("dead letters %s: %s%n", dryRun ? "that would be put back" : "put back", count);
        out.flush();
        return 0;
    }

    private DeadLetterReplay replay(Topics topics) {
        return switch (topic) {
            case "images.batches" ->
                new DeadLetterReplay(kafka.clientConfig(), topics.imageBatches(), topics.deadLetters());
            case "images.raw" ->
                new DeadLetterReplay(kafka.clientConfig(), topics.imagesRaw(), topics.imagesRawLetters());
            default -> throw new UsageException("--topic must be images.batches or images.raw, got '" + topic + "'");
        };
    }

    private Range range() {
        if (offset == null && valueFile != null) {
            throw new UsageException("--value-file repairs one letter, which --offset must name");
        }
        if (offset == null) {
            OptionalInt from = partition == null ? OptionalInt.empty() : OptionalInt.of(partition);
            return new Range(from, fromOffset == null ? 0 : fromOffset, toOffset == null ? Long.MAX_VALUE : toOffset);
        }
        if (fromOffset != null || toOffset != null) {
            throw new UsageException("--offset names one letter, --from-offset and --to-offset several: give either");
        }
        return new Range(OptionalInt.of(partition == null ? 0 : partition), offset, offset);
    }

    private static byte[] read(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new UsageException("--value-file " + file + ": no such file");
        }
        return Files.readAllBytes(file);
    }
}
