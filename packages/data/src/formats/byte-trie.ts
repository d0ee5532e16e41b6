/** Keys of bytes as a tree: a node a byte, the root is node 0. The children of a node lie side by side, from its lowest byte to its highest. */
export interface ByteTrie {
  /** Where the children of a node begin in `targets`, `[nodes]`. */
  readonly first: Int32Array;
  /** The lowest byte that leads on from a node, and how many places its children have, `[nodes]`. */
  readonly lowest: Uint8Array;
  readonly width: Uint16Array;
  /** A node, −1 for none. */
  readonly targets: Int32Array;
  /** The value of the key that ends at a node, −1 for none, `[nodes]`. */
  readonly values: Int32Array;
}

/** The tree of keys that each have a value ≥ 0. */
export function byteTrie(entries: readonly (readonly [key: Uint8Array, value: number])[]): ByteTrie {
  const children: Map<number, number>[] = [new Map()];
  const valueOf = new Map<number, number>();
  for (const [key, value] of entries) {
    let node = 0;
    for (const byte of key) {
      let next = children[node]!.get(byte);
      if (next === undefined) {
        next = children.push(new Map()) - 1;
        children[node]!.set(byte, next);
      }
      node = next;
    }
    valueOf.set(node, value);
  }
  const lowest = Uint8Array.from(children, (edges) => Math.min(255, ...edges.keys()));
  const width = Uint16Array.from(children, (edges, node) => Math.max(lowest[node]! - 1, ...edges.keys()) - lowest[node]! + 1);
  const first = new Int32Array(children.length);
  for (let node = 1; node < first.length; node++) first[node] = first[node - 1]! + width[node - 1]!;
  const targets = new Int32Array(first.at(-1)! + width.at(-1)!).fill(-1);
  children.forEach((edges, node) => {
    for (const [byte, next] of edges) targets[first[node]! + byte - lowest[node]!] = next;
  });
  return { first, lowest, width, targets, values: Int32Array.from(children, (_, node) => valueOf.get(node) ?? -1) };
}

/** Where a byte leads from a node, −1 when no key goes on so. */
export function nextNode({ first, lowest, width, targets }: ByteTrie, node: number, byte: number): number {
  const place = byte - lowest[node]!;
  return place < 0 || place >= width[node]! ? -1 : targets[first[node]! + place]!;
}

/** Bytes of the longest key that the text has at `at`, 0 for none. */
export function longestKey(trie: ByteTrie, text: Uint8Array, at: number): number {
  let longest = 0;
  let node = 0;
  for (let i = at; i < text.length; i++) {
    node = nextNode(trie, node, text[i]!);
    if (node === -1) break;
    if (trie.values[node] !== -1) longest = i + 1 - at;
  }
  return longest;
}
