package sparsestream.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where this process has its caches: datasets and unpacked natives.
 *
 * <p>That is {@code $HOME}, as for every other program. Java asks the user database instead, and where that does not know the user, as in a
 * container that runs under any id, {@code user.home} is {@code ?} and becomes a folder of that name.
 *
 * @param path an absolute one
 * @param remark a line for the user if it is not where it would be expected
 */
public record HomeDirectory(Path path, Optional<String> remark) {
    private static final String NONE = "HOME does not name a directory that exists";

    /**
     * Chooses this process's and makes {@code user.home} say so, which is where all libraries look. To be called before any of them has.
     */
    public static void adopt(PrintStream err) {
        HomeDirectory home = of(
                System.getenv("HOME"), System.getProperty("user.home"), Path.of(System.getProperty("java.io.tmpdir")));
        home.remark().ifPresent(line -> err.println("sparsestream: " + line));
        System.setProperty("user.home", home.path().toString());
    }

    /**
     * The first of both that is a directory; else one under {@code temporary} that is the same for the next process of this user.
     *
     * @param variable {@code $HOME}, or null
     * @param property Java's {@code user.home}, or null
     */
    static HomeDirectory of(String variable, String property, Path temporary) {
        return Stream.of(Optional.ofNullable(variable), Optional.ofNullable(property))
                .flatMap(Optional::stream)
                .flatMap(HomeDirectory::directory)
                .findFirst()
                .map(path -> new HomeDirectory(path, Optional.empty()))
                .orElseGet(() -> underTemporary(temporary));
    }

    private static Stream<Path> directory(String name) {
        try {
            return Stream.of(Path.of(name)).filter(Path::isAbsolute).filter(Files::isDirectory);
        } catch (InvalidPathException e) {
            return Stream.empty();
        }
    }

    private static HomeDirectory underTemporary(Path temporary) {
        try {
            Path path = ownUnder(temporary);
            return new HomeDirectory(path, Optional.of(NONE + ", so datasets and natives are kept in " + path));
        } catch (IOException e) {
            return new HomeDirectory(temporary, Optional.of(NONE + ", and none can be made in " + temporary));
        }
    }

    /** Natives are loaded from there, so nobody else may have made it or be able to write to it. */
    private static Path ownUnder(Path temporary) throws IOException {
        Path fresh = Files.createTempDirectory(temporary, "sparsestream-home-");
        Path kept = temporary.resolve("sparsestream-home-" + Files.getAttribute(fresh, "unix:uid"));
        try {
            return Files.move(fresh, kept, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException thereAlready) {
            if (!isOwn(kept, fresh)) {
                return fresh;
            }
            Files.delete(fresh);
            return kept;
        }
    }

    private static boolean isOwn(Path kept, Path fresh) {
        try {
            PosixFileAttributes is = Files.readAttributes(kept, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            return is.isDirectory()
                    && is.owner().equals(Files.getOwner(fresh))
                    && !is.permissions().contains(PosixFilePermission.GROUP_WRITE)
                    && !is.permissions().contains(PosixFilePermission.OTHERS_WRITE);
        } catch (IOException e) {
            return false;
        }
    }
}
