import { D3pmError } from '@d3pm/core';
import type { NetworkKind } from './network.ts';

/** `{ name, …options }`, which the registries of the packages read and check. */
export interface Named {
  readonly name: string;
  readonly [option: string]: unknown;
}

/** The parts of a config of `d3pm train` that say what its network is. */
export interface CheckpointConfig {
  readonly kind: NetworkKind;
  readonly data: Named;
  readonly transition: Named;
  readonly schedule: Named & { readonly numSteps: number };
  readonly model: Named;
  readonly loss: Named;
}

/** Data that the page can show, by the names of `d3pm train`. */
const KINDS: Readonly<Record<string, NetworkKind>> = { 'moby-dick': 'characters', text8: 'characters', 'swiss-roll': 'swiss-roll' };

/**
 * Reads config.json of a checkpoint.
 *
 * @throws {D3pmError} `INVALID_DATA` for what is no config of `d3pm train`, or one of data that the page cannot show.
 */
export function checkpointConfig(text: string): CheckpointConfig {
  const file = parse(text);
  const config = isObject(file) && isObject(file['config']) ? file['config'] : undefined;
  if (!config) throw damaged('it has no "config"; pick the config.json of a ckpt-… folder of d3pm train');
  const part = (name: string): Named => {
    const value = config[name];
    if (isObject(value) && typeof value['name'] === 'string') return value as Named;
    throw damaged(`its ${name} is ${short(value)}, expected { name, … }`);
  };
  const data = part('data');
  const kind = Object.hasOwn(KINDS, data.name) ? KINDS[data.name]! : undefined;
  if (kind === undefined) {
    throw damaged(
      `it was trained on ${short(data.name)}, and this page shows samples of ${Object.keys(KINDS).join(', ')} only; use d3pm sample`,
    );
  }
  const schedule = part('schedule');
  if (!Number.isInteger(schedule['numSteps']))
    throw damaged(`its schedule.numSteps is ${short(schedule['numSteps'])}, expected a whole number`);
  return {
    kind,
    data,
    transition: part('transition'),
    schedule: schedule as CheckpointConfig['schedule'],
    model: part('model'),
    loss: part('loss'),
  };
}

const damaged = (problem: string): D3pmError => new D3pmError('INVALID_DATA', `config.json: ${problem}`);

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new D3pmError('INVALID_DATA', `config.json is not JSON (${(cause as Error).message})`, { cause });
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function short(value: unknown): string {
  const text = JSON.stringify(value) ?? 'missing';
  return text.length <= 60 ? text : `${text.slice(0, 60)}…`;
}
