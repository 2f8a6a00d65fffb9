package sparsestream.trainer.session;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A name in the consumer group that a trainer which was killed and is started again on the same machine has again, so that it is
 * given its partitions at once and not when the session of the dead one has run out (Kafka's static membership).
 *
 * <p>The name is {@code HOST-USER-N}: the first N whose lock file nobody has locked. A lock goes with its process, however that ends.
 */
final class GroupInstance implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(GroupInstance.class);

    private static final int MAX_TRAINERS = 64;

    private final String name;
    private final FileChannel file;

    private GroupInstance(String name, FileChannel file) {
        this.name = name;
        this.file = file;
    }

    /** A name that is free; empty where there is none to be had, which costs a restarted trainer a few seconds and nothing else. */
    static Optional<GroupInstance> take(String group) {
        String user = System.getProperty("user.name").replaceAll("[^A-Za-z0-9._-]", "_");
        try {
            Path directory =
                    Files.createDirectories(Path.of(System.getProperty("java.io.tmpdir"), "sparsestream-" + user));
            String host = InetAddress.getLocalHost().getHostName();
            for (int i = 0; i < MAX_TRAINERS; i++) {
                Optional<FileChannel> file = lock(directory.resolve("%s-%s.lock".formatted(group, i)));
                if (file.isPresent()) {
                    return Optional.of(new GroupInstance("%s-%s-%s".formatted(host, user, i), file.get()));
                }
            }
        } catch (IOException e) {
            log.debug("this trainer has no name of its own in the group", e);
        }
        return Optional.empty();
    }

    private static Optional<FileChannel> lock(Path path) throws IOException {
        FileChannel file = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            FileLock lock = file.tryLock();
            if (lock != null) {
                return Optional.of(file);
            }
        } catch (OverlappingFileLockException e) {
            // Another trainer of this process has it.
        }
        file.close();
        return Optional.empty();
    }

    /** The {@code group.instance.id}. */
    String name() {
        return name;
    }

    /** Lets another have the name. */
    @Override
    public void close() {
        try {
            file.close();
        } catch (IOException e) {
            log.debug("{} stays taken until this process ends", name, e);
        }
    }
}
