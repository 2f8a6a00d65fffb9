package sparsestream.producer.picture;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** Reads the outside of a PNG file (ISO/IEC 15948): its chunks, of which only those that make pixels are kept. */
final class PngParser {
    private static final long SIGNATURE = 0x89504E470D0A1A0AL;
    private static final int IHDR = 0x49484452;
    private static final int PLTE = 0x504C5445;
    private static final int TRNS = 0x74524E53;
    private static final int IDAT = 0x49444154;
    private static final int IEND = 0x49454E44;
    private static final int EXIF = 0x65584966;
    private static final int ICC = 0x69434350;
    private static final int CICP = 0x63494350;
    private static final int ACTL = 0x6163544C;
    private static final int FCTL = 0x6663544C;

    private static final int LENGTH_AND_TYPE_BYTES = 8;
    private static final int CRC_BYTES = 4;
    private static final int IHDR_BYTES = 13;
    /** Where the header's colour type stands in a file. */
    private static final int COLOUR_TYPE_AT = 25;

    private static final int GREY = 0;
    private static final int RGB = 2;
    private static final int PALETTE = 3;
    private static final int GREY_WITH_ALPHA = 4;
    private static final int RGB_WITH_ALPHA = 6;

    /** Primaries, transfer, matrix and range of sRGB (ITU-T H.273). */
    private static final byte[] CICP_OF_SRGB = {1, 13, 0, 1};

    private final byte[] file;
    private final ByteBuffer kept;
    private Size size;
    private int depth;
    private int colourType;
    private int paletteColours;
    private boolean hasTransparency;
    private boolean hasPixels;
    private boolean animated;
    private boolean hasFrame;
    private Optional<Orientation> orientation = Optional.empty();
    private Optional<byte[]> packedProfile = Optional.empty();
    private byte[] cicp = CICP_OF_SRGB;

    PngParser(byte[] file) {
        this.file = file;
        // A palette of 16 colours with alpha may take the place of a transparent level.
        this.kept = ByteBuffer.allocate(file.length + 128);
    }

    static boolean begins(byte[] file) {
        return file.length >= Long.BYTES && ByteBuffer.wrap(file).getLong() == SIGNATURE;
    }

    /** @throws UnreadablePictureException if a chunk is cut off or damaged */
    Png parse() {
        kept.putLong(SIGNATURE);
        int at = Long.BYTES;
        for (int type = 0; type != IEND; ) {
            int left = file.length - at - LENGTH_AND_TYPE_BYTES - CRC_BYTES;
            int length = left < 0 ? 0 : intAt(at);
            if (left < 0 || length < 0 || length > left) {
                throw new UnreadablePictureException("PNG is cut off after " + file.length + " bytes");
            }
            type = intAt(at + Integer.BYTES);
            if ((size == null) != (type == IHDR) || (type == IHDR && length != IHDR_BYTES)) {
                throw new UnreadablePictureException("PNG does not begin with its header");
            }
            chunk(type, at + LENGTH_AND_TYPE_BYTES, length);
            at += LENGTH_AND_TYPE_BYTES + length + CRC_BYTES;
        }
        if (animated && !hasFrame) {
            throw new UnreadablePictureException("PNG is an animation without its still picture");
        }
        return new Png(
                size,
                colourType == PALETTE ? paletteColours : 1 << 16,
                colourType == GREY || colourType == GREY_WITH_ALPHA,
                orientation.orElse(Orientation.TOP_LEFT),
                profile(),
                Arrays.copyOf(kept.array(), kept.position()));
    }

    /** Those that are not kept are text, and what few viewers mind: both may be damaged. */
    private void chunk(int type, int from, int length) {
        switch (type) {
            case IHDR -> header(from, length);
            case PLTE -> {
                requireIntact(from, length);
                if (colourType == PALETTE) {
                    palette(from, length);
                }
            }
            case TRNS -> {
                requireIntact(from, length);
                if (!hasPixels && !hasTransparency) {
                    transparency(from, length);
                }
            }
            case IDAT, IEND -> {
                requireIntact(from, length);
                keep(from, length);
                hasPixels = true;
            }
            case EXIF -> {
                if (orientation.isEmpty() && isIntact(from, length)) {
                    orientation = Optional.of(Exif.orientation(file, from, length));
                }
            }
            case ICC -> {
                if (packedProfile.isEmpty() && !hasPixels && isIntact(from, length)) {
                    packedProfile = Optional.of(Arrays.copyOfRange(file, from, from + length));
                }
            }
            case CICP -> {
                if (!hasPixels && isIntact(from, length)) {
                    cicp = Arrays.copyOfRange(file, from, from + length);
                }
            }
            case ACTL -> animated |= !hasPixels;
            case FCTL -> hasFrame |= !hasPixels;
            default -> {}
        }
    }

