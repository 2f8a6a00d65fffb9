package sparsestream.contract;

import java.awt.image.BufferedImage;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageInputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** 8-bit grey PNG, in memory and safe for any number of threads. */
public final class GreyPng {
    public static final int MAX_SIDE = 4096;

    private static final long SIGNATURE = 0x89504E470D0A1A0AL;
    private static final int IHDR_LENGTH = 13;
    private static final int IHDR = 0x49484452;
    private static final int HEADER_BYTES = 33;
    private static final int BIT_DEPTH = 8;
    private static final int GREY = 0;

    private GreyPng() {}

    /** Width and height in pixels, each from 1 to {@value #MAX_SIDE}. */
    public record Size(int width, int height) {
        public Size {
            if (width < 1 || width > MAX_SIDE || height < 1 || height > MAX_SIDE) {
                throw new IllegalArgumentException("an image of " + width + "×" + height + " pixels");
            }
        }
    }

    /**
     * The same pixels always make the same bytes, on the same Java runtime.
     *
     * @param pixels [height, width], 0 black to 255 white
     */
    public static byte[] encode(byte[] pixels, int width, int height) {
        Size size = new Size(width, height);
        if (pixels.length != size.width() * size.height()) {
            throw new IllegalArgumentException(pixels.length + " pixels for " + size);
        }
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_BYTE_GRAY);
        image.getRaster().setDataElements(0, 0, width, height, pixels);
        ImageWriter writer = ImageIO.getImageWritersByFormatName("png").next();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (var output = new MemoryCacheImageOutputStream(bytes)) {
            writer.setOutput(output);
            writer.write(image);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        } finally {
            writer.dispose();
        }
        return bytes.toByteArray();
    }

    /**
     * The pixels [height, width] of an 8-bit grey PNG.
     *
     * @throws MalformedMessageException if it is anything else
     */
    public static byte[] decode(byte[] png) throws MalformedMessageException {
        Size size = size(png);
        ImageReader reader = ImageIO.getImageReadersByFormatName("png").next();
        try (var input = new MemoryCacheImageInputStream(new ByteArrayInputStream(png))) {
            reader.setInput(input, true, true);
            Raster raster = reader.read(0).getRaster();
            return (byte[]) raster.getDataElements(0, 0, size.width(), size.height(), null);
        } catch (IOException | RuntimeException e) {
            // The JDK's reader answers damaged data with many kinds of exceptions.
            throw new MalformedMessageException("png", "cannot be read: " + e.getMessage(), e);
        } finally {
            reader.dispose();
        }
    }

    /** What the header of an 8-bit grey PNG says, without reading the pixels. */
    public static Size size(byte[] png) throws MalformedMessageException {
        if (png.length < HEADER_BYTES) {
            throw new MalformedMessageException("png", png.length + " bytes are too few for a PNG");
        }
        ByteBuffer header = ByteBuffer.wrap(png);
        if (header.getLong() != SIGNATURE || header.getInt() != IHDR_LENGTH || header.getInt() != IHDR) {
            throw new MalformedMessageException("png", "does not begin as a PNG does");
        }
        int width = header.getInt();
        int height = header.getInt();
        if (header.get() != BIT_DEPTH || header.get() != GREY) {
            throw new MalformedMessageException("png.IHDR", "is not 8-bit grey");
        }
        try {
            return new Size(width, height);
        } catch (IllegalArgumentException e) {
            throw new MalformedMessageException("png.IHDR", e.getMessage(), e);
        }
    }
}
