package sparsestream.producer;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import sparsestream.producer.PublicDataset.Digested;
import sparsestream.producer.PublicDataset.PublishedFile;

/**
 * The beginning of a file being downloaded, and beside it, in {@code NAME.origin}, where it came from: only the same
 * version of the same mirror's file may continue it.
 */
final class PartFile {
    private final Path path;
    private final Path origin;
    private final URI address;

    /** Takes over what an earlier attempt left, if it came from this address; what came from another is deleted. */
    PartFile(Path path, URI address) throws IOException {
        this.path = path;
        this.origin = path.resolveSibling(path.getFileName() + ".origin");
        this.address = address;
        if (!originLines().stream().findFirst().equals(Optional.of(address.toString()))) {
            delete();
        }
    }

    Path path() {
        return path;
    }

    long size() throws IOException {
        return Files.exists(path) ? Files.size(path) : 0;
    }

    /** The validator that the mirror gave for the bytes held, if it gave one. */
    Optional<String> etag() throws IOException {
        return originLines().stream().skip(1).findFirst();
    }

    /** Empties the file for a version with this validator. */
    OutputStream start(Optional<String> etag) throws IOException {
        delete();
        Files.writeString(origin, address + etag.map(tag -> "\n" + tag).orElse(""));
        return Files.newOutputStream(path, StandardOpenOption.CREATE_NEW);
    }

    OutputStream resume() throws IOException {
        return Files.newOutputStream(path, StandardOpenOption.APPEND);
    }

    void delete() throws IOException {
        Files.deleteIfExists(path);
        Files.deleteIfExists(origin);
    }

    /** Checks the SHA-256 of the complete file; deletes it and throws if it is wrong or the file is no gzip. */
    void verify(PublishedFile expected, long maxDecompressedBytes) throws IOException {
        String actual;
        try (InputStream in = Files.newInputStream(path);
                InputStream content = expected.digested() == Digested.CONTENT ? new GZIPInputStream(in, 1 << 16) : in) {
            actual = sha256(content, maxDecompressedBytes);
        } catch (IOException e) {
            delete();
            throw new IOException("not the file expected: " + e.getMessage(), e);
        }
        if (!actual.equals(expected.sha256())) {
            delete();
            throw new IOException("wrong SHA-256 " + actual + ", expected " + expected.sha256());
        }
    }

    private static String sha256(InputStream in, long maxBytes) throws IOException {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
        DigestInputStream digesting = new DigestInputStream(in, digest);
        byte[] buffer = new byte[1 << 16];
        long bytes = 0;
        for (int read = digesting.read(buffer); read >= 0; read = digesting.read(buffer)) {
            bytes += read;
            if (bytes > maxBytes) {
                throw new IOException("unpacks to more than " + maxBytes + " bytes");
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private List<String> originLines() throws IOException {
        return Files.exists(origin) ? Files.readAllLines(origin) : List.of();
    }
}
