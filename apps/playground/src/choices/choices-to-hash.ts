import { choiceFields, type ChoiceField } from './choice-fields.ts';
import type { Choices } from './choices.ts';
import { defaultChoices } from './presets.ts';

/** A longer text of one's own is not put into an address: some programs cut it off. */
export const MOST_SHARED_CHARACTERS = 4000;

/** Choices as the part of an address after `#`. Texts that are as they were are left out, and one that is too long. */
export function choicesToHash(choices: Choices): string {
  const parameters = new URLSearchParams({ v: '1' });
  for (const name of Object.keys(choiceFields) as (keyof Choices)[]) {
    const value = choices[name];
    if (typeof value === 'string' && value === defaultChoices[name] && (name === 'text' || name === 'ownText')) continue;
    if (name === 'ownText' && !isShared(choices)) continue;
    parameters.set(name, write(name, choices));
  }
  return parameters.toString();
}

/** Whether the text of one's own is short enough to be part of the address. */
export function isShared({ ownText }: Pick<Choices, 'ownText'>): boolean {
  return ownText.length <= MOST_SHARED_CHARACTERS;
}

function write(name: keyof Choices, choices: Choices): string {
  // Of one name, the field and the value are of one type; the compiler knows it of each name, and not of all.
  const field = choiceFields[name] as ChoiceField<Choices[keyof Choices]>;
  return field.write(choices[name]);
}
