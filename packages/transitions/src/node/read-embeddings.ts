import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { D3pmError, isD3pmError } from '@d3pm/core';
import { embeddingTable, type EmbeddingTable } from '../nearest-neighbor/embedding-table.ts';
import { parseNpy } from './parse-npy.ts';
import { parseWordVectors } from './parse-word-vectors.ts';

export interface EmbeddingFile extends EmbeddingTable {
  /** What each row belongs to, where the file says it. */
  readonly tokens?: readonly string[];
}

type Parse = (bytes: Uint8Array) => EmbeddingFile;

const text = (bytes: Uint8Array): string => new TextDecoder('utf-8', { fatal: true }).decode(bytes);

const PARSERS: Readonly<Record<string, Parse>> = {
  '.npy': parseNpy,
  '.json': (bytes) => embeddingTable('its contents', JSON.parse(text(bytes))),
  '.txt': (bytes) => parseWordVectors(text(bytes)),
  '.vec': (bytes) => parseWordVectors(text(bytes)),
};

/**
 * Embeddings from a file, by its extension:
 *
 *     .npy          a float32 or float64 array of two axes, in C order
 *     .txt, .vec    the text of word2vec and GloVe, `token v1 v2 …` a line, with or without a first line `K D`
 *     .json         an array of arrays of numbers
 *
 * @throws {D3pmError} `INVALID_DATA` with the path, and with the line or what it is that is wrong, for a file that is missing or
 * of another format, ragged, or has a number that is not finite.
 */
export async function readEmbeddings(path: string): Promise<EmbeddingFile> {
  const refuse = (reason: string, cause?: unknown): never => {
    throw new D3pmError('INVALID_DATA', `readEmbeddings: ${path}: ${reason}`, { cause });
  };
  const extension = extname(path).toLowerCase();
  if (!Object.hasOwn(PARSERS, extension)) {
    return refuse(`the extension is "${extension}", expected one of ${Object.keys(PARSERS).join(', ')}`);
  }
  const bytes = await readFile(path).catch((cause: unknown) => {
    const { code, message } = cause as NodeJS.ErrnoException;
    return refuse(code === 'ENOENT' ? 'there is no such file' : code === 'EISDIR' ? 'it is a directory' : message, cause);
  });
  try {
    const file = PARSERS[extension]!(bytes);
    return { ...embeddingTable('its contents', file), ...(file.tokens && { tokens: file.tokens }) };
  } catch (cause) {
    const isOfFormat = isD3pmError(cause) || cause instanceof SyntaxError || cause instanceof TypeError;
    if (!isOfFormat) throw cause;
    return refuse(cause.message, cause);
  }
}
