/** Names that change the prototype of a record that is built with them. */
export const FORBIDDEN_NAMES: readonly string[] = ['__proto__', 'constructor', 'prototype'];

const MAX_LENGTH = 1024;

/**
 * Why a text cannot name a tensor or a key of the metadata; undefined when it can. Any other text can, also one with control
 * characters, which are escaped where it is printed.
 */
export function nameProblem(name: string): string | undefined {
  if (name === '') return 'it is empty';
  if (name.length > MAX_LENGTH) return `it has ${name.length} characters, expected at most ${MAX_LENGTH}`;
  if (FORBIDDEN_NAMES.includes(name)) return 'it would change the prototype of an object';
  return /\p{Cs}/u.test(name) ? 'it has half of a surrogate pair, which no UTF-8 can hold' : undefined;
}
