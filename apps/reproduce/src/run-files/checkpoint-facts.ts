import { readdir } from 'node:fs/promises';
import { runHistory, type JsonObject, type JsonValue, type RunPart } from '@d3pm/train/node';
import { openInRun } from './open-in-run.ts';
import { readInRun } from './read-in-run.ts';

/** What a checkpoint says of its run. */
export interface CheckpointFacts {
  readonly name: string;
  readonly config: JsonObject;
  readonly environment: JsonObject;
  /** Earlier parts that were made with something else. */
  readonly history: readonly RunPart[];
  /** Numbers of the network; undefined for a file that has none. */
  readonly parameters: number | undefined;
}

const MAX_CONFIG_BYTES = 16 * 2 ** 20;
const LENGTH_BYTES = 8;
const FLOAT32_BYTES = 4;

/** The checkpoints of a run folder by their names, the newest first. */
export async function checkpointNames(root: string): Promise<readonly string[]> {
  const names = await readdir(root);
  return names.filter((name) => /^ckpt-\d{8,16}(-r\d{1,9})?$/.test(name)).toSorted((a, b) => compareNames(b, a));
}

/** The newest checkpoint whose config can be read: its weights are not looked into, so that it takes no time. */
export async function newestCheckpointFacts(root: string): Promise<CheckpointFacts | undefined> {
  for (const name of await checkpointNames(root)) {
    const text = await readInRun(root, [name, 'config.json'], { maxBytes: MAX_CONFIG_BYTES }).catch(() => undefined);
    const made = text && parsed(text.toString());
    if (made) return { name, ...made, parameters: await parametersOf(root, name) };
  }
  return undefined;
}

function parsed(text: string): Pick<CheckpointFacts, 'config' | 'environment' | 'history'> | undefined {
  try {
    const made = JSON.parse(text) as JsonValue;
    if (!isObject(made)) return undefined;
    const { config, environment } = made;
    return isObject(config) && isObject(environment) ? { config, environment, history: runHistory(made) } : undefined;
  } catch {
    return undefined;
  }
}

/** All but the header of the file, whose length stands first, are numbers of float32. */
async function parametersOf(root: string, name: string): Promise<number | undefined> {
  const file = await openInRun(root, name, 'model.safetensors').catch(() => undefined);
  if (file === undefined) return undefined;
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(LENGTH_BYTES), 0, LENGTH_BYTES, 0);
    if (bytesRead < LENGTH_BYTES) return undefined;
    const numbers = ((await file.stat()).size - LENGTH_BYTES - Number(buffer.readBigUInt64LE())) / FLOAT32_BYTES;
    return Number.isInteger(numbers) && numbers >= 0 ? numbers : undefined;
  } finally {
    await file.close();
  }
}

const isObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value);

function compareNames(a: string, b: string): number {
  const [stepA = 0, revisionA = 1] = numbersOf(a);
  const [stepB = 0, revisionB = 1] = numbersOf(b);
  return stepA - stepB || revisionA - revisionB;
}

const numbersOf = (name: string): readonly number[] => Array.from(name.matchAll(/\d+/g), Number);
