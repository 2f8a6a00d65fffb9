package sparsestream.producer.picture;

import java.awt.image.BufferedImage;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.spi.IIORegistry;
import javax.imageio.spi.ImageReaderSpi;
import javax.imageio.stream.MemoryCacheImageInputStream;

/** The Java runtime's own reader of a format, whatever other readers are on the class path. */
final class StandardReader {
    static final StandardReader PNG = new StandardReader("PNG");
    static final StandardReader JPEG = new StandardReader("JPEG");

    private static final String EXTRANEOUS_BYTES = "Corrupt JPEG data: \\d+ extraneous bytes before marker 0xd9";

    private final String format;
    private final ImageReaderSpi provider;

    private StandardReader(String format) {
        this.format = format;
        this.provider = provider(format);
    }

    private interface Reading<T> {
        T of(ImageReader reader) throws IOException;
    }

    /** @throws UnreadablePictureException if the pixels are damaged, or not as many as the header says */
    BufferedImage image(byte[] file, Size size) {
        return read(file, size, reader -> reader.read(0));
    }

    /**
     * The samples as they are stored, without any conversion of colours.
     *
     * @throws UnreadablePictureException if the pixels are damaged, or not as many as the header says
     */
    Raster samples(byte[] file, Size size) {
        return read(file, size, reader -> reader.readRaster(0, null));
    }

    private <T> T read(byte[] file, Size size, Reading<T> reading) {
        ImageReader reader = null;
        List<String> warnings = new ArrayList<>();
        try (var input = new MemoryCacheImageInputStream(new ByteArrayInputStream(file))) {
            reader = provider.createReaderInstance();
            reader.addIIOReadWarningListener((source, warning) -> warnings.add(warning));
            reader.setInput(input, true, true);
            if (reader.getWidth(0) != size.width() || reader.getHeight(0) != size.height()) {
                throw new UnreadablePictureException(format + " has more than one header");
            }
            T read = reading.of(reader);
            requireIntact(warnings);
            return read;
        } catch (UnreadablePictureException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            // The runtime's readers answer damaged data with many kinds of exceptions.
            throw unreadable(e.getMessage(), e);
        } finally {
            if (reader != null) {
                reader.dispose();
            }
        }
    }

    /** Nothing can be missing where there is more than enough; a viewer does not mind either. */
    private void requireIntact(List<String> warnings) {
        for (String warning : warnings) {
            if (!warning.matches(EXTRANEOUS_BYTES)) {
                throw unreadable(warning, null);
            }
        }
    }

    private UnreadablePictureException unreadable(String reason, Exception cause) {
        String line = String.valueOf(reason).replaceAll("\\R", " ");
        return new UnreadablePictureException("%s cannot be read: %s".formatted(format, line), cause);
    }

    private static ImageReaderSpi provider(String format) {
        Iterator<ImageReaderSpi> all = IIORegistry.getDefaultInstance()
                .getServiceProviders(
                        ImageReaderSpi.class,
                        candidate -> candidate.getClass().getModule() == ImageIO.class.getModule()
                                && List.of(((ImageReaderSpi) candidate).getFormatNames())
                                        .contains(format),
                        true);
        return all.next();
    }
}
