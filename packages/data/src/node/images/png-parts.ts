import { quoted } from '@d3pm/core';
import type { Damage } from '../../formats/open-file-bytes.ts';

export interface PngHeader {
  readonly width: number;
  readonly height: number;
  /** Bits of a sample. */
  readonly depth: number;
  /** 0 grey, 2 colour, 3 palette, 4 grey and alpha, 6 colour and alpha. */
  readonly colorType: number;
  readonly interlaced: boolean;
}

/** The parts of a PNG that say what its pixels are; all others are left out, whatever they hold. */
export interface PngParts {
  readonly header: PngHeader;
  /** Whole chunks, with length and checksum, in the order of the format. */
  readonly chunks: readonly Uint8Array[];
  /** What the IDAT chunks hold. */
  readonly compressed: readonly Uint8Array[];
  /** The one grey or colour that is transparent, as samples of the file. */
  readonly colourKey: readonly number[] | undefined;
}

export const PNG_SIGNATURE: readonly number[] = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const DEPTHS: ReadonlyMap<number, readonly number[]> = new Map([
  [0, [1, 2, 4, 8, 16]],
  [2, [8, 16]],
  [3, [1, 2, 4, 8]],
  [4, [8, 16]],
  [6, [8, 16]],
]);
const PALETTE = 3;
const MOST_COLOURS = 256;

/** Chunks, each `length type data checksum`, up to IEND. Checksums are left to the decoder. */
export function pngParts(bytes: Uint8Array, damaged: Damage): PngParts {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found = new Map<string, Uint8Array>();
  const data: Uint8Array[] = [];
  for (let offset = PNG_SIGNATURE.length; !found.has('IEND');) {
    const length = offset + 8 <= bytes.length ? view.getUint32(offset) : 0;
    const end = offset + 12 + length;
    if (end > bytes.length)
      throw damaged(`the chunk at offset ${offset} ends at ${end}, the file has ${bytes.length} bytes: it is cut short`);
    const type = String.fromCharCode(...bytes.subarray(offset + 4, offset + 8));
    const chunk = bytes.subarray(offset, end);
    if (found.size === 0 && type !== 'IHDR') throw damaged(`its first chunk is ${quoted(type)} (offset ${offset}), expected "IHDR"`);
    if (type === 'IDAT') data.push(chunk);
    else if (type === 'IHDR' || type === 'PLTE' || type === 'tRNS' || type === 'IEND') {
      if (found.has(type)) throw damaged(`it has a second ${type} (offset ${offset})`);
      found.set(type, chunk);
    } else if (!/^[a-z][A-Za-z]{3}$/.test(type)) throw damaged(`the chunk ${quoted(type)} at offset ${offset} is not known, but needed`);
    offset = end;
  }
  const header = readHeader(found.get('IHDR')!, damaged);
  if (data.length === 0) throw damaged('it has no data, expected an IDAT chunk');
  return {
    header,
    chunks: [found.get('IHDR')!, ...paletteChunks(header, found, damaged), ...data, found.get('IEND')!],
    compressed: data.map(contentOf),
    colourKey: readColourKey(header, found.get('tRNS'), damaged),
  };
}

const contentOf = (chunk: Uint8Array): Uint8Array => chunk.subarray(8, -4);

function readHeader(chunk: Uint8Array, damaged: Damage): PngHeader {
  const content = contentOf(chunk);
  if (content.length !== 13) throw damaged(`its IHDR has ${content.length} bytes, expected 13`);
  const view = new DataView(content.buffer, content.byteOffset, content.byteLength);
  const [depth, colorType, compression, filter, interlace] = content.subarray(8) as unknown as [number, number, number, number, number];
  if (!DEPTHS.get(colorType)?.includes(depth))
    throw damaged(`its header says colour type ${colorType} with ${depth} bits, which is no PNG`);
  if (compression !== 0 || filter !== 0 || interlace > 1) {
    throw damaged(`its header says compression ${compression}, filter ${filter}, interlace ${interlace}, expected 0, 0, and 0 or 1`);
  }
  return { width: view.getUint32(0), height: view.getUint32(4), depth, colorType, interlaced: interlace === 1 };
}

/** A palette beside colours is but advice, and is left out. */
function paletteChunks({ colorType }: PngHeader, found: ReadonlyMap<string, Uint8Array>, damaged: Damage): readonly Uint8Array[] {
  if (colorType !== PALETTE) return [];
  const palette = found.get('PLTE');
  if (palette === undefined) throw damaged('it has no palette, expected a PLTE chunk for colour type 3');
  const length = contentOf(palette).length;
  if (length === 0 || length > 3 * MOST_COLOURS) throw damaged(`its palette has ${length} bytes, expected 3…${3 * MOST_COLOURS}`);
  const alpha = found.get('tRNS');
  return alpha === undefined ? [palette] : [palette, alpha];
}

function readColourKey({ colorType }: PngHeader, chunk: Uint8Array | undefined, damaged: Damage): readonly number[] | undefined {
  if (chunk === undefined || colorType === PALETTE) return undefined;
  const content = contentOf(chunk);
  const samples = colorType === 0 ? 1 : 3;
  if (colorType > PALETTE || content.length !== 2 * samples) {
    throw damaged(`its tRNS has ${content.length} bytes, which colour type ${colorType} does not allow`);
  }
  return Array.from({ length: samples }, (_, i) => 256 * content[2 * i]! + content[2 * i + 1]!);
}
