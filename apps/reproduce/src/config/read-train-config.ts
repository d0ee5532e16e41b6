import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { D3pmError, suggestName } from '@d3pm/core';
import type { z } from 'zod';
import { isObject, layerOfAssignment, layerOfText, type ConfigLayer, type ConfigObject } from './config-layer.ts';
import { mergeLayers } from './merge-layers.ts';
import { findPreset } from './presets.ts';
import type { TrainConfig } from './train-config.ts';
import { knownFields, trainConfigSchema } from './train-config-schema.ts';

/** Of the fields that are wrong: a file that is no config has thousands. */
const MOST_TOLD = 20;

/** A config, and where each of its fields comes from. */
export interface ReadConfig {
  readonly config: TrainConfig;
  /** By its path, `training.numSteps`: 'default', 'preset text8/absorbing', `text.yaml:12` or 'command line'. */
  readonly sourceOf: (path: readonly string[]) => string;
}

/**
 * Reads a config of `d3pm train`: a file, YAML or JSON, or the name of a preset, with `training.numSteps=100` on top. A file may begin with that
 * of a preset: `preset: text8/absorbing`.
 *
 * @throws {D3pmError} `INVALID_OPTIONS` with the fields that are wrong, the first 20: one that is missing, unknown (with the nearest that is known) or of
 *   another form; `UNKNOWN_NAME` for a preset that there is not.
 */
export async function readTrainConfig(source: string, assignments: readonly string[]): Promise<ReadConfig> {
  if (!existsSync(source) && /^[a-z0-9-]+\/[a-z0-9.-]+$/.test(source)) return resolveConfig([presetLayer(source)], assignments, source);
  const text = await readFile(source, 'utf8').catch((cause: unknown) => {
    throw new D3pmError(
      'INVALID_OPTIONS',
      `config: cannot read ${source} (${(cause as Error).message}); give a file, YAML or JSON, or a preset of d3pm config list`,
      { cause },
    );
  });
  return parseTrainConfig(text, assignments, source);
}

/** The config of a text. */
export function parseTrainConfig(text: string, assignments: readonly string[] = [], path = 'config'): ReadConfig {
  const { values, sourceOf } = layerOfText(text, path);
  // What an editor reads the schema by.
  const { preset, $schema: _, ...said } = values;
  if (preset !== undefined && typeof preset !== 'string') {
    throw new D3pmError('INVALID_OPTIONS', `config: ${path}: preset is ${JSON.stringify(preset)}, expected a name, as text8/absorbing`);
  }
  const file = { values: said, sourceOf };
  return resolveConfig(preset === undefined ? [file] : [presetLayer(preset), file], assignments, path);
}

function presetLayer(name: string): ConfigLayer {
  const { config } = findPreset(name);
  return { values: config as unknown as ConfigObject, sourceOf: () => `preset ${name}` };
}

function resolveConfig(layers: readonly ConfigLayer[], assignments: readonly string[], path: string): ReadConfig {
  let all = [...layers];
  for (const assignment of assignments) {
    const layer = layerOfAssignment(assignment);
    assertReaches(mergeLayers(all).values, layer.path);
    all = [...all, layer];
  }
  const { values, layers: said } = mergeLayers(all);
  const { success, data, error } = trainConfigSchema.safeParse(values);
  if (success) return { config: data, sourceOf: (keys) => said.get(keys.join('.'))?.sourceOf(keys) ?? 'default' };
  // Said on the command line or by a preset, and not in the file that the message begins with.
  const elsewhere = (keys: readonly string[]): string => {
    const at = keys.join('.');
    const [, layer] = [...said].find(([key]) => key === at || key.startsWith(`${at}.`)) ?? [];
    return layer === undefined || layer === layers.at(-1) ? '' : ` (${layer.sourceOf(keys)})`;
  };
  const wrong = error.issues.flatMap(wrongFields);
  const more = wrong.length > MOST_TOLD ? `; and ${wrong.length - MOST_TOLD} more` : '';
  const told = wrong.slice(0, MOST_TOLD).map(({ path: keys, problem }) => `${keys.join('.') || 'it'}${problem}${elsewhere(keys)}`);
  throw new D3pmError('INVALID_OPTIONS', `config: ${path}: ${told.join('; ')}${more}`, { cause: error });
}

/** A field within what is no object would be said in vain. */
function assertReaches(config: ConfigObject, path: readonly string[]): void {
  let value: unknown = config;
  for (const key of path.slice(0, -1)) {
    if (!isObject(value) || !Object.hasOwn(value, key)) return;
    value = value[key];
    if (!isObject(value)) throw new D3pmError('INVALID_OPTIONS', `config: --set: ${key} of "${path.join('.')}" is not an object`);
  }
}

interface WrongField {
  readonly path: readonly string[];
  readonly problem: string;
}

function wrongFields(issue: z.core.$ZodIssue): readonly WrongField[] {
  const path = issue.path.map(String);
  if (issue.code !== 'unrecognized_keys') return [{ path, problem: `: ${issue.message}` }];
  return issue.keys.map((key) => ({ path: [...path, key], problem: ` is unknown${nearest(issue.path, key)}` }));
}

/** The known field that a wrong one may stand for. */
function nearest(path: readonly PropertyKey[], key: string): string {
  const known = path.length < 2 ? knownFields[String(path[0] ?? '')] : undefined;
  return known ? `; ${suggestName(key, known)}` : '';
}
