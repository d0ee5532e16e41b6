import { join, resolve } from 'node:path';
import { D3pmError, quoted } from '@d3pm/core';
import { factsOf } from './ensure-folder.ts';
import { explainedFileSystem } from './explained-file-system.ts';
import type { FileSystem } from './file-system.ts';
import type { JsonObject } from './json-value.ts';
import { decodeManifest, MANIFEST, type Manifest, type SealedFile } from './manifest.ts';
import { nodeFileSystem } from './node-file-system.ts';
import { sha256 } from './sha256.ts';

const MAX_MANIFEST = 2 ** 20;

export interface ReadSealedFolderOptions {
  /** @defaultValue {@link nodeFileSystem} */
  readonly fileSystem?: FileSystem;
}

export interface SealedFolder {
  /** The writer's own fields. */
  readonly about: JsonObject;
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/**
 * Reads a folder of {@link writeSealedFolder}, every byte of it checked.
 *
 * @throws {D3pmError} `INVALID_DATA` with the file: no manifest (then the folder is not complete), a file that is missing, not in the
 * manifest, no plain file, or of another size or SHA-256; `SPEC_VERSION` for a newer format; `CHECKPOINT` for what the disk refuses.
 */
export async function readSealedFolder(
  folder: string,
  { fileSystem = nodeFileSystem }: ReadSealedFolderOptions = {},
): Promise<SealedFolder> {
  const caller = 'readSealedFolder';
  const explained = explainedFileSystem(caller, fileSystem);
  const { about, files } = await openSealedFolder(caller, explained, resolve(folder));
  const contents = new Map<string, Uint8Array>();
  for (const file of files) contents.set(file.name, await readSealedFile(caller, explained, { folder: resolve(folder), file }));
  return { about, files: contents };
}

/** The manifest of a folder, after a look at which files are there. */
export async function openSealedFolder(caller: string, fileSystem: FileSystem, folder: string): Promise<Manifest> {
  const manifest = await readManifest(caller, fileSystem, folder);
  const expected = new Set([MANIFEST, ...manifest.files.map(({ name }) => name)]);
  const found = await fileSystem.readFolder(folder);
  const extra = found.filter((name) => !expected.delete(name)).map(quoted);
  if (expected.size > 0) throw damaged(caller, `${folder} lacks ${[...expected].join(', ')}, which its manifest lists`);
  if (extra.length > 0) throw damaged(caller, `${folder} has ${extra.slice(0, 8).join(', ')}, which its manifest does not list`);
  return manifest;
}

export async function readManifest(caller: string, fileSystem: FileSystem, folder: string): Promise<Manifest> {
  const path = join(folder, MANIFEST);
  const facts = await factsOf(fileSystem, path);
  if (facts === undefined) throw damaged(caller, `${folder} is not complete: it has no ${MANIFEST}, which is written last`);
  assertFile(caller, path, facts.kind);
  if (facts.size > MAX_MANIFEST) throw damaged(caller, `${path} has ${facts.size} bytes, expected at most ${MAX_MANIFEST}`);
  return decodeManifest(caller, path, await fileSystem.readFile(path));
}

export interface SealedFileInput {
  readonly folder: string;
  readonly file: SealedFile;
}

/** The bytes of one file, checked. */
export async function readSealedFile(caller: string, fileSystem: FileSystem, { folder, file }: SealedFileInput): Promise<Uint8Array> {
  const path = join(folder, file.name);
  const { kind, size } = await fileSystem.stat(path);
  assertFile(caller, path, kind);
  const wrongSize = (size: number): D3pmError => damaged(caller, `${path} is damaged: it has ${size} bytes, expected ${file.bytes}`);
  if (size !== file.bytes) throw wrongSize(size); // before so much is read
  const bytes = await fileSystem.readFile(path);
  if (bytes.length !== file.bytes) throw wrongSize(bytes.length);
  const found = sha256(bytes);
  if (found !== file.sha256) throw damaged(caller, `${path} is damaged: its sha256 is ${found}, expected ${file.sha256}`);
  return bytes;
}

function assertFile(caller: string, path: string, kind: string): void {
  if (kind !== 'file') throw damaged(caller, `${path} is no plain file`);
}

function damaged(caller: string, problem: string): D3pmError {
  return new D3pmError('INVALID_DATA', `${caller}: ${problem}`);
}
