import { createReadStream, type Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { D3pmError, quoted } from '@d3pm/core';
import { gunzipChunks } from '../archives/gunzip-chunks.ts';
import { tarEntries } from '../archives/tar-entries.ts';
import { keptDownload, keptPath } from '../download/kept-download.ts';
import type { KnownDownload } from '../download/known-downloads.ts';
import type { Lm1bFiles } from './read-lm1b.ts';

/** A file as it is told from another that has taken its place. */
export interface FileStamp {
  readonly name: string;
  readonly bytes: number;
  readonly modifiedMs: number;
}

export interface TextPart {
  readonly name: string;
  readonly chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

/** Where the texts are. */
export interface Lm1bSource {
  /** What it depends on. */
  stamps(names: readonly string[]): Promise<readonly FileStamp[]>;
  /** The texts of these names, in any order, each once. */
  parts(names: readonly string[]): AsyncGenerator<TextPart>;
}

/** A shard has 42 MB, all of them 4.2 GB. */
const MAX_SHARD_BYTES = 2 ** 29;
const MAX_ARCHIVE_BYTES = 2 ** 36;
const CHUNK = 1 << 20;

/** The archive, or the folder unpacked from it; without a path what `d3pm download lm1b` keeps. */
export async function lm1bSource(path: string | undefined, download: KnownDownload): Promise<Lm1bSource> {
  if (path === undefined) return archiveSource(await keptPath('readLm1b', download), () => keptDownload('readLm1b', download));
  return (await statOf(path)).isDirectory() ? folderSource(path) : archiveSource(path, async () => path);
}

/** One file of text a split, by the name of the split. */
export function filesSource(files: Lm1bFiles): Lm1bSource {
  const pathOf = (name: string): string => files[name as keyof Lm1bFiles]!;
  return {
    stamps: (names) => stampsOf(names.map(pathOf)),
    parts: async function* (names) {
      for (const name of names) yield { name, chunks: readChunks(pathOf(name)) };
    },
  };
}

function archiveSource(path: string, checked: () => Promise<string>): Lm1bSource {
  return {
    stamps: () => stampsOf([path]),
    parts: async function* (names) {
      const wanted = new Set(names);
      const missing = new Set(names);
      const archiveName = await checked();
      const unpacked = gunzipChunks(readChunks(archiveName), { maxBytes: MAX_ARCHIVE_BYTES, archiveName });
      const options = { wanted: (name: string) => wanted.has(name), maxBytes: MAX_SHARD_BYTES, archiveName };
      for await (const { name, bytes } of tarEntries(unpacked, options)) {
        if (!missing.delete(name))
          throw new D3pmError('INVALID_DATA', `readLm1b: member ${quoted(name)} of ${quoted(path)} is there twice`);
        yield { name, chunks: [bytes] };
      }
      const [first] = missing;
      if (first !== undefined) {
        throw new D3pmError(
          'INVALID_DATA',
          `readLm1b: ${quoted(path)} has no member ${quoted(first)}; it is to be the archive of LM1B, or ask for fewer shards`,
        );
      }
    },
  };
}

/** The folder that the archive unpacks to, or the one around it. */
function folderSource(folder: string): Lm1bSource {
  const pathOf = async (name: string): Promise<string> => {
    const inner = join(folder, ...name.split('/').slice(1));
    return (await stat(inner).catch(() => undefined)) ? inner : join(folder, name);
  };
  return {
    stamps: async (names) => stampsOf(await Promise.all(names.map(pathOf))),
    parts: async function* (names) {
      for (const name of names) yield { name, chunks: readChunks(await pathOf(name)) };
    },
  };
}

const readChunks = (path: string): AsyncIterable<Uint8Array> => createReadStream(path, { highWaterMark: CHUNK }) as AsyncIterable<Buffer>;

/** One after another, so that of several missing files it is the first that an error names. */
async function stampsOf(paths: readonly string[]): Promise<readonly FileStamp[]> {
  const stamps: FileStamp[] = [];
  for (const path of paths) {
    const { size, mtimeMs } = await statOf(path);
    stamps.push({ name: basename(path), bytes: size, modifiedMs: Math.floor(mtimeMs) });
  }
  return stamps;
}

async function statOf(path: string): Promise<Stats> {
  return stat(path).catch((cause: unknown) => {
    const { code, message } = cause as NodeJS.ErrnoException;
    const reason = code === 'ENOENT' || code === 'ENOTDIR' ? 'there is no such file or folder' : quoted(message).slice(1, -1);
    throw new D3pmError('INVALID_DATA', `readLm1b: cannot read ${quoted(path)}: ${reason}`, { cause });
  });
}
