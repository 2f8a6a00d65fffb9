package sparsestream.producer;

import java.util.List;

/**
 * Where a well-known dataset is published, and how its files are recognised.
 *
 * @param name also the name of its folder
 * @param torchvisionName that of its folder where torchvision has put it
 * @param mirrors addresses of folders that hold the files, in the order they are tried
 */
record PublicDataset(String name, String torchvisionName, List<String> mirrors, List<PublishedFile> files) {
    /** What a file's SHA-256 is taken of. */
    enum Digested {
        /** The decompressed bytes: mirrors pack the same content differently. */
        CONTENT,
        /** The gzip file itself, where only that sum is published. */
        FILE
    }

    /**
     * A file that mirrors offer, in gzip form.
     *
     * @param sha256 in lower-case hexadecimal
     */
    record PublishedFile(String name, Digested digested, String sha256) {}

    /** Under torchvision's own root. */
    String torchvisionFolder() {
        return torchvisionName + "/raw";
    }

    /** Where it may be under a root for datasets, in the order in which to look. */
    List<String> folders() {
        return List.of(name, name + "/raw", name + "/" + torchvisionFolder(), torchvisionName, torchvisionFolder());
    }

    static final PublicDataset MNIST = new PublicDataset(
            "mnist",
            "MNIST",
            List.of(
                    "https://ossci-datasets.s3.amazonaws.com/mnist/",
                    "https://storage.googleapis.com/cvdf-datasets/mnist/"),
            List.of(
                    new PublishedFile(
                            "train-images-idx3-ubyte.gz",
                            Digested.CONTENT,
                            "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"),
                    new PublishedFile(
                            "train-labels-idx1-ubyte.gz",
                            Digested.CONTENT,
                            "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"),
                    new PublishedFile(
                            "t10k-images-idx3-ubyte.gz",
                            Digested.CONTENT,
                            "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"),
                    new PublishedFile(
                            "t10k-labels-idx1-ubyte.gz",
                            Digested.CONTENT,
                            "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2")));

    static final PublicDataset FASHION_MNIST = new PublicDataset(
            "fashion-mnist",
            "FashionMNIST",
            List.of(
                    "https://github.com/zalandoresearch/fashion-mnist/raw/master/data/fashion/",
                    "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/"),
            List.of(
                    new PublishedFile(
                            "train-images-idx3-ubyte.gz",
                            Digested.FILE,
                            "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84"),
                    new PublishedFile(
                            "train-labels-idx1-ubyte.gz",
                            Digested.FILE,
                            "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845"),
                    new PublishedFile(
                            "t10k-images-idx3-ubyte.gz",
                            Digested.FILE,
                            "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073"),
                    new PublishedFile(
                            "t10k-labels-idx1-ubyte.gz",
                            Digested.FILE,
                            "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5")));
}
