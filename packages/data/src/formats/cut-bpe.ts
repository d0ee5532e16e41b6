import { longestKey, nextNode, type ByteTrie } from './byte-trie.ts';
import type { CutText } from './cut-unigram.ts';
import type { SentencePieceModel } from './sentence-piece-model.ts';
import { utf8Length } from './utf8-length.ts';

/** Two neighbours that make a piece: where each begins, and where the second ends. */
interface Pair {
  readonly score: number;
  readonly left: number;
  readonly right: number;
  readonly end: number;
}

/**
 * Cuts a text as a BPE model does: from its characters on, the two neighbours whose piece has the highest score are joined, the left
 * ones of equals first, until none are left. A symbol of the user is never joined; an unused piece is cut again as it was joined, and an
 * unused character is unknown.
 */
export function cutBpe(
  { pieces, unknownId }: Pick<SentencePieceModel, 'pieces' | 'unknownId'>,
  trie: ByteTrie,
  userDefined: ByteTrie,
): CutText {
  return (text) => {
    const size = text.length;
    /** By the byte where a part begins: where it ends, and where the part before it begins. */
    const [ends, previous] = [new Int32Array(size + 1).fill(-1), new Int32Array(size + 1).fill(-1)];
    const fixed = new Uint8Array(size + 1);
    const agenda: Pair[] = [];
    const cutsOfUnused = new Map<number, number>();

    const propose = (left: number, right: number): void => {
      if (left === -1 || right >= size || fixed[left] === 1 || fixed[right] === 1) return;
      const end = ends[right]!;
      const id = pieceOf(trie, text, left, end);
      if (id === -1) return;
      push(agenda, { score: pieces[id]!.score, left, right, end });
      if (pieces[id]!.type === 'unused') cutsOfUnused.set(id, right - left);
    };

    for (let [start, before] = [0, -1]; start < size;) {
      const symbol = longestKey(userDefined, text, start);
      const end = start + (symbol > 0 ? symbol : utf8Length(text, start, size));
      fixed[start] = Number(symbol > 0);
      [ends[start], previous[start]] = [end, before];
      [before, start] = [start, end];
    }
    for (let left = 0; left < size; left = ends[left]!) propose(left, ends[left]!);
    for (let pair = pop(agenda); pair !== undefined; pair = pop(agenda)) {
      const { left, right, end } = pair;
      // One of the two has been joined with another meanwhile.
      if (ends[left] !== right || ends[right] !== end) continue;
      [ends[left], ends[right]] = [end, -1];
      previous[end] = left;
      propose(previous[left]!, left);
      propose(left, end);
    }

    const cuts: number[] = [];
    const write = (start: number, end: number): void => {
      const id = pieceOf(trie, text, start, end);
      const leftBytes = cutsOfUnused.get(id);
      if (leftBytes === undefined) cuts.push(id === -1 || pieces[id]!.type === 'unused' ? unknownId : id, end);
      else {
        write(start, start + leftBytes);
        write(start + leftBytes, end);
      }
    };
    for (let start = 0; start < size; start = ends[start]!) write(start, ends[start]!);
    return Int32Array.from(cuts);
  };
}

function pieceOf(trie: ByteTrie, text: Uint8Array, start: number, end: number): number {
  let node = 0;
  for (let i = start; i < end && node !== -1; i++) node = nextNode(trie, node, text[i]!);
  return node === -1 ? -1 : trie.values[node]!;
}

const isBefore = (a: Pair, b: Pair): boolean => a.score > b.score || (a.score === b.score && a.left < b.left);

/** A binary heap: entry i is before entries 2i + 1 and 2i + 2. */
function push(heap: Pair[], pair: Pair): void {
  let at = heap.length;
  heap.push(pair);
  for (let parent = (at - 1) >> 1; at > 0 && isBefore(pair, heap[parent]!); parent = (at - 1) >> 1) {
    heap[at] = heap[parent]!;
    heap[parent] = pair;
    at = parent;
  }
}

function pop(heap: Pair[]): Pair | undefined {
  const [first, last] = [heap[0], heap.pop()];
  if (heap.length === 0 || last === undefined) return first;
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child++;
    if (child >= heap.length || !isBefore(heap[child]!, last)) break;
    heap[at] = heap[child]!;
    at = child;
  }
  heap[at] = last;
  return first;
}
