import { D3pmError } from '@d3pm/core';
import type { EmbeddingFile } from './read-embeddings.ts';

/**
 * The text of word2vec and GloVe: `token v1 v2 …` a line, parted by spaces or tabs, with or without a first line `K D`.
 *
 * @throws {D3pmError} `INVALID_DATA` with the line that has another count of numbers, a text that is none, or a token for
 * the second time, and for a K that is not the number of lines.
 */
export function parseWordVectors(text: string): EmbeddingFile {
  const lines = text.split('\n').map((line) =>
    line
      .replace(/^\uFEFF/, '')
      .replace(/[ \t\r]+$/, '')
      .split(/[ \t]+/),
  );
  if (lines.at(-1)!.length === 1 && lines.at(-1)![0] === '') lines.pop();
  const header = headerOf(lines);
  const rows = header ? lines.slice(1) : lines;
  const firstLine = header ? 2 : 1;
  if (rows.length === 0) refuse('it has no vectors');
  if (header && header.numRows !== rows.length) refuse(`line 1 says ${header.numRows} vectors, but ${rows.length} lines follow`);
  const numDimensions = header?.numDimensions ?? rows[0]!.length - 1;
  if (numDimensions < 1) refuse(`line ${firstLine} has a token and no numbers`);

  const values = new Float64Array(rows.length * numDimensions);
  const lineOf = new Map<string, number>();
  rows.forEach(([token, ...entries], row) => {
    const line = firstLine + row;
    if (entries.length !== numDimensions) refuse(`line ${line} has ${entries.length} numbers after its token, expected ${numDimensions}`);
    if (lineOf.has(token!)) refuse(`line ${line} has the token ${JSON.stringify(token)} of line ${lineOf.get(token!)} again`);
    lineOf.set(token!, line);
    entries.forEach((entry, column) => {
      const value = Number(entry);
      if (entry === '' || !Number.isFinite(value))
        refuse(`line ${line} has ${JSON.stringify(entry)} as number ${column + 1}, expected a finite one`);
      values[row * numDimensions + column] = value;
    });
  });
  return { values, numDimensions, tokens: [...lineOf.keys()] };
}

/** `K D`, two integers in a first line, followed by a line that is longer, or by K vectors of one number. */
function headerOf(lines: readonly (readonly string[])[]): { readonly numRows: number; readonly numDimensions: number } | undefined {
  const [first, second] = lines;
  if (!first || !second || first.length !== 2 || !first.every((entry) => /^\d+$/.test(entry))) return undefined;
  const [numRows, numDimensions] = first.map(Number) as [number, number];
  const isHeader = second.length > 2 || (numDimensions === 1 && numRows === lines.length - 1);
  return isHeader ? { numRows, numDimensions } : undefined;
}

function refuse(reason: string): never {
  throw new D3pmError('INVALID_DATA', reason);
}
