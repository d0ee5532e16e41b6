import { basename, join, resolve } from 'node:path';
import { D3pmError } from '@d3pm/core';
import { decodeSafetensors } from '../../safetensors/decode-safetensors.ts';
import type { CheckpointContent, NamedTensors } from './checkpoint-content.ts';
import { parseCheckpointName } from './checkpoint-name.ts';
import { explainedFileSystem } from './explained-file-system.ts';
import type { FileSystem } from './file-system.ts';
import { jsonProblem, type JsonValue } from './json-value.ts';
import { MANIFEST, type SealedFile } from './manifest.ts';
import { nodeFileSystem } from './node-file-system.ts';
import { openSealedFolder, readSealedFile } from './read-sealed-folder.ts';

export interface LoadCheckpointOptions {
  /** Whether tensors may hold NaN and infinities. @defaultValue false */
  readonly allowNonFinite?: boolean;
  /** @defaultValue {@link nodeFileSystem} */
  readonly fileSystem?: FileSystem;
}

export interface LoadedCheckpoint extends CheckpointContent {
  /** Where it was found. */
  readonly folder: string;
}

/**
 * Loads a checkpoint, every byte of it checked. Memory: that of the tensors, and of the largest file once more.
 *
 * @throws {D3pmError} `INVALID_DATA` with the file for what is damaged, incomplete or not of a checkpoint; `NON_FINITE` with the tensor;
 * `SPEC_VERSION` for a newer format; `CHECKPOINT` for what the disk refuses.
 */
export async function loadCheckpoint(
  folder: string,
  { allowNonFinite = false, fileSystem = nodeFileSystem }: LoadCheckpointOptions = {},
): Promise<LoadedCheckpoint> {
  return await loadFrom('loadCheckpoint', explainedFileSystem('loadCheckpoint', fileSystem), { folder: resolve(folder), allowNonFinite });
}

export interface LoadInput {
  readonly folder: string;
  readonly allowNonFinite: boolean;
}

/** {@link loadCheckpoint} from an explained file system, for another caller. */
export async function loadFrom(caller: string, fileSystem: FileSystem, { folder, allowNonFinite }: LoadInput): Promise<LoadedCheckpoint> {
  const { about, files } = await openSealedFolder(caller, fileSystem, folder);
  const { kind, step, score } = about;
  const named = parseCheckpointName(basename(folder))?.step;
  const manifest = join(folder, MANIFEST);
  if (kind !== 'checkpoint' || !isStep(step)) throw refused(caller, `${manifest} is not that of a checkpoint`);
  if (named !== undefined && named !== step) throw refused(caller, `${manifest} is of step ${step}, its folder is named after ${named}`);

  const find = (name: string): SealedFile | undefined => files.find((file) => file.name === name);
  const read = async (name: string): Promise<Uint8Array> => {
    const file = find(name);
    if (file === undefined) throw refused(caller, `${folder} has no ${name}`);
    return await readSealedFile(caller, fileSystem, { folder, file });
  };
  const tensors = async (name: string): Promise<NamedTensors> =>
    Object.fromEntries(decodeSafetensors(await read(name), { fileName: join(folder, name), allowNonFinite }).tensors);
  const json = async (name: string): Promise<JsonValue> => parseJson(caller, join(folder, name), await read(name));
  return {
    folder,
    step,
    tensors: {
      model: await tensors('model.safetensors'),
      ...(find('ema.safetensors') && { ema: await tensors('ema.safetensors') }),
      optimizer: await tensors('optimizer.safetensors'),
    },
    state: await json('state.json'),
    config: await json('config.json'),
    ...(typeof score === 'number' && { score }),
  };
}

function parseJson(caller: string, path: string, bytes: Uint8Array): JsonValue {
  let value: JsonValue;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)) as JsonValue;
  } catch (cause) {
    throw new D3pmError('INVALID_DATA', `${caller}: ${path} is not JSON in UTF-8`, { cause });
  }
  const problem = jsonProblem(value, 'its content');
  if (problem !== undefined) throw refused(caller, `${path}: ${problem}`);
  return value;
}

function isStep(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function refused(caller: string, problem: string): D3pmError {
  return new D3pmError('INVALID_DATA', `${caller}: ${problem}`);
}
