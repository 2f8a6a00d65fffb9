package sparsestream.producer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatasetsTest {
    /** Port 9 is "discard": nothing answers there. */
    private static final PublicDataset UNREACHABLE =
            new PublicDataset("mnist", List.of("http://127.0.0.1:9/"), PublicDataset.MNIST.files());

    @TempDir
    Path directory;

    private Path data;
    private Path home;
    private Path system;

    @BeforeEach
    void nameTheRoots() {
        data = directory.resolve("data");
        home = directory.resolve("home");
        system = directory.resolve("system");
    }

    @Test
    void aDirectoryIsADatasetNamedAfterIt() throws IOException {
        IdxFixture.writeSplit(directory.resolve("mine"), Split.TRAIN, 3);
        IdxFixture.writeSplit(directory.resolve("mine"), Split.HELD_OUT, 2);

        Dataset train = datasets().load(directory.resolve("mine").toString(), Split.TRAIN);

        assertThat(train.name()).isEqualTo("mine");
        assertThat(train.height()).isEqualTo(2);
        assertThat(train.width()).isEqualTo(3);
        assertThat(train.labels()).containsExactly(0, 1, 2);
        assertThat(train.images()).hasSize(18).endsWith(2, 2, 2, 2, 2, 2);
        assertThat(datasets()
                        .load(directory.resolve("mine").toString(), Split.HELD_OUT)
                        .count())
                .isEqualTo(2);
    }

    @Test
    void theDataVariableComesBeforeTheCacheAndThatBeforeTheSystem() throws IOException {
        IdxFixture.writeSplit(system.resolve("mnist"), Split.TRAIN, 1);
        assertThat(datasets().load("mnist", Split.TRAIN).count()).isEqualTo(1);

        IdxFixture.writeSplit(home.resolve(".cache/sparsestream/mnist"), Split.TRAIN, 2);
        assertThat(datasets().load("mnist", Split.TRAIN).count()).isEqualTo(2);

        IdxFixture.writeSplit(data.resolve("mnist"), Split.TRAIN, 3);
        assertThat(datasets().load("mnist", Split.TRAIN).count()).isEqualTo(3);
        assertThat(datasets().load("mnist", Split.TRAIN).name()).isEqualTo("mnist");
    }

    @Test
    void theDataVariableMayBeUnsetOrBlank() throws IOException {
        IdxFixture.writeSplit(system.resolve("mnist"), Split.TRAIN, 1);

        assertThat(datasets(Map.of()).load("mnist", Split.TRAIN).count()).isEqualTo(1);
        assertThat(datasets(Map.of(Datasets.DATA_VARIABLE, " "))
                        .load("mnist", Split.TRAIN)
                        .count())
                .isEqualTo(1);
    }

    @Test
    void drawnNeedsNoFile() {
        assertThat(datasets().load("drawn", Split.HELD_OUT).name()).isEqualTo("drawn");
    }

    @Test
    void whatIsNowhereAndUnreachableIsADownloadError() {
        assertThatThrownBy(() -> datasets().load("mnist", Split.TRAIN))
                .isInstanceOf(DownloadException.class)
                .hasMessage(
                        "cannot download train-images-idx3-ubyte.gz:"
                                + " http://127.0.0.1:9/train-images-idx3-ubyte.gz: no connection (behind a proxy, set https_proxy)");
    }

    @Test
    void anUnknownNameIsAnError() {
        assertThatThrownBy(() -> datasets().load("cifar", Split.TRAIN))
                .isInstanceOf(DatasetException.class)
                .hasMessage("no dataset 'cifar': neither mnist, fashion-mnist or drawn nor a directory");
        assertThatThrownBy(() -> datasets().load("a\0b", Split.TRAIN)).isInstanceOf(DatasetException.class);
    }

    @Test
    void aDirectoryWithoutTheSplitNamesTheFileItLacks() throws IOException {
        IdxFixture.writeSplit(directory.resolve("mine"), Split.TRAIN, 3);

        assertThatThrownBy(() -> datasets().load(directory.resolve("mine").toString(), Split.HELD_OUT))
                .isInstanceOf(DatasetException.class)
                .hasMessage(directory.resolve("mine")
                        + ": neither t10k-images-idx3-ubyte nor t10k-images-idx3-ubyte.gz is there");
    }

    @Test
    void imagesAndLabelsMustBeEqualInNumber() throws IOException {
        Path mine = directory.resolve("mine");
        IdxFixture.writeSplit(mine, Split.TRAIN, 3);
        Files.write(mine.resolve("train-labels-idx1-ubyte"), IdxFixture.labels(2, new byte[2]));

        assertThatThrownBy(() -> datasets().load(mine.toString(), Split.TRAIN))
                .isInstanceOf(DatasetException.class)
                .hasMessageContaining("train-images-idx3-ubyte.gz has 3 images but ")
                .hasMessageEndingWith("train-labels-idx1-ubyte has 2 labels");
    }

    private Datasets datasets() {
        return datasets(Map.of(Datasets.DATA_VARIABLE, data.toString()));
    }

    private Datasets datasets(Map<String, String> environment) {
        Download download = new Download(
                new Download.Limits(1 << 20, Duration.ofSeconds(5), Duration.ZERO),
                new ProxyEnvironment(Map.of()),
                progress -> {});
        return new Datasets(List.of(UNREACHABLE), environment, home, system, download);
    }
}
