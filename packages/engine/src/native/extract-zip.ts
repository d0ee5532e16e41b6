import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { crc32 } from 'node:zlib';
import { openPromise, type Entry } from 'yauzl';
import { D3pmError } from '@d3pm/core';

export interface ExtractOptions {
  /** Where an entry goes, relative to the folder; undefined leaves it out. */
  readonly place: (entryName: string) => string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Takes files out of a zip, without reading the others. Sizes and CRC-32 are checked; an entry that leaves the folder is refused.
 *
 * @returns how many files were written
 * @throws {D3pmError} `ENGINE` for a file that is no zip or is damaged; an error of the file system as it is
 */
export async function extractZip(archive: string, folder: string, { place, signal }: ExtractOptions): Promise<number> {
  let count = 0;
  try {
    const zip = await openPromise(archive);
    for await (const entry of zip.eachEntry()) {
      const path = entry.fileName.endsWith('/') ? undefined : place(entry.fileName);
      if (path === undefined) continue;
      const target = join(folder, path);
      await mkdir(dirname(target), { recursive: true });
      const source = await zip.openReadStreamPromise(entry);
      const file = createWriteStream(target, { mode: isProgram(entry) ? 0o755 : 0o644 });
      await pipeline(source, checkedCrc(entry), file, ...(signal === undefined ? [] : [{ signal }]));
      count++;
    }
  } catch (cause) {
    if (signal?.aborted === true || (cause as NodeJS.ErrnoException).syscall !== undefined) throw cause;
    throw new D3pmError('ENGINE', `extractZip: ${archive} is damaged (${(cause as Error).message}); delete it, it is then fetched again`, {
      cause,
    });
  }
  return count;
}

/** Whether the owner may run it, by the mode that a Unix system has stored. */
function isProgram(entry: Entry): boolean {
  return ((entry.externalFileAttributes >>> 16) & 0o100) !== 0;
}

/** Passes everything on, and fails at the end when it is not what was packed. yauzl checks the size, not the CRC. */
function checkedCrc(entry: Entry): Transform {
  let crc = 0;
  return new Transform({
    transform: (chunk: Buffer, _encoding, done) => {
      crc = crc32(chunk, crc);
      done(null, chunk);
    },
    flush: (done) => done(crc === entry.crc32 ? null : new Error(`CRC of ${entry.fileName} is wrong`)),
  });
}
