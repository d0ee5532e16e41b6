import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { D3pmError, type Dataset } from '@d3pm/core';
import { decodeSafetensors, loadWeights } from '@d3pm/train';
import {
  latestCheckpoint,
  loadCheckpoint,
  readSealedFolder,
  runHistory,
  type JsonObject,
  type LoadedCheckpoint,
  type RunPart,
} from '@d3pm/train/node';
import type { HeldOutName } from '../choices.ts';
import { buildTraining, type Training } from '../train/build-training.ts';
import { weightsDigest } from '../train/weights-digest.ts';
import { trainConfigSchema } from '../config/train-config-schema.ts';
import type { NamedConfig, TrainConfig } from '../config/train-config.ts';
import { rowRun } from '../run-files/row-run.ts';
import { wayToRun } from '../run-files/way-to-run.ts';

const MANIFEST = 'MANIFEST.json';
const EXPECTED = 'give the folder of a run of d3pm train, or a checkpoint';

/** The weights of a run, and the config that they belong to. */
export interface TrainedRun {
  readonly config: JsonObject;
  readonly step: number;
  /** What it was made in; absent where that is not told. */
  readonly environment?: JsonObject;
  /** Earlier parts that were made with something else. */
  readonly history: readonly RunPart[];
  /** Those that the run samples with: the moving average where it has one. */
  readonly weights: LoadedCheckpoint['tensors']['model'];
  /** SHA-256 of their names, shapes and bytes. */
  readonly digest: string;
}

/**
 * Reads the newest good checkpoint of a run folder or of the row of a table, the checkpoint that is named, or an exported model.
 *
 * @throws {D3pmError} `INVALID_OPTIONS` where there is none; what reading it throws.
 */
export async function readTrainedRun(path: string, warn: (message: string) => void): Promise<TrainedRun> {
  const facts = await stat(path).catch(() => undefined);
  if (!facts?.isDirectory()) throw new D3pmError('INVALID_OPTIONS', `${path} is ${facts ? 'no folder' : 'not there'}; ${EXPECTED}`);
  const folder = await folderOfWeights(path);
  const isSealed = existsSync(join(folder, MANIFEST));
  const exported = isSealed ? await readExported(folder) : undefined;
  if (exported) return exported;
  const checkpoint = isSealed
    ? await loadCheckpoint(folder)
    : await latestCheckpoint(folder, { onSkipped: ({ name, reason }) => warn(`${name} is passed over: ${reason.message}`) });
  if (!checkpoint) throw new D3pmError('INVALID_OPTIONS', `${path} has no checkpoint; ${await wayToRun(path, EXPECTED)}`);
  const { tensors, step } = checkpoint;
  const weights = tensors.ema ?? tensors.model;
  const { config, environment } = checkpoint.config as { readonly config: JsonObject; readonly environment: JsonObject };
  return { config, environment, history: runHistory(checkpoint.config), step, weights, digest: weightsDigest(weights) };
}

/** The folder itself, or the one within that has the weights: of an export, or of the row of a table. */
async function folderOfWeights(path: string): Promise<string> {
  if (existsSync(join(path, MANIFEST))) return path;
  const model = join(path, 'model');
  return existsSync(join(model, MANIFEST)) ? model : ((await rowRun(path)) ?? path);
}

/** What the manifest of an exported model says that it is. */
export const EXPORTED = 'model';

/** Undefined for what is something else. @throws {D3pmError} `INVALID_DATA` for one that is damaged. */
async function readExported(folder: string): Promise<TrainedRun | undefined> {
  if (!(await isExported(folder))) return undefined;
  const { about, files } = await readSealedFolder(folder);
  const { tensors } = decodeSafetensors(files.get('model.safetensors')!, { fileName: join(folder, 'model.safetensors') });
  const weights = Object.fromEntries(tensors);
  const config = JSON.parse(new TextDecoder().decode(files.get('config.json'))) as JsonObject;
  return { config, history: [], step: Number(about['step']), weights, digest: weightsDigest(weights) };
}

/** By the manifest; one that cannot be read is left to who reads checkpoints, and tells what is wrong. */
async function isExported(folder: string): Promise<boolean> {
  try {
    const manifest = JSON.parse(await readFile(join(folder, MANIFEST), 'utf8')) as {
      readonly about?: { readonly kind?: unknown };
    } | null;
    return manifest?.about?.kind === EXPORTED;
  } catch {
    return false;
  }
}

/** What whoever calls says of a run that may be somebody else's. */
export interface TrustFlags {
  /** Whether the plugins that the config of the run lists may be run. */
  readonly trustPlugins?: boolean;
}

/**
 * Of the config of a checkpoint.
 *
 * @throws {D3pmError} `INVALID_DATA` when it is not one of `d3pm train`; `INVALID_OPTIONS` for plugins that are not trusted.
 */
export function trainConfigOf(config: JsonObject, { trustPlugins = false }: TrustFlags): TrainConfig {
  const { success, data, error } = trainConfigSchema.safeParse(config);
  const { plugins = [] } = success ? data : {};
  if (plugins.length > 0 && !trustPlugins) {
    throw new D3pmError(
      'INVALID_OPTIONS',
      `the run was trained with the plugins ${plugins.join(', ')}, whose code would be run from here; look at them, and give --trust-plugins`,
    );
  }
  if (success) return data;
  throw new D3pmError(
    'INVALID_DATA',
    `the config of the checkpoint is not of d3pm train: ${error.issues[0]!.path.join('.')}: ${error.issues[0]!.message}`,
    {
      cause: error,
    },
  );
}

/** A held-out split. @throws {D3pmError} `INVALID_OPTIONS` where there is none of that name. */
export function heldOut(
  splits: Readonly<Partial<Record<HeldOutName, Dataset | undefined>>>,
  { name: data }: NamedConfig,
  name: HeldOutName = 'test',
): Dataset {
  const split = splits[name];
  if (split) return split;
  throw new D3pmError('INVALID_OPTIONS', `${data} has no ${name} split to compare with`);
}

/** The training of a config, its model with these weights; without, with those before the first step. */
export async function buildTrained(config: TrainConfig, weights?: TrainedRun['weights']): Promise<Training> {
  const training = await buildTraining(config);
  if (weights) loadWeights(training.model, weights);
  return training;
}
