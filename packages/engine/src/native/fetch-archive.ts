import { access, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { D3pmError, isD3pmError } from '@d3pm/core';
import { fileSha256 } from './file-sha256.ts';
import type { NativeArchive } from './native-build.ts';
import type { StepContext } from './provision-event.ts';
import { sweepPartials } from './sweep-partials.ts';
import { watchFolder } from './watch-folder.ts';

/** What a package manager is asked for. */
export interface FetchInput {
  readonly requirement: string;
  /** An empty folder for all that it writes; it is removed afterwards. */
  readonly scratch: string;
  /** Where the whole file goes, by a rename. */
  readonly target: string;
  readonly signal: AbortSignal;
}

/** A package manager that downloads. */
export interface ArchiveSource {
  /** Of its files: `.whl` or `.jar`. */
  readonly suffix: string;
  fetch(input: FetchInput): Promise<void>;
}

/**
 * Path of an archive whose checksum is right: the one that an earlier try has left in `folder`, or that somebody has put there
 * as `<sha256><suffix>`, else a new one. A wrong one is deleted.
 *
 * @throws {D3pmError} `ENGINE` when it cannot be fetched, or what comes is not what was pinned
 */
export async function fetchArchive(
  archive: NativeArchive,
  { suffix, fetch }: ArchiveSource,
  folder: string,
  context: StepContext,
): Promise<string> {
  const { report, signal } = context;
  const { requirement, sha256 } = archive;
  const path = join(folder, `${sha256}${suffix}`);
  await mkdir(folder, { recursive: true });
  await sweepPartials(path);
  if ((await checked(archive, path, context)) === undefined) return path;
  report({ step: 'download', detail: requirement });
  const scratch = await mkdtemp(`${path}.partial-`);
  try {
    const tell = (bytes: number): void => report({ step: 'download', detail: requirement, bytes });
    await watchFolder(scratch, tell, () => fetch({ requirement, scratch, target: path, signal }));
  } catch (cause) {
    signal.throwIfAborted();
    if (!isD3pmError(cause)) throw cause;
    throw new D3pmError('ENGINE', `${cause.message} (or put ${requirement} at ${path})`, { cause });
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
  const trouble = await checked(archive, path, context);
  if (trouble === undefined) return path;
  throw new D3pmError('ENGINE', `${requirement}: ${trouble}; the index has another file than the one that is known`);
}

/** Undefined when the file is there and right; else what is wrong, and the file is gone. */
async function checked({ requirement, sha256 }: NativeArchive, path: string, { report, signal }: StepContext): Promise<string | undefined> {
  const exists = await access(path).then(
    () => true,
    () => false,
  );
  if (!exists) return 'it is not there';
  report({ step: 'verify', detail: requirement });
  const actual = await fileSha256(path, signal);
  if (actual === sha256) return undefined;
  await rm(path, { force: true });
  return `sha256 is ${actual}, expected ${sha256}`;
}
