import { engine, memory, tensor, tidy, type NamedTensorMap, type Tensor } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { prepareEngine } from '@d3pm/engine';

/** The operations are for the processor alone. */
const isCard = (await prepareEngine()).device !== 'processor';

/** An input of an operation: of every row the shape and values, or for all rows together. */
interface Input {
  readonly shape: readonly number[];
  readonly value: (i: number) => number;
  readonly dtype?: 'int32';
}

interface Operation {
  readonly name: string;
  /** Enough for several threads. */
  readonly numRows: number;
  readonly byRow: Readonly<Record<string, Input>>;
  readonly shared: Readonly<Record<string, Input>>;
  /** Which outputs have a part for each row; the others are sums over rows. */
  readonly outputs: readonly number[];
  /** Inputs whose NaN is one in the first output. */
  readonly floats: readonly string[];
}

const K = 33;
/** Values that do not repeat, with a spread of logits. */
const wave = (i: number): number => 4 * Math.sin(i * (i + 1) * 0.37);
const positive = (i: number): number => 0.1 + Math.abs(Math.sin(i * 0.7));
const row: Input = { shape: [K], value: wave };
const scores: Input = { shape: [2, 4, K], value: wave };
const image: Input = { shape: [7, 7, 8], value: wave };
const number: Input = { shape: [], value: positive };
const state = (step: number): Input => ({ shape: [], value: (i) => (i * step) % K, dtype: 'int32' });
const list = (...values: number[]): Input => ({ shape: [values.length], value: (i) => values[i]! });
const scale: Input = { shape: [8], value: positive };
const chain = [0.9, 0.1, 0.8, 0.2, 0.72, 0.28, 0];
const groups = list(2, 1, 1e-6);

/** Of float64 numbers in [0, 1). */
const halves = new Int32Array(Float64Array.from({ length: 9000 }, (_, i) => Math.abs(Math.sin(i * 0.7))).buffer);

const defaults = { numRows: 9000, shared: {}, outputs: [0], floats: [] };
const operations: readonly Operation[] = [
  {
    ...defaults,
    name: 'D3pmAdamUpdate',
    byRow: { parameters: row, moment1: row, moment2: { shape: [K], value: positive }, gradient: row },
    shared: { factors: list(0.9, 0.1, 0.999, 0.001, 1e-8, 0.01) },
    outputs: [0, 1, 2],
  },
  {
    ...defaults,
    name: 'D3pmAttentionWeights',
    numRows: 1200,
    byRow: { scores },
    shared: { bias: { shape: [1, 2, 4, K], value: positive } },
  },
  { ...defaults, name: 'D3pmAttentionWeightsGrad', byRow: { weights: { shape: [K], value: positive }, upstream: row } },
  {
    ...defaults,
    name: 'D3pmCategoricalKl',
    byRow: { logQ: row, logP: { shape: [K], value: positive } },
    outputs: [0, 1],
    floats: ['logQ', 'logP'],
  },
  {
    ...defaults,
    name: 'D3pmDenoiserNll',
    byRow: { logits: row, x0: state(7), weight: number },
    shared: { impossible: { ...list(-1), dtype: 'int32' } },
    outputs: [0, 1],
    floats: ['logits', 'weight'],
  },
  { ...defaults, name: 'D3pmDrawRows', byRow: { x: row, uniform: { shape: [2], value: (i) => halves[i]!, dtype: 'int32' } } },
  {
    ...defaults,
    name: 'D3pmGroupNorm',
    numRows: 400,
    byRow: { x: image, shift: scale },
    shared: { scale, bias: scale, setting: groups },
    outputs: [0, 1],
  },
  {
    ...defaults,
    name: 'D3pmGroupNormGrad',
    numRows: 400,
    byRow: { dy: image, x: image, shift: scale, statistics: { shape: [4], value: positive } },
    shared: { scale, bias: scale, setting: groups },
    outputs: [0, 3],
  },
  { ...defaults, name: 'D3pmLogNormalize', byRow: { x: row }, floats: ['x'] },
  { ...defaults, name: 'D3pmLogNormalizeGrad', byRow: { dy: row, y: { shape: [K], value: (i) => -positive(i) } }, floats: ['dy', 'y'] },
  { ...defaults, name: 'D3pmLogSumExp', byRow: { x: row }, floats: ['x'] },
  {
    ...defaults,
    name: 'D3pmRankOneTerm',
    byRow: { logits: row, x0: state(7), xt: state(5), chain: { shape: [7], value: (i) => chain[i % 7]! } },
    shared: { target: { shape: [K], value: () => 1 / K }, setting: list(1, 1, 0.01) },
    outputs: [0, 1],
    floats: ['logits'],
  },
  {
    ...defaults,
    name: 'D3pmRmsNorm',
    byRow: { x: row },
    shared: { scale: { shape: [K], value: positive }, floor: list(1e-6) },
    outputs: [0, 1],
  },
  { ...defaults, name: 'D3pmRmsNormGrad', byRow: { dy: row, x: row, inverse: number }, shared: { scale: { shape: [K], value: positive } } },
  { ...defaults, name: 'D3pmAddRow', byRow: { x: row }, shared: { row: { shape: [K], value: positive }, relu: list(1) }, floats: ['x'] },
  { ...defaults, name: 'D3pmScaleRows', byRow: { x: row, factor: number }, floats: ['x', 'factor'] },
];