    private void header(int from, int length) {
        requireIntact(from, length);
        size = new Size(intAt(from), intAt(from + 4));
        depth = file[from + 8] & 0xFF;
        colourType = file[from + 9] & 0xFF;
        boolean known =
                switch (colourType) {
                    case GREY -> Integer.bitCount(depth) == 1 && depth <= 16;
                    case PALETTE -> Integer.bitCount(depth) == 1 && depth <= 8;
                    case RGB, GREY_WITH_ALPHA, RGB_WITH_ALPHA -> depth == 8 || depth == 16;
                    default -> false;
                };
        if (!known) {
            throw new UnreadablePictureException(
                    "PNG of colour type %s has samples of %s bits".formatted(colourType, depth));
        }
        keep(from, length);
    }

    private void palette(int from, int length) {
        if (hasPixels || paletteColours > 0) {
            throw new UnreadablePictureException("PNG has a palette out of place");
        }
        paletteColours = length / 3;
        keep(from, length);
    }

    /** Of a grey or RGB picture one level is transparent; where samples have 8 bits, browsers look at the lower 8 of its 16. */
    private void transparency(int from, int length) {
        hasTransparency = true;
        boolean level = (colourType == GREY && length == 2) || (colourType == RGB && length == 6);
        if (level && colourType == GREY && depth < 8) {
            chooseFromGreys(intAt(from - 2) & 0xFFFF);
        } else if (level && depth == 8) {
            byte[] samples = Arrays.copyOfRange(file, from, from + length);
            for (int i = 0; i < length; i += 2) {
                samples[i] = 0;
            }
            put(TRNS, samples);
        } else {
            keep(from, length);
        }
    }

    /** Java's reader leaves out the transparent level of less than 8 bits, but not a transparent colour of a palette. */
    private void chooseFromGreys(int transparent) {
        int greys = 1 << depth;
        byte[] palette = new byte[3 * greys];
        byte[] alpha = new byte[greys];
        for (int i = 0; i < greys; i++) {
            Arrays.fill(palette, 3 * i, 3 * i + 3, (byte) (255 * i / (greys - 1)));
            alpha[i] = (byte) (i == transparent ? 0 : 255);
        }
        kept.put(COLOUR_TYPE_AT, (byte) PALETTE);
        int header = Long.BYTES + LENGTH_AND_TYPE_BYTES;
        kept.putInt(header + IHDR_BYTES, crc(kept.array(), header, IHDR_BYTES));
        put(PLTE, palette);
        put(TRNS, alpha);
    }

    /**
     * What the name, a zero and the method of compression stand before; none if it can't be unpacked.
     *
     * @throws UnreadablePictureException if it is too large to be a profile, or the colours are told only in a way that is not read
     */
    private Optional<byte[]> profile() {
        Optional<byte[]> profile = packedProfile.flatMap(PngParser::unpacked);
        if (profile.isEmpty() && !Arrays.equals(cicp, CICP_OF_SRGB)) {
            throw new UnreadablePictureException("PNG has the colours of a cICP chunk, which is not read");
        }
        return profile;
    }

    private static Optional<byte[]> unpacked(byte[] chunk) {
        int packed = 0;
        while (packed < chunk.length && chunk[packed] != 0) {
            packed++;
        }
        packed += 2;
        if (packed > chunk.length) {
            return Optional.empty();
        }
        Inflater inflater = new Inflater();
        try {
            inflater.setInput(chunk, packed, chunk.length - packed);
            byte[] profile = new byte[ColourProfiles.MAX_BYTES + 1];
            int length = inflater.inflate(profile);
            ColourProfiles.requireSize("PNG", length);
            return inflater.finished() ? Optional.of(Arrays.copyOf(profile, length)) : Optional.empty();
        } catch (DataFormatException e) {
            return Optional.empty();
        } finally {
            inflater.end();
        }
    }

    private void keep(int from, int length) {
        int start = from - LENGTH_AND_TYPE_BYTES;
        kept.put(file, start, LENGTH_AND_TYPE_BYTES + length + CRC_BYTES);
    }

    private void put(int type, byte[] data) {
        int start = kept.position() + LENGTH_AND_TYPE_BYTES;
        kept.putInt(data.length).putInt(type).put(data).putInt(crc(kept.array(), start, data.length));
    }

    private void requireIntact(int from, int length) {
        if (!isIntact(from, length)) {
            throw new UnreadablePictureException("PNG is damaged: wrong checksum at byte " + (from - Integer.BYTES));
        }
    }

    private boolean isIntact(int from, int length) {
        return crc(file, from, length) == intAt(from + length);
    }

    /** Of a chunk's data and of the type that stands before. */
    private static int crc(byte[] bytes, int from, int length) {
        CRC32 crc = new CRC32();
        crc.update(bytes, from - Integer.BYTES, length + Integer.BYTES);
        return (int) crc.getValue();
    }

    private int intAt(int at) {
        return ByteBuffer.wrap(file).getInt(at);
    }
}
