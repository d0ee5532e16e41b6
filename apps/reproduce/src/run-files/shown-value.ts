import type { JsonValue } from '@d3pm/train/node';

const MAX_SHOWN = 60;
/** What a terminal might obey, and what cannot be seen. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** A text from a file as it can be printed: nothing in it is obeyed, and nothing is invisible. */
export function printable(text: string): string {
  return text.replace(INVISIBLE, (character) => `\\u{${character.codePointAt(0)!.toString(16).toUpperCase()}}`);
}

/** A value of a config in a cell: `absorbing`, `0.003`, `[1,2,…]`, and `–` for a field that is not there. */
export function shownValue(value: JsonValue | undefined): string {
  if (value === undefined) return '–';
  const text = Array.from(typeof value === 'string' && value !== '' ? value : JSON.stringify(value));
  return printable((text.length > MAX_SHOWN ? [...text.slice(0, MAX_SHOWN - 1), '…'] : text).join(''));
}
