package sparsestream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisabledOnOs(value = OS.WINDOWS, disabledReason = "owners and permissions are POSIX")
class HomeDirectoryTest {
    @TempDir
    private Path temporary;

    @TempDir
    private Path variable;

    @TempDir
    private Path property;

    @Test
    void theVariableComesBeforeWhatJavaSays() {
        assertThat(HomeDirectory.of(variable.toString(), property.toString(), temporary))
                .isEqualTo(new HomeDirectory(variable, Optional.empty()));
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", " ", "?", ".", "relative", "/no/such/directory", "a\0b"})
    void whatIsNoDirectoryIsPassedOver(String name) throws IOException {
        assertThat(HomeDirectory.of(name, property.toString(), temporary).path())
                .isEqualTo(property);

        HomeDirectory none = HomeDirectory.of(name, name, temporary);

        assertThat(none.path().getParent()).isEqualTo(temporary);
        assertThat(Files.getPosixFilePermissions(none.path())).isEqualTo(PosixFilePermissions.fromString("rwx------"));
        assertThat(none.remark())
                .contains("HOME does not name a directory that exists, so datasets and natives are kept in "
                        + none.path());
    }

    @Test
    void theNextProcessFindsTheSameOne() throws IOException {
        Path first = HomeDirectory.of(null, "?", temporary).path();
        assertThat(HomeDirectory.of(null, "?", temporary).path()).isEqualTo(first);
        Files.createFile(first.resolve("kept"));
        assertThat(HomeDirectory.of(null, "?", temporary).path()).isEqualTo(first);
        assertThat(temporary).isDirectoryContaining(first::equals);
        try (Stream<Path> entries = Files.list(temporary)) {
            assertThat(entries).hasSize(1);
        }
    }

    @Test
    void oneThatOthersMayWriteToOrThatIsALinkIsNotTrusted() throws IOException {
        Path first = HomeDirectory.of(null, "?", temporary).path();
        Files.createFile(first.resolve("kept"));
        Files.setPosixFilePermissions(first, PosixFilePermissions.fromString("rwxrwxrwx"));
        assertThat(HomeDirectory.of(null, "?", temporary).path()).isNotEqualTo(first);

        Files.move(first, temporary.resolve("elsewhere"));
        Files.createSymbolicLink(first, property);
        assertThat(HomeDirectory.of(null, "?", temporary).path()).isNotEqualTo(first);
    }

    @Test
    void whereNoneCanBeMadeThatIsSaid() {
        Path nowhere = temporary.resolve("nowhere");
        assertThat(HomeDirectory.of("?", "?", nowhere))
                .isEqualTo(new HomeDirectory(
                        nowhere,
                        Optional.of("HOME does not name a directory that exists, and none can be made in " + nowhere)));
    }
}
