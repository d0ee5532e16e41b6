import { D3pmError, quoted } from '@d3pm/core';

const NEWLINE = 0x0a;
/** Longer than any sentence; a file without line ends must not be gathered whole. */
const LONGEST_LINE = 2 ** 24;

export interface TextLinesOptions {
  /** Begins messages. */
  readonly caller: string;
  readonly fileName: string;
}

/**
 * The lines of a text in UTF-8, in blocks as they come; CRLF, and a mark of byte order, are left to `trim`. The last may lack its end.
 *
 * @throws {D3pmError} `INVALID_DATA` for other bytes than UTF-8, with the offset, and for a line of more than 16 MB; an error of `chunks` as it is
 */
export async function* textLines(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  { caller, fileName }: TextLinesOptions,
): AsyncGenerator<string[]> {
  const fail = (problem: string): D3pmError => new D3pmError('INVALID_DATA', `${caller}: ${quoted(fileName)}: ${problem}`);
  let rest = new Uint8Array(0);
  let offset = 0;
  const linesOf = (block: Uint8Array): string[] => {
    try {
      const lines = new TextDecoder('utf-8', { fatal: true }).decode(block).split('\n');
      offset += block.length;
      return lines;
    } catch {
      const at = invalidAt(block);
      const byte =
        block[at] === undefined ? 'its last character is cut off' : `byte 0x${block[at].toString(16).toUpperCase().padStart(2, '0')}`;
      throw fail(`is not UTF-8: ${byte} at offset ${offset + at}; convert it, or fetch it again`);
    }
  };
  for await (const chunk of chunks) {
    const end = chunk.lastIndexOf(NEWLINE) + 1;
    if (rest.length + chunk.length - end > LONGEST_LINE)
      throw fail(`has a line of more than ${LONGEST_LINE} bytes; it is to have a sentence a line`);
    if (end > 0) yield linesOf(joined(rest, chunk.subarray(0, end - 1)));
    if (end > 0) offset++;
    // A copy, for a chunk may be memory that its source uses again.
    rest = end > 0 ? chunk.slice(end) : joined(rest, chunk);
  }
  if (rest.length > 0) yield linesOf(rest);
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(first.length + second.length);
  bytes.set(first);
  bytes.set(second, first.length);
  return bytes;
}

/** The byte at which a text stops being UTF-8: the first whose prefix cannot be the start of any; its length when the end is missing. */
function invalidAt(bytes: Uint8Array): number {
  const isStart = (length: number): boolean => {
    try {
      new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, length), { stream: true });
      return true;
    } catch {
      return false;
    }
  };
  let [good, bad] = [0, bytes.length + 1];
  while (bad - good > 1) {
    const middle = Math.floor((good + bad) / 2);
    if (isStart(middle)) good = middle;
    else bad = middle;
  }
  return good;
}