interface Rows {
  readonly from: number;
  readonly to: number;
  /** Replaces one value of an input, counted from its first. */
  readonly change?: { readonly input: string; readonly at: number; readonly value: number };
  /** Gives an input one row less than the others. */
  readonly short?: string;
}

const sizeOf = ({ shape }: Input): number => shape.reduce((product, length) => product * length, 1);

function inputsOf({ byRow, shared }: Operation, { from, to, change, short }: Rows): NamedTensorMap {
  const made = (name: string, { value, dtype, ...input }: Input, first: number, shape: number[]): Tensor => {
    const values = Float64Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) =>
      value(i + first * sizeOf({ value, ...input })),
    );
    if (change?.input === name) values[change.at] = change.value;
    return dtype === 'int32' ? tensor(Int32Array.from(values), shape, dtype) : tensor(Float32Array.from(values), shape);
  };
  return Object.fromEntries([
    ...Object.entries(byRow).map(([name, input]) => [
      name,
      made(name, input, from, [to - from - (name === short ? 1 : 0), ...input.shape]),
    ]),
    ...Object.entries(shared).map(([name, input]) => [name, made(name, input, 0, [...input.shape])]),
  ]) as NamedTensorMap;
}

/** The bits of the outputs. */
function bitsOf(operation: Operation, rows: Rows): Int32Array[] {
  return tidy(() => {
    const outputs = engine().runKernel<Tensor[]>(operation.name, inputsOf(operation, rows));
    return outputs.map((output) => new Int32Array(Float32Array.from(output.dataSync()).buffer));
  });
}

const isNaNBits = (bits: number): boolean => (bits & 0x7fffffff) > 0x7f800000;

/** The first number that differs, −1 for none: arrays of a million numbers are compared in no time. */
const firstDifference = (left: Int32Array, right: Int32Array): number =>
  left.length === right.length ? left.findIndex((value, i) => value !== right[i]) : Math.min(left.length, right.length);

