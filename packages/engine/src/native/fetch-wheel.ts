import { access, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { D3pmError } from '@d3pm/core';
import { fetchWithPip } from './fetch-with-pip.ts';
import { fileSha256 } from './file-sha256.ts';
import type { NativeWheel } from './native-build.ts';
import type { StepContext } from './provision-event.ts';
import { sweepPartials } from './sweep-partials.ts';

/**
 * Path of a wheel whose checksum is right: the one that an earlier try has left in `folder`, or that somebody has put there
 * as `<sha256>.whl`, else a new one. A wrong one is deleted.
 *
 * @throws {D3pmError} `ENGINE` when it cannot be fetched, or what comes is not what was pinned
 */
export async function fetchWheel(wheel: NativeWheel, folder: string, context: StepContext): Promise<string> {
  const { requirement, sha256 } = wheel;
  const path = join(folder, `${sha256}.whl`);
  await mkdir(folder, { recursive: true });
  await sweepPartials(path);
  if ((await checked(wheel, path, context)) === undefined) return path;
  context.report({ step: 'download', detail: requirement });
  try {
    await fetchWithPip(wheel, path, context);
  } catch (cause) {
    context.signal.throwIfAborted();
    const way = `where it can be fetched, put that wheel at ${path}`;
    throw new D3pmError('ENGINE', `provisionNative: ${(cause as Error).message}; or, ${way}`, { cause });
  }
  const trouble = await checked(wheel, path, context);
  if (trouble === undefined) return path;
  throw new D3pmError('ENGINE', `provisionNative: ${requirement}: ${trouble}; the index has another file than the one that is known`);
}

/** Undefined when the file is there and right; else what is wrong, and the file is gone. */
async function checked({ requirement, sha256 }: NativeWheel, path: string, { report, signal }: StepContext): Promise<string | undefined> {
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
