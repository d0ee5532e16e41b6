import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { D3pmError, quoted } from '@d3pm/core';
import { gunzipChunks } from '../archives/gunzip-chunks.ts';
import { tarEntries, type TarEntry } from '../archives/tar-entries.ts';
import { explainReadError } from '../explain-read-error.ts';

/** Eight times a batch of CIFAR-10, and four times all of it. */
const MAX_FILE_BYTES = 2 ** 28;
const MAX_ARCHIVE_BYTES = 2 ** 30;
const CHUNK = 1 << 20;

/**
 * The files of these names, `folder/file`, in any order, each once: out of the archive, or out of the folder that it unpacks to or the
 * one around it.
 */
export async function* cifar10Files(path: string, names: readonly string[]): AsyncGenerator<TarEntry> {
  const found = await stat(path).catch((cause: unknown) => {
    throw explainReadError('readCifar10', path, cause);
  });
  yield* found.isDirectory() ? filesOfFolder(path, names) : filesOfArchive(path, names);
}

async function* filesOfFolder(folder: string, names: readonly string[]): AsyncGenerator<TarEntry> {
  for (const name of names) {
    const outer = join(folder, name);
    const path = (await stat(outer).catch(() => undefined)) === undefined ? join(folder, name.split('/').at(-1)!) : outer;
    const bytes = await readFile(path).catch((cause: unknown) => {
      throw explainReadError('readCifar10', path, cause);
    });
    yield { name, bytes };
  }
}

async function* filesOfArchive(path: string, names: readonly string[]): AsyncGenerator<TarEntry> {
  const chunks = createReadStream(path, { highWaterMark: CHUNK }) as AsyncIterable<Buffer>;
  const unpacked = gunzipChunks(chunks, { maxBytes: MAX_ARCHIVE_BYTES, archiveName: path });
  const missing = new Set(names);
  const wanted = (name: string): boolean => names.includes(name);
  for await (const entry of tarEntries(unpacked, { wanted, maxBytes: MAX_FILE_BYTES, archiveName: path })) {
    if (!missing.delete(entry.name)) throw refusal(path, `has the member ${quoted(entry.name)} twice`);
    yield entry;
  }
  const [first] = missing;
  if (first !== undefined) throw refusal(path, `has no member ${quoted(first)}; it is to be the archive of the binary version of CIFAR-10`);
}

function refusal(path: string, reason: string): D3pmError {
  return new D3pmError('INVALID_DATA', `readCifar10: ${quoted(path)} ${reason}`);
}
