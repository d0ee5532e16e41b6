import { nextNode, type ByteTrie } from './byte-trie.ts';
import type { SentencePieceModel } from './sentence-piece-model.ts';
import { utf8Length } from './utf8-length.ts';

/** Cuts a normalised text: the id of each piece and where it ends, in turn; in memory that the next call overwrites. */
export type CutText = (text: Uint8Array) => Int32Array;

/** By how much an unknown character is less likely than the least likely piece, in nats. */
const UNKNOWN_PENALTY = 10;
/** By how much a user's symbol is below the best that its characters could be. */
const USER_MARGIN = 0.1;
const FLT_MAX = 3.4028234663852886e38;
const FLT_MIN = 1.1754943508222875e-38;

/**
 * The most likely way to cut a text into the pieces of a unigram model, by Viterbi: best[j] = max over pieces i…j of best[i] + score.
 * Of equals the one whose last piece is the longest.
 *
 *     score of an unknown character   min − 10, the lowest score of a normal piece
 *     score of a user's symbol        bytes · max − 0.1, above all others
 *
 * Sums are in float32, which decides near ties; so are those of SentencePiece 0.2, while 0.1 compares in float64.
 *
 * @param pieces whose normal and user-defined ones are the keys of `trie`
 */
export function cutUnigram({ pieces, unknownId }: Pick<SentencePieceModel, 'pieces' | 'unknownId'>, trie: ByteTrie): CutText {
  const normal = pieces.filter(({ type }) => type === 'normal').map(({ score }) => score);
  const lowest = normal.reduce((least, score) => Math.min(least, score), FLT_MAX);
  const highest = normal.reduce((most, score) => Math.max(most, score), FLT_MIN);
  const unknownScore = Math.fround(lowest - UNKNOWN_PENALTY);
  const utf8 = new TextEncoder();
  const scores = Float32Array.from(pieces, ({ piece, score, type }) =>
    type === 'user-defined' ? Math.fround(utf8.encode(piece).length * highest) - USER_MARGIN : score,
  );

  let best = new Float32Array(0);
  let starts = new Int32Array(0);
  let ids = new Int32Array(0);
  let cuts = new Int32Array(0);

  return (text) => {
    const size = text.length;
    if (size >= best.length) {
      best = new Float32Array(2 * size + 1);
      [starts, ids, cuts] = [new Int32Array(2 * size + 1), new Int32Array(2 * size + 1), new Int32Array(4 * size + 2)];
    }
    starts.fill(-1, 0, size + 1);
    best[0] = 0;
    for (let start = 0; start < size;) {
      const character = utf8Length(text, start, size);
      const before = best[start]!;
      let hasCharacter = false;
      let node = 0;
      for (let end = start + 1; end <= size; end++) {
        node = nextNode(trie, node, text[end - 1]!);
        if (node === -1) break;
        const id = trie.values[node]!;
        if (id === -1) continue;
        const score = Math.fround(before + scores[id]!);
        if (starts[end] === -1 || score > best[end]!) {
          best[end] = score;
          starts[end] = start;
          ids[end] = id;
        }
        if (end - start === character) hasCharacter = true;
      }
      if (!hasCharacter) {
        const end = start + character;
        const score = Math.fround(before + unknownScore);
        if (starts[end] === -1 || score > best[end]!) {
          best[end] = score;
          starts[end] = start;
          ids[end] = unknownId;
        }
      }
      start += character;
    }
    let first = cuts.length;
    for (let end = size; end > 0; end = starts[end]!) {
      cuts[--first] = end;
      cuts[--first] = ids[end]!;
    }
    return cuts.subarray(first);
  };
}
