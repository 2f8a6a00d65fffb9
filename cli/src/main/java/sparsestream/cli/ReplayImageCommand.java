package sparsestream.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import sparsestream.contract.GeneratedImage;
import sparsestream.contract.Topics;
import sparsestream.published.Archive;
import sparsestream.published.ImageReplay;

@Command(
        name = "image",
        description =
                "Draws a generated image again from the checkpoint that its headers name, and compares the bytes.")
final class ReplayImageCommand implements Callable<Integer> {
    @Mixin
    private KafkaOptions kafka;

    @Option(
            names = "--partition",
            paramLabel = "P",
            defaultValue = "0",
            description = "Of images.generated (default: ${DEFAULT-VALUE}).")
    private int partition;

    @Option(names = "--offset", paramLabel = "N", required = true, description = "Of the image.")
    private long offset;

    @Option(names = "--out", paramLabel = "FILE", required = true, description = "Where the PNG goes.")
    private Path out;

    @Option(
            names = "--archive",
            paramLabel = "DIR",
            description = "What a sampler has kept, to look for the checkpoint in before the topic.")
    private Path archive;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        if (partition < 0 || offset < 0) {
            throw new UsageException(
                    "--partition and --offset must be at least 0, got " + partition + " and " + offset);
        }
        OutputFile file = OutputFile.of(out);
        ImageReplay replay = new ImageReplay(
                kafka.clientConfig(),
                new Topics(kafka.topicPrefix()),
                Optional.ofNullable(archive).map(Archive::existing));
        GeneratedImage image = replay.replay(partition, offset);
        file.write(image.png());
        PrintWriter printer = spec.commandLine().getOut();
        printer.printf(
                "%s: the same %s bytes as offset %s, image %s of seed %s, drawn by version %s of %s%n",
                out, image.png().length, offset, image.index(), image.seed(), image.version(), image.model());
        printer.flush();
        return 0;
    }
}
