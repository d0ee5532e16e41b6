import type { FeatureName } from '../choices.ts';
import type { ImageTable, ReverseName, Table, TableRow, TextTable } from './table.ts';

/** What is measured of a trained row, one number or one set of texts each. */
export type PieceKey =
  /** How it was trained. */
  | { readonly kind: 'training' }
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
  | { readonly kind: 'texts' }
  /** Samples of images by a chain of so many steps. */
  | { readonly kind: 'images'; readonly steps: number }
  /** What the features of those samples say of them. */
  | { readonly kind: 'scores'; readonly features: FeatureName; readonly steps: number }
  /** The same of samples of so many steps, less those of the chain of the table, in pairs. */
  | { readonly kind: 'difference'; readonly features: FeatureName; readonly steps: number }
  /** A few images at several t while they are sampled. */
  | { readonly kind: 'progress' };

/** `bound-mixture-1000`, `sampling-20`, `texts`: the name of a file and of a random stream. */
export function pieceName(key: PieceKey): string {
  const {
    kind,
    reverse,
    features,
    steps,
  }: Readonly<Partial<Record<'features' | 'kind' | 'reverse', string>>> & { readonly steps?: number } = key;
  return [kind, reverse, features, steps].filter((part) => part !== undefined).join('-');
}

/** All pieces of a row, in the order in which they are made. */
export function piecesOf(table: Table, row: TableRow): readonly PieceKey[] {
  return table.kind === 'text' ? textPieces(table, row) : imagePieces(table, row);
}

/** An experiment beside the paper has its bounds and texts alone. */
function textPieces({ chains }: TextTable, row: TableRow): readonly PieceKey[] {
  const { reverses, isPublished } = row;
  if (reverses.length === 0) return [{ kind: 'exact' }, { kind: 'sampling', steps: 0 }, { kind: 'texts' }];
  const bounds = boundPieces(row, chains);
  if (!isPublished) return [...bounds, { kind: 'texts' }];
  return [...bounds, ...chains.map((steps): PieceKey => ({ kind: 'sampling', steps })), { kind: 'texts' }, ...checkPieces(row, chains)];
}

/** Samples and their scores are of every row, for its training is judged by them. Full sums come last: they check the table and are not in it. */
function imagePieces({ chains, sampleSteps, everyStep, progressive, features }: ImageTable, row: TableRow): readonly PieceKey[] {
  const measuring = features.filter(({ rows }) => rows === undefined || rows.includes(row.name));
  const sampled = (steps: number): readonly PieceKey[] => [
    { kind: 'images', steps },
    ...measuring.map(({ name }) => ({ kind: 'scores', features: name, steps }) as const),
  ];
  return [
    { kind: 'training' },
    ...boundPieces(row, chains),
    ...sampled(sampleSteps),
    ...(progressive.includes(row.name) ? [{ kind: 'progress' } as const] : []),
    ...(everyStep.includes(row.name)
      ? [...sampled(chains[0]!), ...measuring.map(({ name }) => ({ kind: 'difference', features: name, steps: chains[0]! }) as const)]
      : []),
    ...(row.isPublished ? checkPieces(row, chains) : []),
  ];
}

const boundPieces = ({ reverses }: TableRow, chains: readonly number[]): readonly PieceKey[] =>
  reverses.flatMap((reverse) => chains.map((steps): PieceKey => ({ kind: 'bound', reverse, steps })));

/** Of the reverse process of the table. */
const checkPieces = ({ reverses }: TableRow, chains: readonly number[]): readonly PieceKey[] =>
  chains.flatMap((steps): readonly PieceKey[] => [
    { kind: 'check', reverse: reverses[0]!, steps },
    { kind: 'full', reverse: reverses[0]!, steps },
  ]);
