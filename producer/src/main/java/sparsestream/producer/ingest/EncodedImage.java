package sparsestream.producer.ingest;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * A PNG or JPEG file of which only the header has been looked at.
 *
 * @param format as the Java image reader is called
 * @param width in pixels, as the header tells; 0 or senseless if it does not
 * @param height in pixels, as the header tells; 0 or senseless if it does not
 * @param file without what the pixels do not need
 */
record EncodedImage(String format, int width, int height, byte[] file) {
    /** @throws RefusedImageException if the pixels are damaged or of a kind that Java does not read */
    BufferedImage decode() {
        ImageReader reader = ImageIO.getImageReadersByFormatName(format).next();
        List<String> warnings = new ArrayList<>();
        reader.addIIOReadWarningListener((source, warning) -> warnings.add(warning));
        try (var input = new MemoryCacheImageInputStream(new ByteArrayInputStream(file))) {
            reader.setInput(input, true, true);
            if (reader.getWidth(0) != width || reader.getHeight(0) != height) {
                throw new RefusedImageException(
                        "%s has more than one header".formatted(format.toUpperCase(Locale.ROOT)));
            }
            BufferedImage image = reader.read(0);
            if (!warnings.isEmpty()) {
                throw refused(warnings.get(0), null);
            }
            return image;
        } catch (RefusedImageException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            // The JDK's readers answer damaged data with many kinds of exceptions.
            throw refused(e.getMessage(), e);
        } finally {
            reader.dispose();
        }
    }

    private RefusedImageException refused(String reason, Exception cause) {
        return new RefusedImageException(
                "%s cannot be read: %s".formatted(format.toUpperCase(Locale.ROOT), reason), cause);
    }
}
