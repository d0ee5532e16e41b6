import { open, rm, type FileHandle } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import type { PackedTokens, PieceCounts } from '../../pack-pieces.ts';
import { keepFile } from '../download/keep-file.ts';

/** Everything that decides the tokens, as JSON. */
export type TokenKey = Readonly<Record<string, unknown>>;

interface Header {
  readonly format: typeof FORMAT;
  readonly version: typeof VERSION;
  readonly key: TokenKey;
  readonly counts: PieceCounts;
  readonly numExamples: number;
  readonly numPositions: number;
  readonly crc32: number;
}

const FORMAT = 'd3pm tokens';
const VERSION = 1;
/** The first bytes, where the header and its line end are. */
const HEADER_BYTES = 1 << 16;
/** Of one read or write. */
const PIECE = 1 << 26;
const CUT = 'it is cut short or has grown';

/**
 * Writes tokens as `JSON header, blanks, line end · float64 words [size] · uint16 tokens [size · L]`, numbers in the order of the
 * machine, which the key names. After a crash there is the whole file or none.
 */
export async function writeTokenFile(path: string, key: TokenKey, { tokens, words, ...counts }: PackedTokens): Promise<void> {
  const parts = [bytesOf(words), bytesOf(tokens)];
  const header: Header = {
    format: FORMAT,
    version: VERSION,
    key,
    counts,
    numExamples: words.length,
    numPositions: tokens.length,
    crc32: parts.reduce((sum, part) => checksum(part, sum), 0),
  };
  const partial = `${path}.${process.pid}.partial`;
  try {
    const file = await open(partial, 'w');
    try {
      await writeAll(file, Buffer.from(`${JSON.stringify(header).padEnd(HEADER_BYTES - 1)}\n`));
      for (const part of parts) await writeAll(file, part);
    } finally {
      await file.close();
    }
    await keepFile(partial, path);
  } catch (cause) {
    await rm(partial, { force: true });
    throw cause;
  }
}

/** The tokens of a file, or why they are of no use; `missing` when there is no file. */
export async function readTokenFile(path: string, key: TokenKey): Promise<PackedTokens | string> {
  let file: FileHandle;
  try {
    file = await open(path, 'r');
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    return code === 'ENOENT' ? 'missing' : message;
  }
  try {
    const start = Buffer.alloc(HEADER_BYTES);
    if (!(await readAll(file, start, 0))) return CUT;
    const header = parseHeader(start.toString('utf8'));
    if (header === undefined) return 'it has no header of this version';
    if (JSON.stringify(header.key) !== JSON.stringify(key)) return 'it was made from another file, model or options';
    const [words, tokens] = [new Float64Array(header.numExamples), new Uint16Array(header.numPositions)];
    const parts = [bytesOf(words), bytesOf(tokens)];
    if ((await file.stat()).size !== HEADER_BYTES + parts[0]!.length + parts[1]!.length) return CUT;
    let [offset, sum] = [HEADER_BYTES, 0];
    for (const part of parts) {
      if (!(await readAll(file, part, offset))) return CUT;
      offset += part.length;
      sum = checksum(part, sum);
    }
    return sum === header.crc32 ? { ...header.counts, words, tokens } : 'its checksum is wrong';
  } finally {
    await file.close();
  }
}

function parseHeader(text: string): Header | undefined {
  try {
    const header = JSON.parse(text) as Header;
    const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;
    const whole = header.format === FORMAT && header.version === VERSION && isCount(header.numExamples) && isCount(header.numPositions);
    return whole ? header : undefined;
  } catch {
    return undefined;
  }
}

const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array => new Uint8Array(buffer, byteOffset, byteLength);

function checksum(bytes: Uint8Array, start: number): number {
  let sum = start;
  for (let at = 0; at < bytes.length; at += PIECE) sum = crc32(bytes.subarray(at, at + PIECE), sum);
  return sum;
}

async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length; at += PIECE) await file.writeFile(bytes.subarray(at, at + PIECE));
}

/** Whether all of `into` could be filled. */
async function readAll(file: FileHandle, into: Uint8Array, position: number): Promise<boolean> {
  for (let at = 0; at < into.length;) {
    const { bytesRead } = await file.read(into, at, Math.min(PIECE, into.length - at), position + at);
    if (bytesRead === 0) return false;
    at += bytesRead;
  }
  return true;
}
