import { D3pmError } from './errors.ts';
import { threefry2x32 } from './threefry.ts';

/**
 * A stream of random numbers as a value: a key, and numbers addressed by index. Nothing is
 * consumed, so the same key and index give the same number on every engine, in every order and
 * for every batch size, and a run resumes in the middle without replaying.
 *
 * Threefry-2x32 with 20 rounds (Salmon et al., 2011, "Parallel random numbers: as easy as 1, 2, 3").
 */
export interface Rng {
  /** 64 bits as two unsigned 32-bit words: enough to rebuild the stream with {@link rngFromKey}. */
  readonly key: readonly [number, number];
  /** An independent stream named by labels; splitting by ('a', 1) is splitting by 'a' and then by 1. */
  split(...labels: readonly (number | string)[]): Rng;
  /** Uniform on [0, 1) in multiples of 2⁻⁵³. */
  float64(index: number): number;
  /** `count` of {@link float64} from index `offset` on. */
  float64s(count: number, offset?: number): Float64Array;
  /** Uniform on 0…bound−1; biased by less than bound · 2⁻⁵³. */
  integer(bound: number, index: number): number;
  /** Standard normal by the Box–Muller transform; normals at other indices are independent. */
  normal(index: number): number;
  /** A uniformly random order of 0…count−1 (Fisher–Yates). */
  permutation(count: number): Int32Array;
}

/** The root stream of a seed: a non-negative safe integer, or any text. */
export function createRng(seed: number | string): Rng {
  return rngFromKey([0, 0]).split(seed);
}

/** The stream with exactly this key. */
export function rngFromKey(key: readonly [number, number]): Rng {
  const [k0, k1] = [key[0] >>> 0, key[1] >>> 0];
  const words = new Uint32Array(2);

  const float64 = (index: number): number => {
    threefry2x32(k0, k1, index | 0, Math.floor(index / 0x1_0000_0000) & 0x3fff_ffff, words);
    return (words[0]! * 0x20_0000 + (words[1]! >>> 11)) * 2 ** -53;
  };

  return {
    key: [k0, k1],
    split: (...labels) => {
      let child: readonly [number, number] = [k0, k1];
      for (const label of labels) child = childKey(child, label, words);
      return rngFromKey(child);
    },
    float64,
    float64s: (count, offset = 0) => {
      const values = new Float64Array(count);
      for (let i = 0; i < count; i++) values[i] = float64(offset + i);
      return values;
    },
    integer: (bound, index) => Math.floor(float64(index) * bound),
    normal: (index) => {
      const radius = Math.sqrt(-2 * Math.log1p(-float64(2 * index)));
      return radius * Math.cos(2 * Math.PI * float64(2 * index + 1));
    },
    permutation: (count) => {
      const order = Int32Array.from({ length: count }, (_, i) => i);
      for (let i = count - 1; i > 0; i--) {
        const j = Math.floor(float64(i) * (i + 1));
        [order[i], order[j]] = [order[j]!, order[i]!];
      }
      return order;
    },
  };
}

/** Counters of children have the two top bits set, those of numbers never do: the streams cannot meet. */
function childKey(key: readonly [number, number], label: number | string, words: Uint32Array): readonly [number, number] {
  if (typeof label === 'number') {
    if (!Number.isSafeInteger(label) || label < 0) {
      throw new D3pmError('INVALID_OPTIONS', `Rng: a seed or label is ${label}, expected an integer in 0…2⁵³−1, or a text`);
    }
    threefry2x32(key[0], key[1], label % 0x1_0000_0000, 0x8000_0000 | (Math.floor(label / 0x1_0000_0000) & 0x3fff_ffff), words);
    return [words[0]!, words[1]!];
  }
  let child: readonly [number, number] = key;
  for (const block of textBlocks(label)) {
    threefry2x32(child[0], child[1], block, 0xc000_0000, words);
    child = [words[0]!, words[1]!];
  }
  return child;
}

/** The UTF-16 code units of a text, its length first, in 32-bit words. */
function textBlocks(text: string): Uint32Array {
  const blocks = new Uint32Array(1 + Math.ceil(text.length / 2));
  blocks[0] = text.length;
  for (let i = 0; i < text.length; i++) blocks[1 + (i >> 1)]! |= text.charCodeAt(i) << (16 * (i & 1));
  return blocks;
}
