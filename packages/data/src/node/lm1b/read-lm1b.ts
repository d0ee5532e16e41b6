import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { D3pmError, quoted } from '@d3pm/core';
import { assertPacking, packedDataset, type PackedPieces, type PackingOptions } from '../../packed-pieces.ts';
import { dataFolder } from '../download/data-folder.ts';
import { knownDownloads, type KnownDownload } from '../download/known-downloads.ts';
import { readTokenizer } from '../read-tokenizer.ts';
import { describeSplit } from './describe-split.ts';
import { filesSource, lm1bSource } from './lm1b-source.ts';
import { planSplits } from './plan-splits.ts';
import { keptTokens, tokeniseSplits } from './tokenise-splits.ts';

export interface ReadLm1bOptions extends PackingOptions {
  /** A SentencePiece model. @defaultValue `lm1b-sentencepiece-8k.model` in `dataFolder()`, which is the authors', from d3pm/text/data of their code */
  readonly modelPath?: string;
  /** The archive as published, or the folder unpacked from it. @defaultValue what `d3pm download lm1b` has put into the cache folder */
  readonly path?: string;
  /** Instead of `path`: a text in UTF-8 for each split, a sentence a line. */
  readonly files?: Lm1bFiles;
  /** How many of the 99 training shards are read, from the first on: each is about 300,000 sentences and 20 MB of tokens. @defaultValue 99 */
  readonly trainShards?: number;
  /** How many of the 50 held-out shards: all of them are the 306,688 sentences of the paper's test set. @defaultValue 50 */
  readonly testShards?: number;
  /** Where tokens are kept for the next time. @defaultValue `dataFolder()` */
  readonly cacheFolder?: string;
  /** Is told how far it is, what is made anew and why, and what each split holds. */
  readonly onNotice?: (text: string) => void;
  /** What is read without `path` and `files`. @defaultValue knownDownloads.lm1b */
  readonly download?: KnownDownload;
}

export interface Lm1bFiles {
  readonly train: string;
  readonly test: string;
  readonly valid?: string;
}

export interface Lm1b extends Readonly<Record<string, PackedPieces>> {
  readonly train: PackedPieces;
  readonly test: PackedPieces;
}

/**
 * LM1B as packed word pieces: see `packedPieces` for what a sequence and a word are. Shards are in the order of their numbers; the
 * archive has no validation split. No connection is made.
 *
 * Tokens, 2 bytes each, are held in memory (2 GB for all 99 shards, twice that while they are made, which takes minutes) and kept in
 * files `lm1b-SPLIT-….tokens`. One that is damaged, or was made from another text, is made anew, and `onNotice` is told.
 *
 * @throws {D3pmError} `INVALID_DATA`, naming the file, for one that is missing or damaged, bytes that are not UTF-8 (with their offset),
 * and a text of less than one example; `INVALID_OPTIONS` as `packedPieces`, and for both `path` and `files`; `DOWNLOAD` without either
 * when LM1B has not been fetched, and without a model
 */
export async function readLm1b(options: ReadLm1bOptions): Promise<Lm1b> {
  const {
    modelPath,
    path,
    files,
    length,
    download = knownDownloads.lm1b,
    cacheFolder = dataFolder(),
    onNotice = () => undefined,
  } = options;
  if (path !== undefined && files !== undefined) {
    throw new D3pmError('INVALID_OPTIONS', 'readLm1b: path and files are both given, expected one of them');
  }
  const { tokenizer, sha256 } = await readTokenizer(modelPath ?? (await keptModel()));
  assertPacking('readLm1b', options, tokenizer.numPieces);
  const source = files === undefined ? await lm1bSource(path, download) : filesSource(files);
  const plans = await planSplits(options, { source, model: sha256, folder: cacheFolder });
  const packed = await keptTokens(plans, onNotice);
  const missing = plans.filter(({ split }) => !packed.has(split));
  if (missing.length > 0) {
    for await (const [split, made] of tokeniseSplits(missing, source, { ...options, tokenizer, onNotice })) packed.set(split, made);
  }
  const splits = plans.map(({ split }) => {
    const dataset = packedDataset(packed.get(split)!, { tokenizer, length, name: `lm1b/${split}` });
    onNotice(describeSplit(dataset));
    return [split, dataset] as const;
  });
  return Object.fromEntries(splits) as unknown as Lm1b;
}

const MODEL = 'lm1b-sentencepiece-8k.model';

async function keptModel(): Promise<string> {
  const path = join(dataFolder(), MODEL);
  if (await stat(path).catch(() => undefined)) return path;
  throw new D3pmError(
    'DOWNLOAD',
    `readLm1b: no modelPath is given, and ${quoted(path)} is not there; save ${MODEL} of the authors' code (google-research, d3pm/text/data) there, or give the path of any SentencePiece model`,
  );
}
