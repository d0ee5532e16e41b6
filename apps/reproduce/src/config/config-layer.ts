import { D3pmError, isD3pmError } from '@d3pm/core';
import { isMap, isNode, isScalar, LineCounter, parseDocument } from 'yaml';

import { NAMED_SECTIONS } from './named-sections.ts';

export type ConfigObject = Readonly<Record<string, unknown>>;

/** A part of a config and where each of its fields was said. */
export interface ConfigLayer {
  readonly values: ConfigObject;
  /** As `text.yaml:12`. */
  readonly sourceOf: (path: readonly string[]) => string;
}

/** The reader of YAML takes a second for 70,000 quotes; no config is a tenth of that. */
const MAX_CHARACTERS = 65_536;
/** Keys that would reach the prototype of an object. */
const FORBIDDEN = ['__proto__', 'constructor', 'prototype'];

/**
 * The layer of a file, YAML or JSON.
 *
 * @throws {D3pmError} `INVALID_OPTIONS` for what is no object, holds itself, or has a key that would reach the prototype of an object.
 */
export function layerOfText(text: string, path: string): ConfigLayer {
  const { value, lineOf } = parseYaml(text, path);
  if (!isObject(value)) throw new D3pmError('INVALID_OPTIONS', `config: ${path} is not an object with seed, data, transition, …`);
  return { values: withNames(value), sourceOf: (keys) => `${path}:${lineOf(keys)}` };
}

/** The layer of `training.numSteps=100`, whose value is YAML. @throws {D3pmError} `INVALID_OPTIONS` */
export function layerOfAssignment(assignment: string): ConfigLayer & { readonly path: readonly string[] } {
  const [, name, text] = /^([\w-]+(?:\.[\w-]+)*)=(.*)$/su.exec(assignment) ?? [];
  if (name === undefined || text === undefined) {
    throw new D3pmError('INVALID_OPTIONS', `config: --set: "${assignment}" is not of the form training.numSteps=100`);
  }
  const path = name.split('.');
  if (name === 'preset') {
    throw new D3pmError(
      'INVALID_OPTIONS',
      `config: a preset comes first, in the place of a file: d3pm train ${text || 'text8/absorbing'} …; in a file it is its first line`,
    );
  }
  if (path.some((key) => FORBIDDEN.includes(key)))
    throw new D3pmError('INVALID_OPTIONS', `config: --set: "${name}" is not a field of a config`);
  const { value } = parseYaml(text, `--set ${name}`);
  const values = path.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value) as ConfigObject;
  return { path, values: withNames(values), sourceOf: () => 'command line' };
}

interface Parsed {
  readonly value: unknown;
  /** Of the field, or of the nearest around it that has one. */
  readonly lineOf: (path: readonly string[]) => number;
}

function parseYaml(text: string, path: string): Parsed {
  if (text.length > MAX_CHARACTERS) {
    throw new D3pmError('INVALID_OPTIONS', `config: ${path} has ${text.length} characters, expected at most ${MAX_CHARACTERS}`);
  }
  const lines = new LineCounter();
  try {
    const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, prettyErrors: true, logLevel: 'error' });
    const [error] = document.errors;
    if (error) throw error;
    const value: unknown = document.toJS({ maxAliasCount: 20 });
    refuseForbidden(value, path);
    return { value, lineOf: (keys) => lines.linePos(offsetOf(document.contents, keys)).line };
  } catch (cause) {
    if (isD3pmError(cause)) throw cause;
    throw new D3pmError('INVALID_OPTIONS', `config: ${path} is not YAML or JSON: ${(cause as Error).message}`, { cause });
  }
}

/** Where a field begins in the text. */
function offsetOf(node: unknown, [key, ...rest]: readonly string[]): number {
  const here = isNode(node) ? (node.range?.[0] ?? 0) : 0;
  const pair = isMap(node) ? node.items.find((item) => isScalar(item.key) && String(item.key.value) === key) : undefined;
  if (!pair) return here;
  return rest.length === 0 ? ((pair.key as { readonly range?: readonly number[] }).range?.[0] ?? here) : offsetOf(pair.value, rest);
}

/** `transition: uniform` is short for `transition: { name: uniform }`. */
function withNames(values: ConfigObject): ConfigObject {
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => [
      key,
      NAMED_SECTIONS.includes(key) && typeof value === 'string' ? { name: value } : value,
    ]),
  );
}

function refuseForbidden(value: unknown, path: string, within: readonly unknown[] = []): void {
  if (typeof value !== 'object' || value === null) return;
  if (within.includes(value)) throw new D3pmError('INVALID_OPTIONS', `config: ${path} has an alias that holds itself`);
  for (const [key, inner] of Object.entries(value)) {
    if (FORBIDDEN.includes(key)) throw new D3pmError('INVALID_OPTIONS', `config: ${path} has the key "${key}", which no config has`);
    refuseForbidden(inner, path, [...within, value]);
  }
}

export function isObject(value: unknown): value is ConfigObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
