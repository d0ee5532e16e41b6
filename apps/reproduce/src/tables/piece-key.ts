import type { ReverseName, Table, TableRow } from './table.ts';

/** What is measured of a trained row, one number or one set of texts each. */
export type PieceKey =
  /** The bound of a chain on all held-out examples. */
  | { readonly kind: 'bound'; readonly reverse: ReverseName; readonly steps: number }
  /** The same, on the examples of the full sum. */
  | { readonly kind: 'check'; readonly reverse: ReverseName; readonly steps: number }
  /** The sum over every step of the chain, on a few examples. */
  | { readonly kind: 'full'; readonly reverse: ReverseName; readonly steps: number }
  /** The likelihood of a decoder. */
  | { readonly kind: 'exact' }
  /** The time of sampling one example; `steps` is 0 for a decoder. */
  | { readonly kind: 'sampling'; readonly steps: number }
  | { readonly kind: 'texts' };

/** `bound-mixture-1000`, `sampling-20`, `texts`: the name of a file and of a random stream. */
export function pieceName(key: PieceKey): string {
  const { kind, reverse, steps }: { readonly kind: string; readonly reverse?: string; readonly steps?: number } = key;
  return [kind, reverse, steps].filter((part) => part !== undefined).join('-');
}

/** All pieces of a row, in the order in which they are made. An experiment beside the paper has its bounds and texts alone. */
export function piecesOf({ chains }: Table, { reverses, isPublished }: TableRow): readonly PieceKey[] {
  const [first] = reverses;
  if (first === undefined) return [{ kind: 'exact' }, { kind: 'sampling', steps: 0 }, { kind: 'texts' }];
  const bounds = reverses.flatMap((reverse) => chains.map((steps): PieceKey => ({ kind: 'bound', reverse, steps })));
  if (!isPublished) return [...bounds, { kind: 'texts' }];
  return [
    ...bounds,
    ...chains.map((steps): PieceKey => ({ kind: 'sampling', steps })),
    { kind: 'texts' },
    ...chains.flatMap((steps): readonly PieceKey[] => [
      { kind: 'check', reverse: first, steps },
      { kind: 'full', reverse: first, steps },
    ]),
  ];
}
