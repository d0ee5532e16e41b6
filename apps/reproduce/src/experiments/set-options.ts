import { readFileSync } from 'node:fs';
import { D3pmError, suggestName } from '@d3pm/core';

/** Options of the two plugins that a command line names. */
export interface SetOptions {
  readonly transition: Readonly<Record<string, unknown>>;
  readonly schedule: Readonly<Record<string, unknown>>;
}

const OWNERS = ['transition', 'schedule'] as const;

/**
 * The options of `--set transition.key=value schedule.key=value …`: a value is JSON, or a text, or `@file` for the JSON in
 * a file.
 *
 * @throws {D3pmError} `INVALID_OPTIONS` for anything of another form, and for a file that holds no JSON.
 */
export function parseSetOptions(assignments: readonly string[]): SetOptions {
  const options: Record<(typeof OWNERS)[number], Record<string, unknown>> = { transition: {}, schedule: {} };
  for (const assignment of assignments) {
    const { owner = '', key = '', value = '' } = /^(?<owner>[^.=]*)\.(?<key>[^=]+)=(?<value>.*)$/su.exec(assignment)?.groups ?? {};
    const known = OWNERS.find((each) => each === owner);
    if (known === undefined) {
      const hint = key === '' ? '' : `; ${suggestName(owner, OWNERS)}`;
      throw new D3pmError('INVALID_OPTIONS', `--set: "${assignment}" is not of the form transition.key=value or schedule.key=value${hint}`);
    }
    options[known][key] = value.startsWith('@') ? jsonOf(value.slice(1)) : jsonOrText(value);
  }
  return options;
}

function jsonOf(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw new D3pmError('INVALID_OPTIONS', `--set: cannot read JSON from ${path} (${(cause as Error).message})`, { cause });
  }
}

function jsonOrText(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
