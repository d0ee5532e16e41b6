import { createRng, D3pmError, turnOfEventLoop, type Dataset } from '@d3pm/core';
import { ngramModel } from '@d3pm/eval';
import type { Progress } from '../../progress.ts';
import type { RunFolder } from '../../run-folder.ts';
import { loadData } from '../../train/build-training.ts';
import { fingerprint } from '../fingerprint.ts';
import { keptJson, type KeptJson } from '../kept-json.ts';
import type { TextTable } from '../table.ts';

const FILE = 'n-grams.json';

export interface NgramBaseline {
  readonly order: number;
  /** An exact code length of the held-out examples, each on its own; bits per position. */
  readonly bits: number;
}

/** The n-gram models beside a table, made once for its folder. */
export async function ngramBaselines(
  table: TextTable,
  { folder, progress, signal }: { readonly folder: RunFolder; readonly progress: Progress; readonly signal: AbortSignal },
): Promise<readonly NgramBaseline[]> {
  const { rows, ngramOrders, sizes } = table;
  const made = await readBaselines(table, folder);
  if (made) return made;
  const { train, test } = await loadData(rows[0]!.config);
  const running = symbolsOf(train!);
  const count = Math.min(test!.size, sizes.testExamples ?? test!.size);
  const indices = Array.from({ length: count }, (_, i) => Math.floor((i * test!.size) / count));
  const heldOut = test!.examples(indices, createRng('n-grams'));
  progress.start('n-grams', ngramOrders.length);
  const baselines: NgramBaseline[] = [];
  for (const order of ngramOrders) {
    baselines.push({ order, bits: ngramModel(running, { order, numStates: train!.numStates }).bitsPerCharacter(heldOut) });
    progress.update(baselines.length);
    await turnOfEventLoop();
    signal.throwIfAborted();
  }
  await keptOf(table, folder).write({ baselines });
  progress.finish(baselines.map(({ order, bits }) => `${order}: ${bits.toFixed(3)}`).join(', '));
  return baselines;
}

/** Those that are there already. @throws {D3pmError} `CONFIG_CHANGED` for those of other data or examples */
export async function readBaselines(table: TextTable, folder: RunFolder): Promise<readonly NgramBaseline[] | undefined> {
  return (await keptOf(table, folder).read())?.baselines;
}

const keptOf = (table: TextTable, folder: RunFolder): KeptJson<{ readonly baselines: readonly NgramBaseline[] }> =>
  keptJson(folder, FILE, ofTable(table));

const ofTable = ({ rows, ngramOrders, sizes: { testExamples } }: TextTable): string =>
  fingerprint({ data: rows[0]!.config.data, ngramOrders, testExamples });

/** The running text: of the pieces, or of the characters. */
function symbolsOf(data: Dataset): ArrayLike<number> {
  if ('tokens' in data) return data.tokens as Uint16Array;
  if ('symbols' in data) return data.symbols as Uint8Array;
  throw new D3pmError('INVALID_DATA', `n-grams: ${data.name} keeps no running text`);
}
