import type { Damage } from '../../formats/open-file-bytes.ts';

export interface JpegHeader {
  readonly width: number;
  readonly height: number;
  readonly components: readonly JpegComponent[];
  readonly progressive: boolean;
  /** Whether the three components are red, green and blue themselves, and not luma and chroma. */
  readonly isRgb: boolean;
}

interface JpegComponent {
  readonly id: number;
  /** Samples across and down in each unit, 1…4. */
  readonly h: number;
  readonly v: number;
}

const START_OF_FRAME = { first: 0xc0, last: 0xcf, none: [0xc4, 0xc8, 0xcc] };
/** Baseline, extended, progressive, all Huffman-coded. */
const DECODED = [0xc0, 0xc1, 0xc2];
const START_OF_SCAN = 0xda;
const END = 0xd9;
const ADOBE = 0xee;
/** Files in use have 12 at most; a thousand empty ones make a small file take minutes. */
const MOST_SCANS = 100;

/** Goes through all segments, each `FF marker length data`, and past the coded data of each scan, to the end marker. */
export function jpegHeader(bytes: Uint8Array, damaged: Damage): JpegHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let frame: Omit<JpegHeader, 'isRgb'> | undefined;
  let adobeTransform: number | undefined;
  let scans = 0;
  for (let offset = 2; ;) {
    while (bytes[offset] === 0xff && bytes[offset + 1] === 0xff) offset++;
    const marker = bytes[offset + 1];
    if (marker === undefined) throw damaged(`it is cut short: ${bytes.length} bytes without an end marker`);
    if (bytes[offset] !== 0xff) throw damaged(`byte ${bytes[offset]} at offset ${offset}, expected a marker, which begins with 255`);
    if (marker === END) break;
    const length = offset + 4 <= bytes.length ? view.getUint16(offset + 2) : 2;
    const next = offset + 2 + length;
    if (length < 2) throw damaged(`the segment at offset ${offset} has length ${length}, expected at least 2`);
    if (next > bytes.length)
      throw damaged(`the segment at offset ${offset} ends at ${next}, the file has ${bytes.length} bytes: it is cut short`);
    const content = bytes.subarray(offset + 4, next);
    if (marker >= START_OF_FRAME.first && marker <= START_OF_FRAME.last && !START_OF_FRAME.none.includes(marker)) {
      if (frame !== undefined) throw damaged(`it has a second frame at offset ${offset}`);
      frame = readFrame(marker, content, damaged);
    }
    if (marker === ADOBE && String.fromCharCode(...content.subarray(0, 5)) === 'Adobe') adobeTransform = content[11];
    offset = next;
    if (marker === START_OF_SCAN) {
      if (frame === undefined) throw damaged('a scan comes before the frame, which says its size');
      if (++scans > MOST_SCANS) throw damaged(`it has more than ${MOST_SCANS} scans`);
      offset = endOfScan(bytes, offset);
    }
  }
  if (frame === undefined || scans === 0) throw damaged('it has no image');
  const ids = String.fromCharCode(...frame.components.map(({ id }) => id));
  return { ...frame, isRgb: adobeTransform === undefined ? ids === 'RGB' : adobeTransform === 0 };
}

/** The next marker that is no restart, no stuffed zero. */
function endOfScan(bytes: Uint8Array, start: number): number {
  for (let at = bytes.indexOf(0xff, start); at !== -1; at = bytes.indexOf(0xff, at + 1)) {
    const next = bytes[at + 1];
    if (next !== undefined && next !== 0 && next !== 0xff && (next < 0xd0 || next > 0xd7)) return at;
  }
  return bytes.length;
}

function readFrame(marker: number, content: Uint8Array, damaged: Damage): Omit<JpegHeader, 'isRgb'> {
  if (!DECODED.includes(marker))
    throw damaged(`it is coded as SOF${marker - START_OF_FRAME.first}, only baseline and progressive are read`);
  const count = content[5] ?? 0;
  if (content.length !== 6 + 3 * count) throw damaged(`its frame has ${content.length} bytes for ${count} components`);
  if (content[0] !== 8) throw damaged(`it has ${content[0]} bits a sample, only 8 are read`);
  if (count !== 1 && count !== 3) {
    throw damaged(`it has ${count} components, expected 1 (grey) or 3 (colour)${count === 4 ? '; it is in CMYK, save it in RGB' : ''}`);
  }
  const components = Array.from({ length: count }, (_, i): JpegComponent => {
    const factors = content[7 + 3 * i]!;
    return { id: content[6 + 3 * i]!, h: factors >> 4, v: factors & 15 };
  });
  const isFactor = (factor: number): boolean => factor >= 1 && factor <= 4;
  if (!components.every(({ h, v }) => isFactor(h) && isFactor(v)) || new Set(components.map(({ id }) => id)).size !== count) {
    throw damaged('its components have one name, or sampling factors that are not 1…4');
  }
  const [height, width] = [256 * content[1]! + content[2]!, 256 * content[3]! + content[4]!];
  return { width, height, components, progressive: marker === 0xc2 };
}
