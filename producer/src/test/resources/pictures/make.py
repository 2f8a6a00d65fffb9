#!/usr/bin/python3
"""Makes shown/ and refused/; README.md says with what. Changes in a tool may change files that are right as they are."""
import base64, html, io, itertools, json, pathlib, re, struct, subprocess, tempfile, zlib
import numpy as np
from PIL import Image, ImageOps

HERE = pathlib.Path(__file__).parent
SIDE = 28

# ---- what is painted: no side and no corner is like another

def paint(width=SIDE, height=SIDE):
    y, x = np.mgrid[0:height, 0:width]
    p = np.stack([255 * x // (width - 1), 255 * y // (height - 1), 255 - 255 * (x + y) // (width + height - 2)], -1)
    p[: height // 2, : width // 5] = [230, 40, 30]           # the letter F
    p[: height // 6, : 4 * width // 5] = [250, 240, 60]
    p[5 * height // 6 :, width // 2 :] = [20, 60, 200]
    return p.astype(np.uint8)

def cmyk(rgb):
    """Ink, 255 being full: half of the black that all three share goes to K."""
    c = 255 - rgb.astype(int)
    k = c.min(-1, keepdims=True) // 2
    return np.concatenate([(c - k) * 255 // (255 - k), k], -1).astype(np.uint8)

RGB = paint()
GREY = np.array(Image.fromarray(RGB).convert('L'))

# ---- JPEG

def jpeg(array, **options):
    f = io.BytesIO()
    mode = {2: 'L', 3: {3: 'RGB', 4: 'CMYK'}.get(array.shape[-1])}[array.ndim]
    Image.fromarray(array, mode).save(f, 'JPEG', **{'quality': 95, 'subsampling': 0, **options})
    return f.getvalue()

def tool(*command, data):
    return subprocess.run(command, input=data, capture_output=True, check=True).stdout

def libjpeg(array, transform, sampling='1111', progressive=0):
    """Of stored samples, which libjpeg takes as they are; with an Adobe marker of this transform, if any."""
    with tempfile.TemporaryDirectory() as d:
        source = pathlib.Path(d, 'w.c')
        source.write_text(r'''
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <jpeglib.h>
int main(int n, char **a) {
  int w = atoi(a[1]), h = atoi(a[2]), c = atoi(a[3]);
  unsigned char *s = malloc(w * h * c); fread(s, 1, w * h * c, stdin);
  struct jpeg_compress_struct j; struct jpeg_error_mgr e; j.err = jpeg_std_error(&e); jpeg_create_compress(&j);
  jpeg_stdio_dest(&j, stdout); j.image_width = w; j.image_height = h; j.input_components = c; j.in_color_space = JCS_UNKNOWN;
  jpeg_set_defaults(&j); jpeg_set_quality(&j, 95, TRUE);
  for (int i = 0; i < c; i++) { j.comp_info[i].component_id = i + 1; j.comp_info[i].h_samp_factor = j.comp_info[i].v_samp_factor = a[4][i] - '0';
    j.comp_info[i].quant_tbl_no = 0; }
  j.write_JFIF_header = FALSE;
  if (atoi(a[5])) jpeg_simple_progression(&j);
  jpeg_start_compress(&j, TRUE);
  while (j.next_scanline < h) { JSAMPROW r = s + j.next_scanline * w * c; jpeg_write_scanlines(&j, &r, 1); }
  jpeg_finish_compress(&j); return 0; }
''')
        subprocess.run(['cc', '-O1', '-w', '-o', d + '/w', source, '-ljpeg'], check=True)
        h, w, c = array.shape
        file = tool(d + '/w', str(w), str(h), str(c), sampling, str(progressive), data=array.tobytes())
    return file if transform is None else insert(file, 0xEE, b'Adobe' + struct.pack('>HHHB', 100, 0, 0, transform))

def segments(file):
    """[(marker, payload)] up to the first scan, and the rest."""
    at, found = 2, []
    while file[at + 1] != 0xDA:
        length = struct.unpack('>H', file[at + 2 : at + 4])[0]
        found.append((file[at + 1], file[at + 4 : at + 2 + length]))
        at += 2 + length
    return found, file[at:]

def join(parts, rest):
    return b'\xff\xd8' + b''.join(struct.pack('>BBH', 0xFF, m, len(p) + 2) + p for m, p in parts) + rest

def insert(file, marker, payload):
    parts, rest = segments(file)
    return join([(marker, payload)] + parts, rest)

def without(file, *markers):
    parts, rest = segments(file)
    return join([(m, p) for m, p in parts if m not in markers], rest)

def with_ids(file, ids):
    parts, rest = segments(file)
    names = {}
    def frame(p):
        p = bytearray(p)
        for i in range(p[5]):
            names[p[6 + 3 * i]] = ids[i]
            p[6 + 3 * i] = ids[i]
        return bytes(p)
    parts = [(m, frame(p) if m in (0xC0, 0xC1, 0xC2) else p) for m, p in parts]
    rest = bytearray(rest)
    at = 0
    while at >= 0:  # each scan's header
        for i in range(rest[at + 4]):
            rest[at + 5 + 2 * i] = names[rest[at + 5 + 2 * i]]
        at = rest.find(b'\xff\xda', at + 2)
    return join(parts, bytes(rest))

def with_transform(file, transform):
    parts, rest = segments(file)
    return join([(m, p[:-1] + bytes([transform]) if m == 0xEE else p) for m, p in parts], rest)

def exif(orientation, order='>', kind=3, padding=b'', more=b''):
    value = {1: 'Bxxx', 3: 'Hxx', 4: 'I'}[kind]
    entry = struct.pack(order + 'HHI' + value, 0x112, kind, 1, orientation)
    return (b'MM' if order == '>' else b'II') + struct.pack(order + 'HI', 42, 8 + len(padding)) + padding + \
        struct.pack(order + 'H', 1 + len(more) // 12) + more + entry + bytes(4)

def profile(primaries, gamma):
    """A small matrix profile (ICC.1:2001): columns are XYZ under D50."""
    def xyz(v): return b'XYZ \0\0\0\0' + b''.join(struct.pack('>i', round(c * 65536)) for c in v)
    curve = b'curv\0\0\0\0' + struct.pack('>IHxx', 1, round(gamma * 256))
    desc = b'desc\0\0\0\0' + struct.pack('>I', 5) + b'test\0' + bytes(4 + 4 + 2 + 1 + 67) + bytes(2)
    text = b'text\0\0\0\0none\0' + bytes(3)
    tags = {b'desc': desc, b'cprt': text, b'wtpt': xyz((0.9642, 1.0, 0.8249))}
    if primaries is None:
        tags[b'kTRC'] = curve
    else:
        for n, p in zip((b'rXYZ', b'gXYZ', b'bXYZ'), primaries): tags[n] = xyz(p)
        for n in (b'rTRC', b'gTRC', b'bTRC'): tags[n] = curve
    return icc(b'mntr', b'GRAY' if primaries is None else b'RGB ', b'XYZ ', tags)

def icc(kind, space, connection, tags):
    at, table, body = 128 + 4 + 12 * len(tags), struct.pack('>I', len(tags)), b''
    for name, data in tags.items():
        data += bytes(-len(data) % 4)
        table += name + struct.pack('>II', at + len(body), len(data))
        body += data
    head = struct.pack('>I4sI4s4s4s', at + len(body), b'none', 0x02400000, kind, space, connection) + struct.pack('>6H', 2026, 1, 1, 0, 0, 0) + \
        b'acsp' + bytes(4 * 7 - 4 + 4) + struct.pack('>iii', 63190, 65536, 54061)
    return head + bytes(128 - len(head)) + table + body

def lab(c, m, y, k):
    """What these inks, from 0 to 1, look like: darker and duller than their names."""
    light = 1 - .9 * k
    return (95 * (1 - .45 * c) * (1 - .5 * m) * (1 - .1 * y) * light,
        (-35 * c + 70 * m - 5 * y) * light, (-45 * c - 5 * m + 85 * y) * light)

def ink_profile():
    """CMYK to Lab by a table (lut8Type) with five points an axis."""
    def entry(L, a, b):
        return bytes([round(L * 255 / 100), max(0, min(255, round(a + 128))), max(0, min(255, round(b + 128)))])
    table = b''.join(entry(*lab(*p)) for p in itertools.product((0, .25, .5, .75, 1), repeat=4))
    ramp = bytes(range(256))
    lut = b'mft1\0\0\0\0' + bytes([4, 3, 5, 0]) + struct.pack('>9i', 65536, 0, 0, 0, 65536, 0, 0, 0, 65536) + ramp * 4 + table + ramp * 3
    desc = b'desc\0\0\0\0' + struct.pack('>I', 5) + b'test\0' + bytes(4 + 4 + 2 + 1 + 67) + bytes(2)
    tags = {b'desc': desc, b'cprt': b'text\0\0\0\0none\0' + bytes(3), b'wtpt': b'XYZ \0\0\0\0' + struct.pack('>3i', 63190, 65536, 54061), b'A2B0': lut}
    return icc(b'prtr', b'CMYK', b'Lab ', tags)

SRGB = ((0.4361, 0.2225, 0.0139), (0.3851, 0.7169, 0.0971), (0.1431, 0.0606, 0.7141))
SWAPPED = (SRGB[2], SRGB[0], SRGB[1])
WIDE = ((0.7977, 0.2880, 0.0), (0.1352, 0.7119, 0.0), (0.0313, 0.0001, 0.8249))

def with_profile(file, data, parts=1):
    size = -(-len(data) // parts)
    for i in reversed(range(parts)):
        file = insert(file, 0xE2, b'ICC_PROFILE\0' + bytes([i + 1, parts]) + data[i * size : (i + 1) * size])
    return file

def stretch(array):
    """To 28 x 28 from sides that divide it."""
    return array.repeat(SIDE // array.shape[0], 0).repeat(SIDE // array.shape[1], 1)

def ycck(rgb):
    """As Photoshop stores it: YCbCr of C, M and Y as if they were R, G and B, and inverted K."""
    inks = cmyk(rgb)
    ycc = np.array(Image.fromarray(np.ascontiguousarray(inks[..., :3]), 'RGB').convert('YCbCr'))
    return np.concatenate([ycc, 255 - inks[..., 3:]], -1)

def jpegs():
    yield 'ycc-444', jpeg(RGB)
    yield 'ycc-422', jpeg(RGB, subsampling=1)
    yield 'ycc-420', jpeg(RGB, subsampling=2)
    yield 'ycc-progressive', jpeg(RGB, subsampling=2, progressive=True)
    yield 'ycc-restarts', tool('jpegtran', '-restart', '1B', data=jpeg(RGB, subsampling=2))
    yield 'grey', jpeg(GREY)
    yield 'grey-sampling-2x2', libjpeg(GREY[..., None], None, '2')
    yield 'grey-progressive', jpeg(GREY, progressive=True)
    yield 'coarse-16-bit-tables', tool('cjpeg', '-quality', '3', data=ppm(RGB))
    yield 'rgb-ids-RGB', tool('cjpeg', '-quality', '95', '-rgb', data=ppm(RGB))
    yield 'rgb-ids-RGB-no-marker', with_ids(without(jpeg_rgb(), 0xE0, 0xEE), b'RGB')
    yield 'rgb-adobe-ids-123', with_ids(jpeg_rgb(), (1, 2, 3))
    yield 'rgb-adobe-ids-123-420', insert(without(jpeg_of_samples(RGB, '2111'[:3]), 0xE0), 0xEE, b'Adobe' + struct.pack('>HHHB', 100, 0, 0, 0))
    yield 'ycc-adobe-1', insert(without(jpeg(RGB), 0xE0), 0xEE, b'Adobe' + struct.pack('>HHHB', 100, 0, 0, 1))
    yield 'ycc-adobe-2', insert(without(jpeg(RGB), 0xE0), 0xEE, b'Adobe' + struct.pack('>HHHB', 100, 0, 0, 2))
    yield 'ycc-jfif-and-adobe-0', insert(jpeg(RGB), 0xEE, b'Adobe' + struct.pack('>HHHB', 100, 0, 0, 0))
    yield 'ycc-jfif-ids-RGB', with_ids(jpeg(RGB), b'RGB')
    yield 'ycc-ids-123-no-marker', without(jpeg(RGB), 0xE0)
    yield 'ycc-ids-012-420', without(with_ids(jpeg(RGB, subsampling=2), (0, 1, 2)), 0xE0)
    yield 'ycc-ids-012-jfif', with_ids(jpeg(RGB), (0, 1, 2))
    yield 'ycc-ids-012-exif', insert(without(with_ids(jpeg(RGB), (0, 1, 2)), 0xE0), 0xE1, b'Exif\0\0' + exif(1))
    yield 'ycc-ids-012-progressive', without(with_ids(jpeg(RGB, progressive=True), (0, 1, 2)), 0xE0)
    yield 'ycc-ids-789', without(with_ids(jpeg(RGB), (7, 8, 9)), 0xE0)
    yield 'ycc-ids-YCc', without(with_ids(jpeg(RGB), b'YCc'), 0xE0)
    inks = cmyk(RGB)
    yield 'cmyk', jpeg(inks)
    yield 'cmyk-progressive', jpeg(inks, progressive=True)
    yield 'cmyk-no-adobe', without(jpeg(inks), 0xEE)
    yield 'cmyk-no-adobe-progressive', without(jpeg(inks, progressive=True), 0xEE)
    yield 'cmyk-no-adobe-ids-1234', without(with_ids(jpeg(inks), (1, 2, 3, 4)), 0xEE)
    yield 'cmyk-adobe-1', with_transform(jpeg(inks), 1)
    yield 'cmyk-jfif', insert(jpeg(inks), 0xE0, b'JFIF\0\1\1\0\0\1\0\1\0\0')
    y = ycck(RGB)
    yield 'ycck', libjpeg(y, 2)
    yield 'ycck-progressive', libjpeg(y, 2, progressive=1)
    yield 'ycck-420', libjpeg(y, 2, '2112')
    yield 'ycck-420-progressive', libjpeg(y, 2, '2112', progressive=1)
    yield 'ycck-no-adobe', libjpeg(y, None)
    yield 'ycck-no-adobe-420', libjpeg(y, None, '2112')
    wide = paint(14, 28)
    for n in range(1, 9):
        yield f'orientation-{n}-II', insert(jpeg(wide), 0xE1, b'Exif\0\0' + exif(n, '<'))
    yield 'orientation-0', insert(jpeg(wide), 0xE1, b'Exif\0\0' + exif(0))
    yield 'orientation-9', insert(jpeg(wide), 0xE1, b'Exif\0\0' + exif(9))
    yield 'orientation-6-long', insert(jpeg(wide), 0xE1, b'Exif\0\0' + exif(6, kind=4))
    yield 'orientation-6-long-II', insert(jpeg(wide), 0xE1, b'Exif\0\0' + exif(6, '<', kind=4))
    yield 'orientation-6-byte', insert(jpeg(wide), 0xE1, b'Exif\0\0' + exif(6, kind=1))
    yield 'orientation-6-far-ifd', insert(jpeg(wide), 0xE1, b'Exif\0\0' + exif(6, padding=bytes(100), more=struct.pack('>HHII', 0x100, 4, 1, 5)))
    yield 'orientation-6-after-others', insert(insert(jpeg(wide), 0xE1, b'Exif\0\0' + exif(6)), 0xE1, b'http://ns.adobe.com/xap/1.0/\0<x/>')
    yield 'orientation-two-exifs-6-3', insert(insert(jpeg(wide), 0xE1, b'Exif\0\0' + exif(3)), 0xE1, b'Exif\0\0' + exif(6))
    yield 'orientation-6-no-second-zero', insert(jpeg(wide), 0xE1, b'Exif\0\1' + exif(6))
    yield 'orientation-6-cut-ifd', insert(jpeg(wide), 0xE1, b'Exif\0\0' + exif(6)[:-4])
    yield 'orientation-6-count-2', insert(jpeg(wide), 0xE1, b'Exif\0\0' + exif(6).replace(b'\x01\x12\0\3\0\0\0\1', b'\x01\x12\0\3\0\0\0\2'))
    yield 'orientation-6-magic-43', insert(jpeg(wide), 0xE1, b'Exif\0\0' + exif(6).replace(b'MM\0\x2a', b'MM\0\x2b'))
    yield 'orientation-6-second-tag-3', insert(jpeg(wide), 0xE1, b'Exif\0\0' + exif(3, more=struct.pack('>HHIHxx', 0x112, 3, 1, 6)))
    yield 'orientation-6-count-too-large', insert(jpeg(wide), 0xE1, b'Exif\0\0' + exif(6).replace(b'\0\1\x01\x12', b'\0\x09\x01\x12'))
    yield 'orientation-6-after-frame', after_frame(jpeg(wide), 0xE1, b'Exif\0\0' + exif(6))
    yield 'orientation-6-cmyk', insert(jpeg(cmyk(wide)), 0xE1, b'Exif\0\0' + exif(6))
    for extra in (b'\0', b'\0\0\0\0', b'stray', bytes(700), b'\xff\0\xff\0'):
        yield 'stray-%d-%02x' % (len(extra), extra[0]), jpeg(RGB)[:-2] + extra + b'\xff\xd9'
    yield 'stray-progressive', jpeg(RGB, progressive=True)[:-2] + b'stray' + b'\xff\xd9'
    yield 'stray-between-segments', stray_between(jpeg(RGB))
    yield 'fill-bytes', jpeg(RGB)[:2] + b'\xff\xff\xff' + jpeg(RGB)[2:]
    yield 'no-end', jpeg(RGB)[:-2]
    yield 'half-end', jpeg(RGB)[:-1]
    yield 'trailing', jpeg(RGB) + b'trailing bytes'
    yield 'trailing-scans', jpeg(RGB) + b'\xff\xda' * 90
    yield 'trailing-picture', jpeg(RGB) + jpeg(255 - RGB)
    yield 'restart-marker-outside', jpeg(RGB)[:2] + b'\xff\xd0' + jpeg(RGB)[2:]
    yield 'bad-scan-parameters', jpeg(RGB).replace(b'\x03\x11\x00\x3f\x00', b'\x03\x11\x00\x00\x00').replace(b'\x00\x3f\x00', b'\x00\x00\x00')
    yield 'jfif-version-3', jpeg(RGB).replace(b'JFIF\0\1', b'JFIF\0\3')
    yield 'many-scans', scans(64)
    yield 'comment-looks-like-scans', insert(jpeg(RGB), 0xFE, b'\xff\xda' * 100)
    yield 'standard-tables-left-out', without(jpeg(RGB), 0xC4)
    yield 'standard-table-left-out', one_table_less(jpeg(RGB))
    yield 'thumbnail-in-exif', insert(jpeg(RGB), 0xE1, b'Exif\0\0' + exif(1) + jpeg(255 - RGB))
    yield 'icc-srgb', with_profile(jpeg(RGB), profile(SRGB, 2.2))
    yield 'icc-swapped', with_profile(jpeg(RGB), profile(SWAPPED, 2.2))
    yield 'icc-swapped-5-parts', with_profile(jpeg(RGB), profile(SWAPPED, 2.2), 5)
    yield 'icc-swapped-part-missing', without_part(with_profile(jpeg(RGB), profile(SWAPPED, 2.2), 5))
    yield 'icc-swapped-cut', with_profile(jpeg(RGB), profile(SWAPPED, 2.2)[:-60])
    yield 'icc-wide', with_profile(jpeg(RGB), profile(WIDE, 1.8))
    yield 'icc-grey-linear', with_profile(jpeg(GREY), profile(None, 1.0))
    yield 'icc-grey-on-rgb', with_profile(jpeg(RGB), profile(None, 1.0))
    yield 'icc-rgb-on-grey', with_profile(jpeg(GREY), profile(WIDE, 1.8))
    yield 'icc-cmyk', with_profile(jpeg(inks), ink_profile())
    yield 'icc-ycck', with_profile(libjpeg(y, 2), ink_profile())
    yield 'icc-rgb-on-cmyk', with_profile(jpeg(inks), profile(SWAPPED, 2.2))

def refused_jpegs():
    yield 'arithmetic', tool('cjpeg', '-arithmetic', data=ppm(RGB))
    yield 'arithmetic-progressive', tool('cjpeg', '-arithmetic', '-progressive', data=ppm(RGB))
    yield 'lossless', with_frame_code(jpeg(RGB), 0xC3)
    yield 'hierarchical', with_frame_code(jpeg(RGB), 0xC5)
    yield 'twelve-bits', jpeg(RGB).replace(b'\xff\xc0\0\x11\x08', b'\xff\xc0\0\x11\x0c')
    yield 'two-components', libjpeg(np.stack([GREY, 255 - GREY], -1), None)
    yield 'same-ids', with_ids(jpeg(RGB), (1, 1, 3))
    yield 'two-frames', two_frames(jpeg(RGB))
    yield 'two-starts', join(segments(jpeg(RGB))[0][:1], jpeg(RGB))
    yield 'no-scan', join(segments(jpeg(RGB))[0], b'\xff\xd9')
    yield 'too-many-scans', scans(65)
    yield 'no-end-progressive', jpeg(RGB, progressive=True)[:-2]
    yield 'no-end-cut', jpeg(RGB)[:-100]

def after_frame(file, marker, payload):
    parts, rest = segments(file)
    return join(parts + [(marker, payload)], rest)

def with_frame_code(file, code):
    parts, rest = segments(file)
    return join([(code if m == 0xC0 else m, p) for m, p in parts], rest)

def two_frames(file):
    parts, rest = segments(file)
    return join([part for part in parts for _ in range(2 if part[0] == 0xC0 else 1)], rest)

def scans(count):
    """A scan for each component, of which the last is said again and again."""
    with tempfile.NamedTemporaryFile('w', suffix='.txt') as script:
        script.write('0;1;2;')
        script.flush()
        file = tool('jpegtran', '-scans', script.name, data=jpeg(RGB))
    last = file[file.rindex(b'\xff\xda') : -2]
    return file[:-2] + last * (count - 3) + b'\xff\xd9'

def stray_between(file):
    parts, rest = segments(file)
    return join(parts[:2], b'') + b'\x01\x02\x03' + join(parts[2:], rest)[2:]

def one_table_less(file):
    parts, rest = segments(file)
    last = max(i for i, (m, p) in enumerate(parts) if m == 0xC4)
    return join(parts[:last] + parts[last + 1:], rest)

def without_part(file):
    parts, rest = segments(file)
    return join(parts[:2] + parts[3:], rest)

def jpeg_of_samples(a, sampling):
    return libjpeg(np.ascontiguousarray(a), None, sampling)

def jpeg_rgb():
    return tool('cjpeg', '-quality', '95', '-rgb', data=ppm(RGB))

def ppm(a):
    return b'P6 %d %d 255\n' % (a.shape[1], a.shape[0]) + a.tobytes()

# ---- PNG

def chunk(name, data):
    return struct.pack('>I', len(data)) + name + data + struct.pack('>I', zlib.crc32(name + data))

def pack(samples, bits):
    """[height, width, channels] of this many bits each."""
    rows = []
    for row in samples.reshape(samples.shape[0], -1):
        if bits == 16:
            rows.append(row.astype('>u2').tobytes())
        else:
            b = ((row[:, None] >> np.arange(bits)[::-1]) & 1).astype(np.uint8).ravel()
            rows.append(np.packbits(b).tobytes())
    return rows

ADAM7 = ((0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1))

def png(samples, bits, kind, before=(), interlaced=False, after=(), filters=True):
    samples = np.asarray(samples)
    if samples.ndim == 2: samples = samples[..., None]
    h, w, _ = samples.shape
    parts = [samples[y::dy, x::dx] for y, x, dy, dx in ADAM7] if interlaced else [samples]
    data = b''.join(b'\0' + row for part in parts if part.size for row in pack(part, bits))
    return b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', struct.pack('>IIBBBBB', w, h, bits, kind, 0, 0, int(interlaced))) + \
        b''.join(chunk(n, d) for n, d in before) + chunk(b'IDAT', zlib.compress(data, 9)) + b''.join(chunk(n, d) for n, d in after) + chunk(b'IEND', b'')

def scaled(a, bits):
    return a.astype(int) * ((1 << bits) - 1) // 255

def pngs():
    alpha = np.linspace(0, 255, SIDE).astype(int)[None, :].repeat(SIDE, 0)
    for interlaced in (False, True):
        i = '-interlaced' if interlaced else ''
        for bits in (1, 2, 4, 8, 16):
            g = scaled(GREY, bits)
            yield f'grey-{bits}{i}', png(g, bits, 0, interlaced=interlaced)
            clear = int(g[1, 1])
            yield f'grey-{bits}-trns{i}', png(g, bits, 0, [(b'tRNS', struct.pack('>H', clear))], interlaced)
        for bits in (1, 2, 4, 8):
            n = 1 << bits
            colours = [(255 * k // (n - 1), (k * 97) % 256, 255 - 255 * k // (n - 1)) for k in range(n)]
            plte = (b'PLTE', bytes(c for colour in colours for c in colour))
            yield f'palette-{bits}{i}', png(scaled(GREY, bits), bits, 3, [plte], interlaced)
            yield f'palette-{bits}-trns{i}', png(scaled(GREY, bits), bits, 3, [plte, (b'tRNS', bytes(40 * k % 256 for k in range(max(1, n // 2))))], interlaced)
        for bits in (8, 16):
            c = scaled(RGB, bits)
            a = scaled(alpha, bits)[..., None]
            yield f'rgb-{bits}{i}', png(c, bits, 2, interlaced=interlaced)
            yield f'rgb-{bits}-trns{i}', png(c, bits, 2, [(b'tRNS', struct.pack('>3H', *map(int, c[1, 1])))], interlaced)
            yield f'rgb-{bits}-alpha{i}', png(np.concatenate([c, a], -1), bits, 6, interlaced=interlaced)
            yield f'grey-{bits}-alpha{i}', png(np.concatenate([scaled(GREY, bits)[..., None], a], -1), bits, 4, interlaced=interlaced)
    yield 'grey-4-trns-absent', png(scaled(GREY, 4), 4, 0, [(b'tRNS', struct.pack('>H', 3))])
    yield 'grey-4-trns-high-bits', png(scaled(GREY, 4), 4, 0, [(b'tRNS', struct.pack('>H', 0xFF0 | int(scaled(GREY, 4)[1, 1])))])
    yield 'grey-4-trns-out-of-range', png(scaled(GREY, 4), 4, 0, [(b'tRNS', struct.pack('>H', 0x1000))])
    yield 'grey-2-trns-after-data', png(scaled(GREY, 2), 2, 0, after=[(b'tRNS', b'\0\1')])
    yield 'grey-8-trns-high-bits', png(GREY, 8, 0, [(b'tRNS', struct.pack('>H', 0x300 | int(GREY[1, 1])))])
    yield 'grey-2-with-palette', png(scaled(GREY, 2), 2, 0, [(b'PLTE', bytes(range(12)))])
    yield 'rgb-8-with-palette', png(RGB, 8, 2, [(b'PLTE', bytes(range(12)))])
    for gamma in (45455, 100000, 22222):
        yield f'gamma-{gamma}', png(GREY, 8, 0, [(b'gAMA', struct.pack('>I', gamma))])
        yield f'gamma-{gamma}-rgb', png(RGB, 8, 2, [(b'gAMA', struct.pack('>I', gamma))])
    yield 'gamma-100000-srgb', png(GREY, 8, 0, [(b'sRGB', b'\0'), (b'gAMA', struct.pack('>I', 100000))])
    yield 'chromaticities', png(RGB, 8, 2, [(b'gAMA', struct.pack('>I', 45455)), (b'cHRM', struct.pack('>8I', 31270, 32900, 73470, 26530, 11600, 82600, 15660, 1770))])
    def iccp(p): return (b'iCCP', b'x\0\0' + zlib.compress(p))
    yield 'icc-srgb', png(RGB, 8, 2, [iccp(profile(SRGB, 2.2))])
    yield 'icc-swapped', png(RGB, 8, 2, [iccp(profile(SWAPPED, 2.2))])
    yield 'icc-swapped-alpha', png(np.concatenate([RGB, alpha[..., None]], -1), 8, 6, [iccp(profile(SWAPPED, 2.2))])
    yield 'icc-swapped-16', png(scaled(RGB, 16), 16, 2, [iccp(profile(SWAPPED, 2.2))])
    yield 'icc-wide', png(RGB, 8, 2, [iccp(profile(WIDE, 1.8))])
    yield 'icc-grey-linear', png(GREY, 8, 0, [iccp(profile(None, 1.0))])
    yield 'icc-grey-linear-16', png(scaled(GREY, 16), 16, 0, [iccp(profile(None, 1.0))])
    yield 'icc-grey-linear-4', png(scaled(GREY, 4), 4, 0, [iccp(profile(None, 1.0))])
    yield 'icc-grey-linear-alpha', png(np.stack([GREY, alpha], -1), 8, 4, [iccp(profile(None, 1.0))])
    yield 'icc-grey-linear-trns-2', png(scaled(GREY, 2), 2, 0, [iccp(profile(None, 1.0)), (b'tRNS', b'\0\1')])
    yield 'icc-swapped-palette', png(scaled(GREY, 2), 2, 3, [iccp(profile(SWAPPED, 2.2)), (b'PLTE', bytes([255, 0, 0, 0, 255, 0, 0, 0, 255, 9, 99, 199]))])
    yield 'icc-grey-on-rgb', png(RGB, 8, 2, [iccp(profile(None, 1.0))])
    yield 'icc-rgb-on-grey', png(GREY, 8, 0, [iccp(profile(WIDE, 1.8))])
    yield 'icc-broken', png(RGB, 8, 2, [(b'iCCP', b'x\0\0' + b'not zlib')])
    yield 'icc-and-srgb', png(RGB, 8, 2, [(b'sRGB', b'\0'), iccp(profile(SWAPPED, 2.2))])
    wide = paint(14, 28)
    for n in range(1, 9):
        yield f'orientation-{n}', png(wide, 8, 2, [(b'eXIf', exif(n))])
    yield 'orientation-6-II', png(wide, 8, 2, [(b'eXIf', exif(6, '<'))])
    yield 'orientation-6-after-data', png(wide, 8, 2, after=[(b'eXIf', exif(6))])
    yield 'orientation-6-with-name', png(wide, 8, 2, [(b'eXIf', b'Exif\0\0' + exif(6))])
    yield 'orientation-6-in-text', png(wide, 8, 2, [(b'zTXt', b'Raw profile type exif\0\0' + zlib.compress(b'\nexif\n%8d\n' % len(b'Exif\0\0' + exif(6)) + (b'Exif\0\0' + exif(6)).hex().encode() + b'\n'))])
    yield 'orientation-two-6-3', png(wide, 8, 2, [(b'eXIf', exif(6)), (b'eXIf', exif(3))])
    yield 'trailing', png(RGB, 8, 2) + b'trailing'
    yield 'bad-crc-ancillary', png(RGB, 8, 2, [(b'tEXt', b'a\0b')]).replace(b'tEXta\0b', b'tEXta\0c')
    yield 'sbit-5', png(RGB, 8, 2, [(b'sBIT', bytes([5, 5, 5]))])
    yield 'background', png(np.concatenate([RGB, alpha[..., None]], -1), 8, 6, [(b'bKGD', bytes([0, 255, 0, 255, 0, 255]))])
    yield 'data-in-pieces', pieces(png(RGB, 8, 2))
    yield 'animated', png(RGB, 8, 2, [(b'acTL', struct.pack('>II', 2, 1)), (b'fcTL', animation_frame(0))],
        after=[(b'fcTL', animation_frame(1)), (b'fdAT', struct.pack('>I', 2) + zlib.compress(b''.join(b'\0' + r for r in pack(255 - RGB, 8))))])

def refused_pngs():
    yield 'grey-2-trns-short', png(scaled(GREY, 2), 2, 0, [(b'tRNS', b'\1')])
    yield 'grey-2-trns-long', png(scaled(GREY, 2), 2, 0, [(b'tRNS', b'\0\1\0')])
    yield 'palette-4-short', png(scaled(GREY, 4), 4, 3, [(b'PLTE', bytes(range(100, 124)))])
    yield 'palette-8-short', png(GREY, 8, 3, [(b'PLTE', bytes(range(100, 124)))])
    yield 'palette-2-trns-too-long', png(scaled(GREY, 2), 2, 3, [(b'PLTE', bytes(range(0, 240, 20))), (b'tRNS', bytes(range(0, 200, 20)))])
    yield 'cicp-p3', png(RGB, 8, 2, [(b'cICP', bytes([12, 13, 0, 1]))])
    yield 'cicp-pq', png(RGB, 8, 2, [(b'cICP', bytes([9, 16, 0, 1]))])
    yield 'no-iend', png(RGB, 8, 2)[:-12]
    yield 'cut', png(RGB, 8, 2)[:-100]
    yield 'bad-crc', png(RGB, 8, 2).replace(b'IDATx', b'IDAT\x79')
    yield 'nine-bits', png(GREY, 9, 0)
    yield 'two-palettes', png(scaled(GREY, 2), 2, 3, [(b'PLTE', bytes(range(12)))] * 2)
    yield 'animated-without-first', png(RGB, 8, 2, [(b'acTL', struct.pack('>II', 1, 1))],
        after=[(b'fcTL', animation_frame(0)), (b'fdAT', struct.pack('>I', 1) + zlib.compress(b''.join(b'\0' + r for r in pack(255 - RGB, 8))))])

def animation_frame(number):
    return struct.pack('>IIIIIHHBB', number, SIDE, SIDE, 0, 0, 1, 2, 0, 0)

def pieces(file):
    at = file.index(b'IDAT') - 4
    length = struct.unpack('>I', file[at : at + 4])[0]
    data = file[at + 8 : at + 8 + length]
    return file[:at] + b''.join(chunk(b'IDAT', data[i : i + 50]) for i in range(0, length, 50)) + file[at + 12 + length :]

# ---- what is right

def shown(files):
    """{file: (width, height, RGBA)} as Chromium draws them on a canvas."""
    pictures = {str(f): base64.b64encode(f.read_bytes()).decode() for f in files}
    page = '''<pre id=out></pre><script>
const pictures = %s;
(async () => {
  const out = {};
  for (const [name, data] of Object.entries(pictures)) {
    const image = new Image();
    await new Promise(done => {
      image.onload = done; image.onerror = done;
      image.src = `data:image/${name.endsWith('png') ? 'png' : 'jpeg'};base64,${data}`;
    });
    const canvas = document.createElement('canvas');
    canvas.width = image.naturalWidth; canvas.height = image.naturalHeight;
    const context = canvas.getContext('2d', {willReadFrequently: true});
    context.drawImage(image, 0, 0);
    const pixels = context.getImageData(0, 0, canvas.width, canvas.height).data;
    out[name] = [canvas.width, canvas.height, btoa(String.fromCharCode(...pixels))];
  }
  document.getElementById('out').textContent = JSON.stringify(out);
})();
</script>''' % json.dumps(pictures)
    with tempfile.TemporaryDirectory() as d:
        file = pathlib.Path(d, 'page.html')
        file.write_text(page)
        dom = subprocess.run(['chromium', '--headless', '--no-sandbox', '--disable-gpu', '--force-color-profile=srgb', '--user-data-dir=' + d,
            '--virtual-time-budget=60000', '--dump-dom', file.as_uri()], capture_output=True, text=True, check=True).stdout
    text = html.unescape(re.search(r'<pre id="out">(.*?)</pre>', dom, re.S).group(1))
    return {pathlib.Path(name): (w, h, base64.b64decode(rgba)) for name, (w, h, rgba) in json.loads(text).items()}

def by_pillow(file):
    """Turned, but without colour profile and gamma."""
    rgba = ImageOps.exif_transpose(Image.open(file)).convert('RGBA')
    return rgba.width, rgba.height, rgba.tobytes()

def by_formula(file):
    """That of the ink profile, without its table."""
    c, m, y, k = np.moveaxis(np.array(Image.open(file)) / 255, -1, 0)
    L, a, b = lab(c, m, y, k)
    fy = (L + 16) / 116
    t = np.stack([fy + a / 500, fy, fy - b / 200], -1)
    xyz = np.where(t > 6 / 29, t ** 3, 3 * (6 / 29) ** 2 * (t - 4 / 29)) * [.9642, 1, .8249]
    linear = np.clip(xyz @ np.linalg.inv(np.array(SRGB).T).T, 0, 1)
    rgb = np.where(linear <= .0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - .055)
    rgba = np.concatenate([rgb * 255 + .5, np.full_like(rgb[..., :1], 255)], -1).astype(np.uint8)
    return rgba.shape[1], rgba.shape[0], rgba.tobytes()

# Why another: README.md.
OTHERS = {by_pillow: re.compile(r'gamma-\d+(-rgb)?\.png|chromaticities\.png|orientation-6-after-data\.png'),
          by_formula: re.compile(r'icc-(cmyk|ycck)\.jpg')}

def grey(width, height, rgba):
    p = np.frombuffer(rgba, np.uint8).reshape(height, width, 4).astype(float)
    return np.floor((p[..., :3] @ [.299, .587, .114]) * p[..., 3] / 255 + .5).astype(np.uint8)

def write(folder, kinds):
    folder.mkdir(exist_ok=True)
    for file in folder.iterdir():
        file.unlink()
    for suffix, made in kinds.items():
        for name, data in made:
            (folder / f'{name}.{suffix}').write_bytes(data)
    return sorted(folder.iterdir())

def main():
    write(HERE / 'refused', {'jpg': refused_jpegs(), 'png': refused_pngs()})
    files = write(HERE / 'shown', {'jpg': jpegs(), 'png': pngs()})
    for i in range(0, len(files), 40):
        for file, picture in shown(files[i : i + 40]).items():
            for other, names in OTHERS.items():
                if names.fullmatch(file.name):
                    picture = other(file)
            rgb = np.frombuffer(picture[2], np.uint8).reshape(-1, 4)[:, :3].mean(0)
            print(f'{file.name}, {rgb[0]:.0f}, {rgb[1]:.0f}, {rgb[2]:.0f}')
            (file.parent / (file.name + '.grey')).write_bytes(stretch(grey(*picture)).tobytes())

if __name__ == '__main__':
    main()
