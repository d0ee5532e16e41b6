import { randomBytes } from 'node:crypto';
import { basename, dirname, join, resolve } from 'node:path';
import { D3pmError, isD3pmError } from '@d3pm/core';
import { factsOf } from './ensure-folder.ts';
import { explainedFileSystem } from './explained-file-system.ts';
import type { FileSystem } from './file-system.ts';
import { jsonProblem, type JsonObject } from './json-value.ts';
import { encodeManifest, fileNameProblem, MANIFEST, type SealedFile } from './manifest.ts';
import { nodeFileSystem } from './node-file-system.ts';
import { removeTree } from './remove-tree.ts';
import { sha256 } from './sha256.ts';

/** The content of each file by its name; a function is called when its file is written, and its bytes are dropped after that. */
export type SealedFiles = Readonly<Record<string, Uint8Array | (() => Uint8Array)>>;

export interface WriteSealedFolderOptions {
  /** Fields of your own for the manifest. @defaultValue none */
  readonly about?: JsonObject;
  /** @defaultValue {@link nodeFileSystem} */
  readonly fileSystem?: FileSystem;
}

/**
 * Writes a new folder that is either complete or not there, whatever happens: the files, synced; MANIFEST.json with the SHA-256 of each
 * and of itself, synced; all of it in a hidden sibling folder, `.NAME.tmp-PID-HEX`, which is synced, renamed to its name and synced there.
 *
 * @param folder Must not exist; its parent must.
 * @throws {D3pmError} `CHECKPOINT` with the operation, the file and the reason; the temporary folder is then removed as far as that
 * goes. When only the last sync fails, the folder is there and the message says so. `INVALID_OPTIONS` for names that are not plain.
 */
export async function writeSealedFolder(
  folder: string,
  files: SealedFiles,
  { about = {}, fileSystem = nodeFileSystem }: WriteSealedFolderOptions = {},
): Promise<void> {
  const caller = 'writeSealedFolder';
  await sealFolder(caller, explainedFileSystem(caller, fileSystem), { folder: resolve(folder), files, about });
}

export interface SealFolderInput {
  /** Absolute. */
  readonly folder: string;
  readonly files: SealedFiles;
  readonly about: JsonObject;
}

/** {@link writeSealedFolder} on an explained file system, for another caller. */
export async function sealFolder(caller: string, fileSystem: FileSystem, { folder, files, about }: SealFolderInput): Promise<void> {
  const problem = Object.keys(files).map(fileNameProblem).find(Boolean) ?? jsonProblem(about, 'about');
  if (problem !== undefined) throw new D3pmError('INVALID_OPTIONS', `${caller}: ${problem}`);
  const parent = dirname(folder);
  const temporary = join(parent, temporaryName(basename(folder)));
  if ((await factsOf(fileSystem, folder)) !== undefined)
    throw new D3pmError('CHECKPOINT', `${caller}: ${folder} exists already; give another name`);
  try {
    await fileSystem.makeFolder(temporary);
    const sealed: SealedFile[] = [];
    for (const [name, content] of Object.entries(files)) {
      const bytes = typeof content === 'function' ? content() : content;
      await writeDurably(fileSystem, join(temporary, name), bytes);
      sealed.push({ name, bytes: bytes.length, sha256: sha256(bytes) });
    }
    await writeDurably(fileSystem, join(temporary, MANIFEST), encodeManifest({ about, files: sealed }));
    await fileSystem.syncFolder(temporary);
    await fileSystem.rename(temporary, folder);
  } catch (error) {
    const left = await removeTree(fileSystem, temporary).then(
      () => '',
      () => `; ${temporary} could not be removed and can be deleted`,
    );
    if (!isD3pmError(error) || error.code !== 'CHECKPOINT') throw error;
    throw new D3pmError('CHECKPOINT', `${error.message}; nothing was replaced, what was saved before is untouched${left}`, {
      cause: error.cause,
    });
  }
  await syncNames(caller, fileSystem, folder);
}

/** Makes the name of a folder durable that is complete. */
export async function syncNames(caller: string, fileSystem: FileSystem, folder: string): Promise<void> {
  await fileSystem.syncFolder(dirname(folder)).catch((error: D3pmError) => {
    const reason = error.message.slice(`${caller}: `.length);
    const message = `${caller}: ${folder} is written, but not yet known durable (a power cut may lose it): ${reason}; save again`;
    throw new D3pmError('CHECKPOINT', message, { cause: error.cause });
  });
}

const TEMPORARY = /^\.(.+\.tmp-\d+|trash-.+)-[0-9a-f]{12}$/;
const hex = (): string => randomBytes(6).toString('hex');
const temporaryName = (name: string): string => `.${name}.tmp-${process.pid}-${hex()}`;

/** A name for a folder that is about to be deleted. */
export const trashName = (name: string): string => `.trash-${name}-${hex()}`;

/** Whether a name is one that a save or a deletion, cut short, has left. */
export const isTemporaryName = (name: string): boolean => TEMPORARY.test(name);

async function writeDurably(fileSystem: FileSystem, path: string, bytes: Uint8Array): Promise<void> {
  const file = await fileSystem.createFile(path);
  try {
    await file.write(bytes);
    await file.sync();
  } catch (error) {
    await file.close().catch(() => undefined);
    throw error;
  }
  await file.close();
}
