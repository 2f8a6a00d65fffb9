package sparsestream.published;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import sparsestream.contract.Checkpoint;
import sparsestream.contract.MalformedMessageException;
import sparsestream.contract.Safetensors;

/**
 * Every version that has been served, each a safetensors file {@code RUN/MODEL/VERSION-SHA256.safetensors}.
 *
 * <p>A file is there whole or not at all, and is checked against its name whenever it is read. Several samplers may keep one
 * archive. Nothing is ever deleted: that is the user's.
 */
public final class Archive {
    private static final String SUFFIX = ".safetensors";

    /** The version in any digits: samplers have named files in those of their machine's language. */
    private static final Pattern NAME = Pattern.compile("(\\p{Nd}{12,19})-([0-9a-f]{64})\\.safetensors");

    private final Path directory;

    private record Entry(Path file, long version, String sha256) {}

    private Archive(Path directory) {
        this.directory = directory;
    }

    /**
     * An archive to read from.
     *
     * @throws IllegalArgumentException if there is no such directory
     */
    public static Archive existing(Path directory) {
        if (!Files.isDirectory(directory)) {
            throw new IllegalArgumentException("--archive " + directory + ": "
                    + (Files.exists(directory) ? "it is not a directory" : "no such directory"));
        }
        return new Archive(directory);
    }

    /**
     * An archive to keep versions in, made if it is not there.
     *
     * @throws IllegalArgumentException if that cannot be done
     */
    public static Archive writable(Path directory) {
        try {
            Files.createDirectories(directory);
            Files.delete(Files.createTempFile(directory, ".write", null));
        } catch (FileAlreadyExistsException e) {
            throw new IllegalArgumentException("--archive " + directory + ": it is not a directory", e);
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "--archive " + directory + ": it cannot be written to ("
                            + e.getClass().getSimpleName() + ")",
                    e);
        }
        return existing(directory);
    }

    /**
     * Keeps a version, unless it is kept already.
     *
     * @throws IOException if it could not be written, or what was written does not read back as the same
     */
    public void keep(ModelVersion version) throws IOException {
        Checkpoint checkpoint = version.checkpoint();
        Path file = file(checkpoint);
        if (Files.exists(file)) {
            return;
        }
        Files.createDirectories(file.getParent());
        Path unfinished = file.resolveSibling(".unfinished-" + UUID.randomUUID());
        try {
            write(unfinished, checkpoint.contents().encode());
            // The time of its commit, which the file's contents do not tell.
            Files.setLastModifiedTime(unfinished, FileTime.from(version.committed()));
            read(checkpoint.key(), new Entry(unfinished, checkpoint.version(), checkpoint.sha256()));
            Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (MalformedMessageException e) {
            throw new IOException("what was written is not what was to be kept: " + e.getMessage(), e);
        } finally {
            Files.deleteIfExists(unfinished);
        }
    }

    /**
     * The version with this number; empty if it is not here.
     *
     * @throws MalformedMessageException if its file is damaged
     * @throws IOException if it cannot be read
     */
    public Optional<ModelVersion> find(String run, String model, long version)
            throws IOException, MalformedMessageException {
        return load(run + "/" + model, entries(run, model).stream().filter(entry -> entry.version() == version));
    }

    /** The newest version; otherwise as {@link #find(String, String, long)}. */
    public Optional<ModelVersion> newest(String run, String model) throws IOException, MalformedMessageException {
        return load(run + "/" + model, entries(run, model).stream());
    }

    /** The version of a model with this SHA-256, of whatever run; otherwise as {@link #find(String, String, long)}. */
    Optional<ModelVersion> find(String model, String sha256) throws IOException, MalformedMessageException {
        for (Path run : list(directory)) {
            String name = run.getFileName().toString();
            Optional<ModelVersion> found =
                    load(name + "/" + model, entries(name, model).stream().filter(entry -> entry.sha256()
                            .equals(sha256)));
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    @Override
    public String toString() {
        return directory.toString();
    }

    private Optional<ModelVersion> load(String key, Stream<Entry> candidates)
            throws IOException, MalformedMessageException {
        Optional<Entry> entry = candidates.max(Comparator.comparingLong(Entry::version));
        return entry.isEmpty() ? Optional.empty() : Optional.of(read(key, entry.get()));
    }

    private static ModelVersion read(String key, Entry entry) throws IOException, MalformedMessageException {
        Safetensors contents = Safetensors.decode(Files.readAllBytes(entry.file()));
        Checkpoint checkpoint = new Checkpoint(key, entry.version(), contents);
        if (!checkpoint.sha256().equals(entry.sha256())) {
            throw new MalformedMessageException(
                    entry.file().toString(), "has the SHA-256 " + checkpoint.sha256() + ", not that of its name");
        }
        Instant committed = Files.getLastModifiedTime(entry.file()).toInstant();
        return ModelVersion.load(key.substring(key.indexOf('/') + 1), checkpoint, committed);
    }

    private List<Entry> entries(String run, String model) throws IOException {
        return list(directory.resolve(run).resolve(model)).stream()
                .flatMap(file -> {
                    Matcher name = NAME.matcher(file.getFileName().toString());
                    return name.matches()
                            ? Stream.of(new Entry(file, Long.parseLong(name.group(1)), name.group(2)))
                            : Stream.empty();
                })
                .toList();
    }

    private static List<Path> list(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(directory)) {
            return files.sorted().toList();
        } catch (NoSuchFileException e) {
            return List.of();
        }
    }

    private Path file(Checkpoint checkpoint) {
        return directory
                .resolve(checkpoint.key())
                .resolve(String.format(Locale.ROOT, "%012d-%s%s", checkpoint.version(), checkpoint.sha256(), SUFFIX));
    }

    /** On the disk before it gets its name, so that a crash of the machine leaves no half of a file under it. */
    private static void write(Path file, byte[] bytes) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW)) {
            ByteBuffer rest = ByteBuffer.wrap(bytes);
            while (rest.hasRemaining()) {
                channel.write(rest);
            }
            channel.force(true);
        }
    }
}
