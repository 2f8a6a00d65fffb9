package sparsestream.producer;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The two files of a split, under any of the names that they go by: as published, as an unpacker calls them after what the archive says
 * ({@code train-images.idx3-ubyte}), or in a folder of their own name, as Kaggle's archive has them; each with or without {@code .gz}.
 */
record SplitFiles(Path images, Path labels) {
    /** The split's files if both are in this folder. */
    static Optional<SplitFiles> find(Path folder, Split split) {
        return find(folder, split.imagesFile())
                .flatMap(images -> find(folder, split.labelsFile()).map(labels -> new SplitFiles(images, labels)));
    }

    /** In words, what {@link #find} looks for. */
    static String describe(Split split) {
        return "%s and %s (or with .idx, with .gz, or in a folder of that name)"
                .formatted(split.imagesFile(), split.labelsFile());
    }

    private static Optional<Path> find(Path folder, String published) {
        String unpacked = published.replace("-idx", ".idx");
        return Stream.of("", published, unpacked)
                .map(folder::resolve)
                .flatMap(in -> Stream.of(published, unpacked)
                        .flatMap(name -> Stream.of(name, name + ".gz"))
                        .map(in::resolve))
                .filter(Files::isRegularFile)
                .findFirst();
    }
}
