import { add, concat, exp, gather, reshape, tensor, tensor1d, transpose, type Tensor } from '@tensorflow/tfjs-core';
import { linearMap, linearMapGradient, type LogTable, type MapDirection } from './log-table-map.ts';

/** Tables of several (s, t), and which of them each example of a batch takes. */
export interface TableStack {
  readonly tables: readonly LogTable[];
  /** `[B]`, indices into `tables`. */
  readonly tableOf: Int32Array;
}

/**
 * Rows (`push`) or columns (`pull`) of log tables: one gather for the whole batch, where each table by itself
 * takes several operations.
 *
 * @param states int32 `[B, P]`. @returns float32 `[B, P, K]`.
 */
export function stackedStates(states: Tensor, { tables, tableOf }: TableStack, direction: MapDirection): Tensor {
  const numStates = tables[0]!.logProbs.shape[0]!;
  const stacked = stack(tables);
  const rows = direction === 'push' ? stacked : transpose(stacked, [0, 2, 1]);
  const offsets = tensor(
    tableOf.map((table) => table * numStates),
    [tableOf.length, 1],
    'int32',
  );
  const flat = reshape(add(states, offsets), [states.size]);
  return reshape(gather(reshape(rows, [tables.length * numStates, numStates]), flat), [...states.shape, numStates]);
}

/**
 * {@link linearMap} with a table for each example, as one batched product: examples are laid out by table, as many
 * places for each as the fullest needs.
 *
 * @param rows float32 `[B, P, K]`.
 */
export function stackedMap(rows: Tensor, { tables, tableOf }: TableStack, direction: MapDirection): Tensor {
  return byTable([rows], tableOf, tables.length, ([laid]) => linearMap(laid!, exp(stack(tables)), direction));
}

/** {@link linearMapGradient} with a table for each example. */
export function stackedMapGradient(
  dy: Tensor,
  rows: Tensor,
  mapped: Tensor,
  { tables, tableOf }: TableStack,
  direction: MapDirection,
): Tensor {
  return byTable([dy, rows, mapped], tableOf, tables.length, ([upstream, input, output]) =>
    linearMapGradient(upstream!, input!, output!, exp(stack(tables)), direction),
  );
}

/** Places that {@link stackedMap} lays examples out to; at least as many as there are examples. */
export function placesOf(counts: readonly number[]): number {
  return counts.length * Math.max(...counts);
}

/** Applies `map` to `[tables, places · P, K]`; a place without an example repeats the first one, and its result is not read. */
function byTable(inputs: readonly Tensor[], tableOf: Int32Array, numTables: number, map: (laid: Tensor[]) => Tensor): Tensor {
  const [batchSize, perExample, numStates] = inputs[0]!.shape as [number, number, number];
  const counts = new Int32Array(numTables);
  const within = tableOf.map((table) => counts[table]!++);
  const places = Math.max(...counts);
  const placeOf = tableOf.map((table, example) => table * places + within[example]!);
  const exampleAt = new Int32Array(numTables * places);
  placeOf.forEach((place, example) => (exampleAt[place] = example));
  const laid = inputs.map((input) => reshape(gather(input, tensor1d(exampleAt, 'int32')), [numTables, places * perExample, numStates]));
  const mapped = reshape(map(laid), [numTables * places, perExample, numStates]);
  return reshape(gather(mapped, tensor1d(placeOf, 'int32')), [batchSize, perExample, numStates]);
}

/** `[tables, K, K]` */
function stack(tables: readonly LogTable[]): Tensor {
  const numStates = tables[0]!.logProbs.shape[0]!;
  const logProbs = tables.map((table) => table.logProbs);
  return reshape(concat(logProbs, 0), [tables.length, numStates, numStates]);
}
