import { choiceFields } from './choice-fields.ts';
import type { Choices } from './choices.ts';
import { defaultChoices } from './presets.ts';

/** What an address says: choices, or why it was not understood. */
export type ReadHash = { readonly choices: Choices } | { readonly problem: string };

const MOST_CHARACTERS = 40_000;

/**
 * Reads the part of an address after `#`. All of it has to be right, or none of it is taken. An address may come from anybody: its
 * texts are only ever shown as text, and what is wrong is not repeated at length.
 */
export function choicesFromHash(hash: string): ReadHash {
  const text = hash.replace(/^#/, '');
  if (text === '') return { choices: defaultChoices };
  if (text.length > MOST_CHARACTERS) return { problem: `it has ${text.length} characters, expected at most ${MOST_CHARACTERS}` };
  const parameters = new URLSearchParams(text);
  const names = [...parameters.keys()];
  const unknown = names.find((name) => name !== 'v' && !Object.hasOwn(choiceFields, name));
  if (unknown !== undefined) return { problem: `it has "${short(unknown)}", which is no choice of this page` };
  const repeated = names.find((name, i) => names.indexOf(name) !== i);
  if (repeated !== undefined) return { problem: `it has ${repeated} twice` };
  if (parameters.get('v') !== '1') return { problem: `its version is "${short(parameters.get('v') ?? '')}", expected 1` };

  const read: Record<string, unknown> = {};
  for (const [name, value] of parameters) {
    if (name === 'v') continue;
    const field = choiceFields[name as keyof Choices];
    const meant = field.read(value);
    if (meant === undefined) return { problem: `${name} is "${short(value)}", expected ${field.expected}` };
    read[name] = meant;
  }
  const choices: Choices = { ...defaultChoices, ...read };
  if (choices.t > choices.steps) return { problem: `t is ${choices.t}, expected at most the ${choices.steps} steps` };
  return { choices };
}

const short = (text: string): string => (text.length <= 40 ? text : `${text.slice(0, 40)}…`);
