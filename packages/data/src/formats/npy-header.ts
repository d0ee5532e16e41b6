import { quoted } from '@d3pm/core';
import type { D3pmError } from '@d3pm/core';

export interface NpyHeader {
  readonly descr: string;
  readonly fortranOrder: boolean;
  readonly shape: readonly number[];
}

const KEYS: readonly string[] = ['descr', 'fortran_order', 'shape'] satisfies readonly (keyof Fields)[];
const MAX_RANK = 64; // NumPy's own

interface Fields {
  descr?: string;
  fortran_order?: boolean;
  shape?: readonly number[];
}

/**
 * Parses the header of an .npy: a Python literal, of which only this much is a header.
 *
 *     header = '{' pair {',' pair} [','] '}' {' '} '\n'       each key once, all three of them
 *     pair   = 'descr' ':' string | 'fortran_order' ':' ('True' | 'False') | 'shape' ':' tuple
 *     tuple  = '(' ')' | '(' integer ',' [integer {',' integer} [',']] ')'
 *
 * Python 2 wrote integers as `3L`. Nothing is evaluated, and a string with a backslash is refused.
 *
 * @param fail The error for a problem at an index of `text`.
 */
export function parseNpyHeader(text: string, fail: (index: number, problem: string) => D3pmError): NpyHeader {
  let index = 0;
  const skipSpaces = (): void => {
    while (text[index] === ' ') index++;
  };
  const accept = (pattern: RegExp): string | undefined => {
    skipSpaces();
    const sticky = new RegExp(pattern, 'y');
    sticky.lastIndex = index;
    const token = sticky.exec(text)?.[0];
    index += token?.length ?? 0;
    return token;
  };
  const take = (pattern: RegExp, expected: string): string => {
    const token = accept(pattern);
    if (token !== undefined) return token;
    throw fail(index, `has ${index < text.length ? quoted(text.slice(index, index + 20)) : 'its end'}, expected ${expected}`);
  };
  const string = (expected: string): string => take(/'[^'\\\n]*'|"[^"\\\n]*"/, expected).slice(1, -1);

  const integer = (): number => {
    skipSpaces();
    const start = index;
    const value = Number(take(/(?:0|[1-9]\d*)L?(?![\w.])/, 'a dimension, an integer from 0').replace('L', ''));
    if (!Number.isSafeInteger(value)) throw fail(start, `has a dimension of ${quoted(text.slice(start, index))}, expected less than 2^53`);
    return value;
  };
  const tuple = (): readonly number[] => {
    take(/\(/, 'shape as a tuple');
    const shape: number[] = [];
    while (accept(/\)/) === undefined) {
      shape.push(integer());
      if (shape.length > MAX_RANK) throw fail(index, `has more than ${MAX_RANK} dimensions`);
      // `(3)` is a number in Python, and a shape of one axis therefore `(3,)`.
      const separator = shape.length === 1 ? take(/,/, '"," (a tuple of one is written (n,))') : take(/,|(?=\))/, '"," or ")"');
      if (separator === '') {
        take(/\)/, '")"');
        break;
      }
    }
    return shape;
  };

  const fields: Fields = {};
  take(/\{/, '"{"');
  while (accept(/\}/) === undefined) {
    skipSpaces();
    const start = index;
    const key = string('a key in quotes, or "}"');
    if (Object.hasOwn(fields, key)) throw fail(start, `has ${quoted(key)} twice`);
    take(/:/, '":"');
    if (key === 'descr') fields.descr = string('descr as a string (a list is a structured type, which is not read)');
    else if (key === 'fortran_order') fields.fortran_order = take(/(?:True|False)(?!\w)/, 'True or False') === 'True';
    else if (key === 'shape') fields.shape = tuple();
    else throw fail(start, `has the key ${quoted(key)}, expected ${KEYS.join(', ')}`);
    if (accept(/,/) === undefined) {
      take(/\}/, '"," or "}"');
      break;
    }
  }
  take(/\n(?![^])/, 'spaces, and a line end as its last byte');
  const { descr, fortran_order: fortranOrder, shape } = fields;
  if (descr === undefined || fortranOrder === undefined || shape === undefined) {
    throw fail(0, `lacks ${KEYS.filter((key) => !Object.hasOwn(fields, key)).join(' and ')}`);
  }
  return { descr, fortranOrder, shape };
}
