import { isD3pmError, type D3pmError, quoted } from '@d3pm/core';
import { nameProblem } from './name-problem.ts';

/** What a header says of one tensor; nothing of it is checked against the file yet. */
export interface HeaderEntry {
  readonly dtype: string;
  readonly shape: readonly number[];
  /** Begin and end of its bytes, counted from the end of the header. */
  readonly offsets: readonly [begin: number, end: number];
}

export interface Header {
  readonly entries: ReadonlyMap<string, HeaderEntry>;
  readonly metadata: ReadonlyMap<string, string>;
}

const FIELDS = ['data_offsets', 'dtype', 'shape'];

/**
 * Parses the JSON of a header, of which only this much is one. `JSON.parse` would keep the last of two equal keys in silence, and
 * would not tell `1e0` from `1`.
 *
 *     header = '{' [member {',' member}] '}'        each name once
 *     member = '"__metadata__"' ':' object of strings | name ':' object of dtype (a string), shape and data_offsets (of integers)
 *
 * @param fail The error for a problem of the header.
 */
export function parseHeader(text: string, fail: (problem: string) => D3pmError): Header {
  let index = 0;
  const unexpected = (expected: string): D3pmError =>
    fail(`has ${index < text.length ? quoted(text.slice(index, index + 20)) : 'its end'} at character ${index}, expected ${expected}`);
  const next = (): string | undefined => {
    while (' \t\n\r'.includes(text[index] ?? '-')) index++;
    return text[index];
  };
  const accept = (token: string): boolean => {
    if (next() !== token) return false;
    index++;
    return true;
  };
  const demand = (token: string): void => {
    if (!accept(token)) throw unexpected(`"${token}"`);
  };
  const string = (expected: string): string => {
    if (next() !== '"') throw unexpected(expected);
    let end = index + 1;
    while (end < text.length && text[end] !== '"') end += text[end] === '\\' ? 2 : 1;
    try {
      const value = JSON.parse(text.slice(index, end + 1)) as string;
      if (/\p{Cs}/u.test(value)) throw unexpected(`${expected}, without half of a surrogate pair`);
      index = end + 1;
      return value;
    } catch (error) {
      if (isD3pmError(error)) throw error;
      throw unexpected(expected);
    }
  };
  const integers = (): readonly number[] => {
    const values: number[] = [];
    demand('[');
    if (accept(']')) return values;
    do {
      next();
      const [token] = /^[-+.\w]{0,24}/.exec(text.slice(index, index + 24))!;
      const value = Number(token);
      if (!/^(0|[1-9]\d*)$/.test(token) || !Number.isSafeInteger(value)) throw unexpected('an integer in 0…2^53−1, in digits alone');
      index += token.length;
      values.push(value);
    } while (accept(','));
    demand(']');
    return values;
  };
  /** Calls `member` for every key, with the text at its value. */
  const object = (what: string, member: (key: string) => void): void => {
    const keys = new Set<string>();
    demand('{');
    if (accept('}')) return;
    do {
      const key = string('a name in quotes');
      if (keys.has(key)) throw fail(`has ${quoted(key)} twice${what}`);
      keys.add(key);
      demand(':');
      member(key);
    } while (accept(','));
    demand('}');
  };
  const name = (kind: string, key: string): string => {
    const problem = nameProblem(key);
    if (problem !== undefined) throw fail(`has a ${kind} of the name ${quoted(key)}: ${problem}`);
    return key;
  };

  const entry = (key: string): HeaderEntry => {
    let dtype: string | undefined;
    let shape: readonly number[] | undefined;
    let offsets: readonly number[] | undefined;
    object(` in tensor ${quoted(key)}`, (field) => {
      if (field === 'dtype') dtype = string('dtype as a string');
      else if (field === 'shape') shape = integers();
      else if (field === 'data_offsets') offsets = integers();
      else throw fail(`has the key ${quoted(field)} in tensor ${quoted(key)}, expected ${FIELDS.join(', ')}`);
    });
    if (dtype === undefined || shape === undefined || offsets === undefined) {
      throw fail(`lacks ${FIELDS.filter((_, i) => [offsets, dtype, shape][i] === undefined).join(' and ')} of tensor ${quoted(key)}`);
    }
    if (offsets.length !== 2) throw fail(`has ${offsets.length} data_offsets of tensor ${quoted(key)}, expected 2`);
    return { dtype, shape, offsets: [offsets[0]!, offsets[1]!] };
  };

  const entries = new Map<string, HeaderEntry>();
  const metadata = new Map<string, string>();
  object('', (key) => {
    if (key !== '__metadata__') entries.set(name('tensor', key), entry(key));
    else object(' in __metadata__', (field) => metadata.set(name('key in __metadata__', field), string('a string in __metadata__')));
  });
  if (next() !== undefined) throw unexpected('its end');
  return { entries, metadata };
}
