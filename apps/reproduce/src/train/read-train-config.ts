import { readFile } from 'node:fs/promises';
import { D3pmError, suggestName } from '@d3pm/core';
import { parse } from 'yaml';
import type { z } from 'zod';
import type { TrainConfig } from './train-config.ts';
import { knownFields, trainConfigSchema } from './train-config-schema.ts';

/** The reader of YAML takes a second for 70,000 quotes; no config is a tenth of that. */
const MAX_CHARACTERS = 65_536;
/** Keys that would reach the prototype of an object. */
const FORBIDDEN = ['__proto__', 'constructor', 'prototype'];

/**
 * Reads a config of `d3pm train`, YAML or JSON, with `--set training.numSteps=100` on top.
 *
 * @throws {D3pmError} `INVALID_OPTIONS` with every field that is wrong: one that is missing, unknown (with the nearest that is known) or of another form.
 */
export async function readTrainConfig(path: string, assignments: readonly string[]): Promise<TrainConfig> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new D3pmError('INVALID_OPTIONS', `train: cannot read the config ${path} (${(cause as Error).message})`, { cause });
  });
  return parseTrainConfig(text, assignments, path);
}

export function parseTrainConfig(text: string, assignments: readonly string[] = [], path = 'config'): TrainConfig {
  const config = parseYaml(text, path);
  if (!isObject(config)) throw new D3pmError('INVALID_OPTIONS', `train: ${path} is not an object with seed, data, transition, …`);
  for (const assignment of assignments) assign(config, assignment);
  const { success, data, error } = trainConfigSchema.safeParse(config);
  if (success) return data;
  throw new D3pmError('INVALID_OPTIONS', `train: ${path}: ${error.issues.map(explainIssue).join('; ')}`, { cause: error });
}

/** @throws {D3pmError} `INVALID_OPTIONS` for what is no YAML, holds itself, or has a key that would reach the prototype of an object. */
function parseYaml(text: string, path: string): unknown {
  if (text.length > MAX_CHARACTERS) {
    throw new D3pmError('INVALID_OPTIONS', `train: ${path} has ${text.length} characters, expected at most ${MAX_CHARACTERS}`);
  }
  let value: unknown;
  try {
    value = parse(text, { maxAliasCount: 20, uniqueKeys: true, prettyErrors: true, logLevel: 'error' });
  } catch (cause) {
    throw new D3pmError('INVALID_OPTIONS', `train: ${path} is not YAML or JSON: ${(cause as Error).message}`, { cause });
  }
  refuseForbidden(value, path);
  return value;
}

function assign(config: Record<string, unknown>, assignment: string): void {
  const [, path, value] = /^([\w-]+(?:\.[\w-]+)*)=(.*)$/su.exec(assignment) ?? [];
  if (path === undefined || value === undefined) {
    throw new D3pmError('INVALID_OPTIONS', `train: --set: "${assignment}" is not of the form training.numSteps=100`);
  }
  const keys = path.split('.');
  const last = keys.pop()!;
  if ([...keys, last].some((key) => FORBIDDEN.includes(key)))
    throw new D3pmError('INVALID_OPTIONS', `train: --set: "${path}" is not a field of a config`);
  let target = config;
  for (const key of keys) {
    const next = Object.hasOwn(target, key) ? target[key] : (target[key] = {});
    if (!isObject(next)) throw new D3pmError('INVALID_OPTIONS', `train: --set: ${key} of "${path}" is not an object`);
    target = next;
  }
  target[last] = parseYaml(value, `--set ${path}`);
}

function refuseForbidden(value: unknown, path: string, within: readonly unknown[] = []): void {
  if (typeof value !== 'object' || value === null) return;
  if (within.includes(value)) throw new D3pmError('INVALID_OPTIONS', `train: ${path} has an alias that holds itself`);
  for (const [key, inner] of Object.entries(value)) {
    if (FORBIDDEN.includes(key)) throw new D3pmError('INVALID_OPTIONS', `train: ${path} has the key "${key}", which no config has`);
    refuseForbidden(inner, path, [...within, value]);
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function explainIssue(issue: z.core.$ZodIssue): string {
  const at = issue.path.map(String).join('.');
  if (issue.code !== 'unrecognized_keys') return `${at || 'it'}: ${issue.message}`;
  return issue.keys.map((key) => `${at ? `${at}.` : ''}${key} is unknown${nearest(issue.path, key)}`).join('; ');
}

/** The known field that a wrong one may stand for. */
function nearest(path: readonly PropertyKey[], key: string): string {
  const known = path.length < 2 ? knownFields[String(path[0] ?? '')] : undefined;
  return known ? `; ${suggestName(key, known)}` : '';
}
