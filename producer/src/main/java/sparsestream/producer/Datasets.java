package sparsestream.producer;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import sparsestream.producer.IdxFile.Images;

/** Finds datasets by name, downloading the published ones at first use, or reads one from a directory. */
public final class Datasets {
    /** Environment variable naming the directory that holds datasets, each in a folder of its name. */
    public static final String DATA_VARIABLE = "SPARSESTREAM_DATA";

    /** Where distributions install datasets; Debian's dataset-fashion-mnist does. */
    private static final Path SYSTEM = Path.of("/usr/share/datasets");

    private final List<PublicDataset> published;
    private final List<Path> roots;
    private final Path cache;
    private final Download download;

    /**
     * @param environment the process's environment variables
     * @param home the user's home directory
     */
    public Datasets(Map<String, String> environment, Path home, DownloadProgress progress) {
        this(
                List.of(PublicDataset.MNIST, PublicDataset.FASHION_MNIST),
                environment,
                home,
                SYSTEM,
                new Download(Download.Limits.USUAL, progress));
    }

    Datasets(
            List<PublicDataset> published, Map<String, String> environment, Path home, Path system, Download download) {
        this.published = List.copyOf(published);
        this.cache = home.resolve(".cache").resolve("sparsestream");
        this.roots = Stream.of(
                        Optional.ofNullable(environment.get(DATA_VARIABLE))
                                .filter(root -> !root.isBlank())
                                .map(Path::of),
                        Optional.of(cache),
                        Optional.of(system))
                .flatMap(Optional::stream)
                .toList();
        this.download = download;
    }

    /**
     * Loads one split of {@code mnist}, {@code fashion-mnist}, {@code drawn}, or of a directory that holds IDX files
     * under MNIST's names, with or without {@code .gz}.
     *
     * @throws DownloadException if the dataset is nowhere on this machine and no mirror gives it
     * @throws DatasetException if there is no such dataset, or a file of it is unusable
     */
    public Dataset load(String nameOrDirectory, Split split) {
        if (nameOrDirectory.equals(DrawnDigits.NAME)) {
            return DrawnDigits.dataset(split);
        }
        Optional<PublicDataset> known =
                published.stream().filter(d -> d.name().equals(nameOrDirectory)).findFirst();
        if (known.isPresent()) {
            return read(nameOrDirectory, directoryOf(known.get(), split), split);
        }
        Path directory;
        try {
            directory = Path.of(nameOrDirectory).toAbsolutePath().normalize();
        } catch (InvalidPathException e) {
            throw new DatasetException("no dataset can be called '%s'".formatted(nameOrDirectory), e);
        }
        if (!Files.isDirectory(directory) || directory.getFileName() == null) {
            throw new DatasetException("no dataset '%s': neither mnist, fashion-mnist or drawn nor a directory"
                    .formatted(nameOrDirectory));
        }
        return read(directory.getFileName().toString(), directory, split);
    }

    private Path directoryOf(PublicDataset dataset, Split split) {
        for (Path root : roots) {
            Path directory = root.resolve(dataset.name());
            if (find(directory, split.imagesFile()).isPresent()
                    && find(directory, split.labelsFile()).isPresent()) {
                return directory;
            }
        }
        Path directory = cache.resolve(dataset.name());
        download.fetch(dataset, directory);
        return directory;
    }

    private static Dataset read(String name, Path directory, Split split) {
        Path imagesFile = require(directory, split.imagesFile());
        Path labelsFile = require(directory, split.labelsFile());
        Images images = IdxFile.readImages(imagesFile);
        byte[] labels = IdxFile.readLabels(labelsFile);
        if (images.count() != labels.length) {
            throw new DatasetException("%s has %s images but %s has %s labels"
                    .formatted(imagesFile, images.count(), labelsFile, labels.length));
        }
        return new Dataset(name, images.height(), images.width(), images.count(), images.pixels(), labels);
    }

    private static Path require(Path directory, String file) {
        return find(directory, file)
                .orElseThrow(() ->
                        new DatasetException("%s: neither %s nor %s.gz is there".formatted(directory, file, file)));
    }

    private static Optional<Path> find(Path directory, String file) {
        return Stream.of(file, file + ".gz")
                .map(directory::resolve)
                .filter(Files::isRegularFile)
                .findFirst();
    }
}
