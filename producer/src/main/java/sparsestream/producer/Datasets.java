package sparsestream.producer;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;
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

    /** Those that this process can find. */
    public static Datasets ofProcess(Consumer<String> progress) {
        return new Datasets(System.getenv(), Path.of(System.getProperty("user.home")), progress);
    }

    /**
     * @param environment the process's environment variables
     * @param home the user's home directory
     * @param progress told, in a line for people, how far a download has come
     */
    public Datasets(Map<String, String> environment, Path home, Consumer<String> progress) {
        this(
                List.of(PublicDataset.MNIST, PublicDataset.FASHION_MNIST),
                environment,
                home,
                SYSTEM,
                new Download(Download.Limits.USUAL, new ProxyEnvironment(environment), progress));
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
     * Loads one split of {@code mnist}, {@code fashion-mnist}, {@code drawn}, or of a directory that holds MNIST's IDX files as {@link
     * SplitFiles} knows them, or where torchvision puts them.
     *
     * @throws DownloadException if the dataset is nowhere on this machine and no mirror gives it
     * @throws DatasetException if there is no such dataset, or a file of it is unusable
     */
    public Dataset load(String nameOrDirectory, Split split) {
        if (nameOrDirectory.equals(DrawnDigits.NAME)) {
            return DrawnDigits.dataset(split);
        }
        return published.stream()
                .filter(dataset -> dataset.name().equals(nameOrDirectory))
                .findFirst()
                .map(dataset -> read(dataset.name(), find(dataset, split)))
                .orElseGet(() -> {
                    Path directory = directory(nameOrDirectory);
                    return read(directory.getFileName().toString(), find(directory, split));
                });
    }

    private SplitFiles find(PublicDataset dataset, Split split) {
        return roots.stream()
                .flatMap(root -> dataset.folders().stream().map(root::resolve))
                .flatMap(folder -> SplitFiles.find(folder, split).stream())
                .findFirst()
                .orElseGet(() -> download(dataset, split));
    }

    private SplitFiles download(PublicDataset dataset, Split split) {
        Path directory = cache.resolve(dataset.name());
        try {
            download.fetch(dataset, directory);
        } catch (DownloadException e) {
            String looked = "%s is in none of the folders %s of %s"
                    .formatted(
                            dataset.name(),
                            String.join(", ", dataset.folders()),
                            roots.stream().map(Path::toString).collect(Collectors.joining(", ")));
            throw new DownloadException(looked + ": " + e.getMessage(), e);
        }
        return SplitFiles.find(directory, split).orElseThrow(() -> missing(List.of(directory), split));
    }

    private static Path directory(String name) {
        Path directory;
        try {
            directory = Path.of(name).toAbsolutePath().normalize();
        } catch (InvalidPathException e) {
            throw new DatasetException("no dataset can be called '%s'".formatted(name), e);
        }
        if (!Files.isDirectory(directory) || directory.getFileName() == null) {
            throw new DatasetException(
                    "no dataset '%s': neither mnist, fashion-mnist or drawn nor a directory".formatted(name));
        }
        return directory;
    }

    private SplitFiles find(Path directory, Split split) {
        List<Path> folders = Stream.concat(
                        Stream.of("", "raw"), published.stream().map(PublicDataset::torchvisionFolder))
                .map(directory::resolve)
                .toList();
        List<SplitFiles> found = folders.stream()
                .flatMap(folder -> SplitFiles.find(folder, split).stream())
                .toList();
        if (found.isEmpty()) {
            throw missing(folders, split);
        }
        if (found.size() > 1) {
            throw new DatasetException("%s holds more than one dataset, %s and %s; name the folder of one"
                    .formatted(directory, found.get(0).images(), found.get(1).images()));
        }
        return found.get(0);
    }

    private static DatasetException missing(List<Path> folders, Split split) {
        return new DatasetException("no %s in %s"
                .formatted(
                        SplitFiles.describe(split),
                        folders.stream().map(Path::toString).collect(Collectors.joining(", "))));
    }

    private static Dataset read(String name, SplitFiles files) {
        Images images = IdxFile.readImages(files.images());
        byte[] labels = IdxFile.readLabels(files.labels());
        if (images.count() != labels.length) {
            throw new DatasetException("%s has %s images but %s has %s labels"
                    .formatted(files.images(), images.count(), files.labels(), labels.length));
        }
        return new Dataset(name, images.height(), images.width(), images.count(), images.pixels(), labels);
    }
}
