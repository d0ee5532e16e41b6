import { assertInteger, D3pmError, type Dataset, type States } from '@d3pm/core';
import { decodeText8 } from './decode-text8.ts';
import { encodeText8, TEXT8_NUM_STATES } from './encode-text8.ts';

/** How much of the text, from its start, is train, then valid, then test; the rest is not used. */
export interface Text8Splits {
  /** Whole characters, or shares of the text that add up to 1 at most. */
  readonly unit: 'characters' | 'fractions';
  readonly train: number;
  /** May be 0: then there is none. */
  readonly valid: number;
  readonly test: number;
}

/** The splits of text8 itself, 100 million characters: 90, 5 and 5 million. */
export const text8Splits: Text8Splits = { unit: 'characters', train: 90_000_000, valid: 5_000_000, test: 5_000_000 };

export interface Text8Options {
  /** L, characters of one example. */
  readonly length: number;
  /** @defaultValue nine tenths, one twentieth and one twentieth of the text, which is {@link text8Splits} on text8 itself */
  readonly splits?: Text8Splits;
  /**
   * Where training examples are cut.
   *
   * - `window`: one crop of L at a random place in each window of 2L, as in the authors' code.
   * - `anywhere`: a crop of L at a random place in the whole split, as the paper says.
   *
   * @defaultValue 'window'
   */
  readonly crops?: 'anywhere' | 'window';
  /** Stands before the name of the split in reports. @defaultValue 'text8' */
  readonly name?: string;
}

/** A part of a text, as examples of L characters. */
export interface Text8Split extends Dataset {
  /** The running text of this split, each 0…26: what an n-gram baseline is trained on. */
  readonly symbols: Uint8Array;
  /** Examples or samples as text, one each: {@link decodeText8}. */
  toText(states: States, options?: { readonly mask?: string }): string[];
  /** The symbols of a text: a prompt. @throws {D3pmError} `INVALID_DATA` as {@link encodeText8} */
  fromText(text: string): Int32Array;
}

export interface Text8 extends Readonly<Record<string, Dataset>> {
  readonly train: Text8Split;
  readonly valid: Text8Split;
  readonly test: Text8Split;
}

/**
 * A text of a–z and space in the format of text8, as three data sets of 27 states and examples `[L]`.
 *
 * Training examples are random crops; a pass over them is ⌊train / 2L⌋ examples (`anywhere`:
 * ⌊train / L⌋), and example i is placed by number i of the `rng` that it is read with. Valid and
 * test are consecutive chunks of L, what is left over at the end dropped. A share of 0 for valid makes a split of size 0, for texts that are
 * too short for one.
 *
 * @throws {D3pmError} `INVALID_DATA` for an empty text, any other character (with its offset), or a
 * split too short for one example; `INVALID_OPTIONS`.
 */
export function text8Dataset(text: string | Uint8Array, options: Text8Options): Text8 {
  const { length, splits = { unit: 'fractions', train: 0.9, valid: 0.05, test: 0.05 }, crops = 'window', name = 'text8' } = options;
  assertInteger('text8Dataset', 'length', length, 1);
  if (crops !== 'window' && crops !== 'anywhere') {
    throw new D3pmError('INVALID_OPTIONS', `text8Dataset: crops is "${String(crops)}", expected "window" or "anywhere"`);
  }
  if (text.length === 0) throw new D3pmError('INVALID_DATA', 'text8Dataset: the text is empty');
  const symbols = encodeText8(text);
  const [trainEnd, validEnd, testEnd] = boundaries(symbols.length, splits);
  const part = (split: string, start: number, end: number, window: number): Part => {
    if (end - start < window) {
      throw new D3pmError(
        'INVALID_DATA',
        `text8Dataset: ${split} has ${end - start} of the ${symbols.length} characters, one example needs ${window}; take a longer text, a shorter length or other splits`,
      );
    }
    return { name: `${name}/${split}`, length, symbols: symbols.subarray(start, end) };
  };
  return {
    train: crops === 'window' ? windowCrops(part('train', 0, trainEnd, 2 * length)) : anywhereCrops(part('train', 0, trainEnd, length)),
    valid: chunks(part('valid', trainEnd, validEnd, splits.valid === 0 ? 0 : length)),
    test: chunks(part('test', validEnd, testEnd, length)),
  };
}

interface Part {
  readonly name: string;
  readonly length: number;
  readonly symbols: Uint8Array;
}

const windowCrops = (part: Part): Text8Split =>
  split(
    part,
    Math.floor(part.symbols.length / (2 * part.length)),
    (index, rng) => 2 * part.length * index + rng.integer(part.length + 1, index),
  );

const anywhereCrops = (part: Part): Text8Split =>
  split(part, Math.floor(part.symbols.length / part.length), (index, rng) => rng.integer(part.symbols.length - part.length + 1, index));

const chunks = (part: Part): Text8Split => split(part, Math.floor(part.symbols.length / part.length), (index) => index * part.length);

type StartOf = (index: number, rng: Parameters<Dataset['examples']>[1]) => number;

function split({ name, length, symbols }: Part, size: number, startOf: StartOf): Text8Split {
  return {
    name,
    numStates: TEXT8_NUM_STATES,
    exampleShape: [length],
    size,
    symbols,
    toText: decodeText8,
    fromText: (text) => Int32Array.from(encodeText8(text)),
    examples: (indices, rng) => {
      const values = new Int32Array(indices.length * length);
      for (let b = 0; b < indices.length; b++) {
        assertInteger(name, `indices[${b}]`, indices[b], 0, size - 1);
        const start = startOf(indices[b]!, rng);
        values.set(symbols.subarray(start, start + length), b * length);
      }
      return { values, shape: [indices.length, length] };
    },
  };
}

function boundaries(total: number, { unit, ...sizes }: Text8Splits): readonly [number, number, number] {
  const cumulative = [sizes.train, sizes.train + sizes.valid, sizes.train + sizes.valid + sizes.test] as const;
  const isShare = (size: number): boolean => size >= 0 && size <= 1;
  const isCount = (size: number): boolean => Number.isInteger(size) && size >= 0;
  const parts = [sizes.train, sizes.valid, sizes.test];
  if (unit === 'fractions' && parts.every(isShare) && cumulative[2] <= 1 + 1e-9) {
    return [Math.round(cumulative[0] * total), Math.round(cumulative[1] * total), Math.min(total, Math.round(cumulative[2] * total))];
  }
  if (unit === 'characters' && parts.every(isCount)) {
    if (cumulative[2] <= total) return cumulative;
    throw new D3pmError(
      'INVALID_DATA',
      `text8Dataset: the splits ask for ${cumulative[2]} characters, the text has ${total}; give splits in fractions`,
    );
  }
  throw new D3pmError(
    'INVALID_OPTIONS',
    `text8Dataset: splits is ${JSON.stringify({ unit, ...sizes })}, expected unit "fractions" with shares that add up to 1 at most, or "characters" with whole numbers`,
  );
}
