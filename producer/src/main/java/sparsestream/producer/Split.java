package sparsestream.producer;

/** The two parts that a dataset comes in. */
public enum Split {
    /** What the stream is made of. */
    TRAIN("train"),
    /** What models are evaluated on, and never learn from. */
    HELD_OUT("t10k");

    private final String filePrefix;

    Split(String filePrefix) {
        this.filePrefix = filePrefix;
    }

    String imagesFile() {
        return filePrefix + "-images-idx3-ubyte";
    }

    String labelsFile() {
        return filePrefix + "-labels-idx1-ubyte";
    }
}
