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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DatasetsTest {
    /** Port 9 is "discard": nothing answers there. */
    private static final PublicDataset UNREACHABLE =
            new PublicDataset("mnist", "MNIST", List.of("http://127.0.0.1:9/"), PublicDataset.MNIST.files());

    private static final PublicDataset FASHION = new PublicDataset(
            "fashion-mnist", "FashionMNIST", List.of("http://127.0.0.1:9/"), PublicDataset.FASHION_MNIST.files());

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
    void whatIsNowhereAndUnreachableIsADownloadErrorThatSaysWhereItWasLookedFor() {
        assertThatThrownBy(() -> datasets().load("mnist", Split.TRAIN))
                .isInstanceOf(DownloadException.class)
                .hasMessage(
                        "mnist is in none of the folders mnist, mnist/raw, mnist/MNIST/raw, MNIST, MNIST/raw of %s, %s, %s:"
                                        .formatted(data, home.resolve(".cache/sparsestream"), system)
                                + " cannot download train-images-idx3-ubyte.gz:"
                                + " http://127.0.0.1:9/train-images-idx3-ubyte.gz: no connection (behind a proxy, set https_proxy)");
    }

    @Test
    void anUnknownNameIsAnError() {
        assertThatThrownBy(() -> datasets().load("cifar", Split.TRAIN))
                .isInstanceOf(DatasetException.class)
                .hasMessage("no dataset 'cifar': neither mnist, fashion-mnist or drawn nor a directory");
        assertThatThrownBy(() -> datasets().load("a\0b", Split.TRAIN)).isInstanceOf(DatasetException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "train-images-idx3-ubyte.gz, train-labels-idx1-ubyte",
        "train-images.idx3-ubyte, train-labels.idx1-ubyte",
        "train-images.idx3-ubyte.gz, train-labels-idx1-ubyte.gz",
        // What Kaggle's archive has.
        "train-images-idx3-ubyte/train-images-idx3-ubyte, train-labels-idx1-ubyte/train-labels-idx1-ubyte",
        // What some unpackers make of the published files, which say that they were called so.
        "train-images-idx3-ubyte/train-images.idx3-ubyte, train-labels-idx1-ubyte/train-labels.idx1-ubyte",
        "raw/train-images-idx3-ubyte, raw/train-labels-idx1-ubyte.gz",
        "MNIST/raw/train-images-idx3-ubyte, MNIST/raw/train-labels-idx1-ubyte",
        "FashionMNIST/raw/train-images-idx3-ubyte, FashionMNIST/raw/train-labels-idx1-ubyte",
    })
    void aDirectoryMayHaveItsFilesUnderTheNamesThatOthersGiveThem(String images, String labels) throws IOException {
        Path mine = directory.resolve("mine");
        IdxFixture.writeSplit(mine, Split.TRAIN, 3, images, labels);

        Dataset train = datasets().load(mine.toString(), Split.TRAIN);

        assertThat(train.name()).isEqualTo("mine");
        assertThat(train.labels()).containsExactly(0, 1, 2);
        assertThat(train.images()).endsWith(2, 2, 2, 2, 2, 2);
    }

    @ParameterizedTest
    @CsvSource({
        "mnist, mnist",
        "mnist, MNIST/raw",
        "mnist, mnist/MNIST/raw",
        "mnist, mnist/raw",
        "mnist, MNIST",
        "fashion-mnist, fashion-mnist",
        "fashion-mnist, FashionMNIST/raw",
        "fashion-mnist, fashion-mnist/FashionMNIST/raw",
    })
    void aPublishedDatasetIsFoundWhereOthersPutIt(String name, String folder) throws IOException {
        IdxFixture.writeSplit(data.resolve(folder), Split.TRAIN, 3);

        assertThat(datasets().load(name, Split.TRAIN).count()).isEqualTo(3);
        assertThat(datasets().load(name, Split.TRAIN).name()).isEqualTo(name);
    }

    @Test
    void oneIsNotTakenForTheOther() throws IOException {
        IdxFixture.writeSplit(data.resolve("FashionMNIST/raw"), Split.TRAIN, 3);
        assertThatThrownBy(() -> datasets().load("mnist", Split.TRAIN)).isInstanceOf(DownloadException.class);

        IdxFixture.writeSplit(data.resolve("MNIST/raw"), Split.TRAIN, 2);
        assertThat(datasets().load("mnist", Split.TRAIN).count()).isEqualTo(2);
        assertThatThrownBy(() -> datasets().load(data.toString(), Split.TRAIN))
                .isInstanceOf(DatasetException.class)
                .hasMessage("%s holds more than one dataset, %s and %s; name the folder of one"
                        .formatted(
                                data,
                                data.resolve("MNIST/raw/train-images-idx3-ubyte.gz"),
                                data.resolve("FashionMNIST/raw/train-images-idx3-ubyte.gz")));
    }

    @Test
    void imagesAndLabelsAreNotPickedFromDifferentPlaces() throws IOException {
        Path mine = directory.resolve("mine");
        IdxFixture.writeSplit(mine, Split.TRAIN, 3, "MNIST/raw/train-images-idx3-ubyte", "raw/train-labels-idx1-ubyte");

        assertThatThrownBy(() -> datasets().load(mine.toString(), Split.TRAIN)).isInstanceOf(DatasetException.class);
    }

    @Test
    void aDirectoryWithoutTheSplitNamesWhatWasLookedForAndWhere() throws IOException {
        Path mine = directory.resolve("mine");
        IdxFixture.writeSplit(mine, Split.TRAIN, 3);

        assertThatThrownBy(() -> datasets().load(mine.toString(), Split.HELD_OUT))
                .isInstanceOf(DatasetException.class)
                .hasMessage(
                        "no t10k-images-idx3-ubyte and t10k-labels-idx1-ubyte (or with .idx, with .gz, or in a folder of"
                                + " that name) in %s, %s, %s, %s"
                                        .formatted(
                                                mine,
                                                mine.resolve("raw"),
                                                mine.resolve("MNIST/raw"),
                                                mine.resolve("FashionMNIST/raw")));
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
        return new Datasets(List.of(UNREACHABLE, FASHION), environment, home, system, download);
    }
}