describe.skipIf(isCard)('every compiled operation', () => {
  it.each(operations)('$name gives the same bits twice, and a few rows what they have among many', (operation) => {
    const { numRows, outputs } = operation;
    const all = bitsOf(operation, { from: 0, to: numRows });
    const again = bitsOf(operation, { from: 0, to: numRows });
    expect(all.map((bits, i) => firstDifference(bits, again[i]!))).toEqual(all.map(() => -1));
    // Around the middle, where one of two threads ends, and at both ends.
    for (const from of [0, numRows / 2 - 1, numRows - 3]) {
      const few = bitsOf(operation, { from, to: from + 3 });
      for (const output of outputs) {
        const size = few[output]!.length / 3;
        expect(size).toBeGreaterThanOrEqual(1);
        expect(firstDifference(few[output]!, all[output]!.subarray(from * size, (from + 3) * size))).toBe(-1);
      }
    }
  });

  const poisoned = operations.flatMap((operation) => operation.floats.map((input) => ({ name: operation.name, operation, input })));
  it.each(poisoned)('$name has NaN for NaN in $input, in that row alone', ({ operation, input }) => {
    const clean = bitsOf(operation, { from: 0, to: 5 });
    expect(clean.some((output) => output.some((bits) => isNaNBits(bits)))).toBe(false);
    const size = sizeOf(operation.byRow[input]!);
    // In the first and in another sixteen, and in the rest behind them.
    for (const at of [0, 17, 32]) {
      const change = { input, at: 2 * size + Math.min(at, size - 1), value: NaN };
      const bits = bitsOf(operation, { from: 0, to: 5, change });
      for (const output of operation.outputs) {
        const width = clean[output]!.length / 5;
        const isOwn = (i: number): boolean => Math.floor(i / width) === 2;
        expect(bits[output]!.filter((value, i) => !isOwn(i) && value !== clean[output]![i])).toEqual(new Int32Array(0));
      }
      const width = clean[0]!.length / 5;
      expect(bits[0]!.subarray(2 * width, 3 * width).some((value) => isNaNBits(value))).toBe(true);
    }
  });

  const misfits = operations.flatMap((operation) => {
    const names = Object.keys(operation.byRow);
    return names.length === 1 ? [] : names.map((input) => ({ name: operation.name, operation, input }));
  });
  it.each(misfits)('$name refuses $input of another size, by name, and goes on', ({ name, operation, input }) => {
    const before = bitsOf(operation, { from: 0, to: 4 });
    const { numTensors } = memory();
    expect(() => bitsOf(operation, { from: 0, to: 4, short: input })).toThrow(new RegExp(`${name}\\b`));
    expect(memory().numTensors).toBe(numTensors);
    expect(bitsOf(operation, { from: 0, to: 4 })).toEqual(before);
  });

  it.each([
    ['D3pmDenoiserNll', 'x0', -1],
    ['D3pmDenoiserNll', 'x0', K],
    ['D3pmRankOneTerm', 'x0', K],
    ['D3pmRankOneTerm', 'xt', -1],
    ['D3pmRankOneTerm', 'xt', 2 ** 31 - 1],
  ])('%s refuses %s of %i, says where it is, and goes on', (name, input, value) => {
    const operation = operations.find((each) => each.name === name)!;
    const before = bitsOf(operation, { from: 0, to: 4 });
    const change = { input, at: 3, value };
    expect(() => bitsOf(operation, { from: 0, to: 4, change })).toThrow(`${name}: ${input} is ${value} at position 3, expected 0…32`);
    expect(bitsOf(operation, { from: 0, to: 4 })).toEqual(before);
  });

  const sharedMisfits = operations.flatMap((operation) =>
    Object.keys(operation.shared).map((input) => ({ name: operation.name, operation, input })),
  );
  it.each(sharedMisfits)('$name refuses $input without a number, by name, and goes on', ({ name, operation, input }) => {
    const before = bitsOf(operation, { from: 0, to: 4 });
    const empty = { ...operation, shared: { ...operation.shared, [input]: { ...operation.shared[input]!, shape: [0] } } };
    expect(() => bitsOf(empty, { from: 0, to: 4 })).toThrow(new RegExp(`${name}\\b`));
    expect(bitsOf(operation, { from: 0, to: 4 })).toEqual(before);
  });

  it('refuses an impossible class that there is not', () => {
    const operation = operations.find(({ name }) => name === 'D3pmDenoiserNll')!;
    const change = { input: 'impossible', at: 0, value: K };
    expect(() => bitsOf(operation, { from: 0, to: 4, change })).toThrow('D3pmDenoiserNll: impossible is 33, expected at most 32');
  });

  it('takes a scalar for a row of one', () => {
    const totals = tidy(() =>
      engine()
        .runKernel<Tensor[]>('D3pmLogSumExp', { x: tensor(2, []) })[0]!
        .dataSync(),
    );
    expect([...totals]).toEqual([2]);
  });

  it('has log 0 for rows of no classes', () => {
    const totals = tidy(() =>
      engine()
        .runKernel<Tensor[]>('D3pmLogSumExp', { x: tensor([], [3, 0]) })[0]!
        .dataSync(),
    );
    expect([...totals]).toEqual([-Infinity, -Infinity, -Infinity]);
  });

  it.each(operations)('$name leaves no tensor behind', (operation) => {
    const inputs = inputsOf(operation, { from: 0, to: 4 });
    const { numTensors } = memory();
    const outputs = engine().runKernel<Tensor[]>(operation.name, inputs);
    expect(memory().numTensors).toBe(numTensors + outputs.length);
    for (const each of outputs) each.dispose();
    expect(memory().numTensors).toBe(numTensors);
    for (const each of Object.values(inputs)) each.dispose();
  });
});
