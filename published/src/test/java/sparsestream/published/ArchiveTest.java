package sparsestream.published;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sparsestream.contract.MalformedMessageException;

class ArchiveTest {
    @TempDir
    private Path directory;

    @Test
    void aVersionComesBackAsItWas() throws Exception {
        Archive archive = Archive.writable(directory.resolve("new/archive"));
        ModelVersion second = TestModels.version("vae", 2);
        archive.keep(TestModels.version("vae", 1));
        archive.keep(second);
        archive.keep(second);
        archive.keep(TestModels.version("gan", 3));

        ModelVersion found = archive.find(TestModels.RUN, "vae", 2).orElseThrow();

        assertThat(found.sha256()).isEqualTo(second.sha256());
        assertThat(found.committed()).isEqualTo(second.committed());
        assertThat(found.generator().image(5, 6)).isEqualTo(second.generator().image(5, 6));
        assertThat(archive.newest(TestModels.RUN, "vae").orElseThrow().version())
                .isEqualTo(2);
        assertThat(archive.find("vae", second.sha256()).orElseThrow().version()).isEqualTo(2);
        assertThat(archive.find("gan", second.sha256())).isEmpty();
        assertThat(archive.find(TestModels.RUN, "vae", 4)).isEmpty();
        assertThat(archive.newest("other-run", "vae")).isEmpty();
    }

    @Test
    void filesAreNamedByRunModelVersionAndSha256AndNothingElseIsLeft() throws Exception {
        Archive.writable(directory).keep(TestModels.version("vae", 2));
        String sha256 = TestModels.checkpoint("vae", 2).sha256();
        assertThat(files()).containsExactly("test-run/vae/000000000002-" + sha256 + ".safetensors");
    }

    @Test
    void aVersionIsFoundThatWasNamedInAnotherLanguagesDigits() throws Exception {
        Archive archive = Archive.writable(directory);
        archive.keep(TestModels.version("vae", 12));
        Path file = directory.resolve(files().get(0));
        Files.move(file, file.resolveSibling(file.getFileName().toString().replace("000000000012", "٠٠٠٠٠٠٠٠٠٠١٢")));

        assertThat(archive.find(TestModels.RUN, "vae", 12)).isPresent();
        assertThat(archive.newest(TestModels.RUN, "vae").orElseThrow().version())
                .isEqualTo(12);
    }

    @Test
    void aDamagedFileIsNoVersion() throws Exception {
        Archive archive = Archive.writable(directory);
        archive.keep(TestModels.version("vae", 2));
        Path file = directory.resolve(files().get(0));
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length - 1] ^= 1;
        Files.write(file, bytes);
        assertThatThrownBy(() -> archive.find(TestModels.RUN, "vae", 2))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessageContaining("not that of its name");
        Files.write(file, new byte[3]);
        assertThatThrownBy(() -> archive.newest(TestModels.RUN, "vae")).isInstanceOf(MalformedMessageException.class);
    }

    @Test
    void aDirectoryThatCannotBeUsedIsNamed() throws Exception {
        Path file = Files.createFile(directory.resolve("file"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Archive.writable(file))
                .withMessage("--archive " + file + ": it is not a directory");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Archive.writable(file.resolve("below")))
                .withMessageStartingWith("--archive " + file.resolve("below") + ": it cannot be written to");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Archive.existing(directory.resolve("none")))
                .withMessage("--archive " + directory.resolve("none") + ": no such directory");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Archive.existing(file))
                .withMessage("--archive " + file + ": it is not a directory");
    }

    private List<String> files() throws Exception {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> directory.relativize(file).toString())
                    .toList();
        }
    }
}
