package sparsestream.producer.picture;

/** A PNG or JPEG file whose outside has been read, and of which no pixel has been decoded. */
public sealed interface EncodedPicture permits Jpeg, Png {
    /** Of the picture as it is shown, in pixels, as the header tells; 0, negative or senseless if it tells that. */
    default int width() {
        return orientation().swapsSides() ? stored().height() : stored().width();
    }

    /** Of the picture as it is shown, in pixels, as the header tells; 0, negative or senseless if it tells that. */
    default int height() {
        return orientation().swapsSides() ? stored().width() : stored().height();
    }

    Size stored();

    Orientation orientation();
}
