import { bitsPerDimension, createRng, D3pmError, positionsOf, turnOfEventLoop, type Dataset } from '@d3pm/core';
import { evenlySpaced, ngramModel, type PerplexityEstimate } from '@d3pm/eval';
import type { Progress } from '../../progress.ts';
import type { RunFolder } from '../../run-folder.ts';
import { loadData } from '../../train/build-training.ts';
import { fingerprint } from '../fingerprint.ts';
import { keptJson, type KeptJson } from '../kept-json.ts';
import { perWordOf } from '../per-word.ts';
import type { TextTable } from '../table.ts';

const FILE = 'n-grams.json';

export interface NgramBaseline {
  readonly order: number;
  /** An exact code length of the held-out examples, each on its own; bits per position. */
  readonly bits: number;
  /** Where the data counts words. */
  readonly perWord?: PerplexityEstimate | undefined;
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
  const indices = evenlySpaced({ size: test!.size, count });
  const heldOut = test!.examples(indices, createRng('n-grams'));
  const positions = positionsOf(heldOut);
  progress.start('n-grams', ngramOrders.length);
  const baselines: NgramBaseline[] = [];
  for (const order of ngramOrders) {
    const model = ngramModel(running, { order, numStates: train!.numStates });
    const nats = Float64Array.from(indices, (_, i) => {
      const text = heldOut.values.subarray(i * positions, (i + 1) * positions);
      return model.bitsPerCharacter(text) * positions * Math.LN2;
    });
    const bits = bitsPerDimension(nats.reduce((sum, each) => sum + each, 0) / count, positions);
    baselines.push({ order, bits, perWord: perWordOf(test!, nats) });
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

function ofTable({ rows, ngramOrders, sizes: { testExamples }, unit }: TextTable): string {
  return fingerprint({ data: rows[0]!.config.data, ngramOrders, testExamples, ...(unit === 'perplexity per word' && { unit }) });
}

/** The running text: of the pieces, or of the characters. */
function symbolsOf(data: Dataset): ArrayLike<number> {
  if ('tokens' in data) return data.tokens as Uint16Array;
  if ('symbols' in data) return data.symbols as Uint8Array;
  throw new D3pmError('INVALID_DATA', `n-grams: ${data.name} keeps no running text`);
}
