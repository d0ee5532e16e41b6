import { assertOptionNames, D3pmError, type MetricPlugin, type States } from '@d3pm/core';
import { defaultRegistry } from '@d3pm/core/default-registry';
import { builtinMetrics, createMetricRegistry, defineMetric, evaluateMetrics, histogramKl, type MetricConfig } from '@d3pm/eval';
import { describe, expect, it } from 'vitest';

interface ShareOptions {
  readonly state: number;
}

/** A metric of somebody else's: how often a state occurs. */
const share: MetricPlugin<'acme/share', ShareOptions> = defineMetric({
  name: 'acme/share',
  parse: (options): ShareOptions => {
    const { state } = assertOptionNames('acme/share', options, ['state']);
    if (typeof state !== 'number')
      throw new D3pmError('INVALID_OPTIONS', `acme/share: state is ${JSON.stringify(state)}, expected a number`);
    return { state };
  },
  create: (_setting, { state }) => {
    let [hits, count] = [0, 0];
    return {
      update: ({ values }) => {
        hits += values.filter((value) => value === state).length;
        count += values.length;
      },
      report: () => ({ value: hits / count, unit: 'share' }),
    };
  },
});

declare module '@d3pm/eval' {
  interface MetricOptions {
    'acme/share': ShareOptions;
  }
}

const states = (values: readonly number[], ...shape: readonly number[]): States => ({ values: Int32Array.from(values), shape });
const refusal = async (work: () => unknown): Promise<string> => {
  try {
    await work();
  } catch (error) {
    return `${(error as D3pmError).code}: ${(error as Error).message}`;
  }
  return 'no error';
};
async function* stream(...batches: readonly States[]): AsyncGenerator<States> {
  yield* batches;
}

const setting = { numStates: 3, exampleShape: [2], reference: [states([0, 1, 1, 2], 2, 2)] };
const registry = createMetricRegistry(builtinMetrics).with(share);

describe('evaluateMetrics', () => {
  it('reads a stream once for all metrics, in order, and counts samples', async () => {
    const configs: readonly MetricConfig[] = [
      { name: 'acme/share', state: 0 },
      { name: 'histogram-kl', order: 1 },
    ];
    const metrics = configs.map((config) => registry.fromConfig(config, setting));
    const [first, second] = await evaluateMetrics(stream(states([0, 1], 1, 2), states([], 0, 2), states([0, 0, 2, 2], 2, 2)), metrics);
    expect(first).toEqual({ name: 'acme/share', value: 0.5, unit: 'share', numSamples: 3 });
    expect(second).toMatchObject({ name: 'histogram-kl', unit: 'nats', numSamples: 3 });
    expect(await evaluateMetrics([states([0, 1], 1, 2)], [])).toEqual([]);
  });

  it.each([
    ['no samples', [], /^INVALID_DATA: acme\/share: no sample has been read/],
    ['only empty batches', [states([], 0, 2)], /^INVALID_DATA/],
    ['samples of another shape', [states([0, 1, 2], 1, 3)], /^SHAPE: acme\/share: samples have shape \[1, 3\], expected \[B, 2\]/],
    ['samples without a batch', [states([0, 1], 2)], /^SHAPE/],
    ['values that do not fill the shape', [states([0, 1, 2], 2, 2)], /^SHAPE: acme\/share: samples has 3 values for shape \[2, 2\]/],
    ['a state beyond K', [states([0, 3], 1, 2)], /^STATE_RANGE: acme\/share: samples has state 3 in example 0 at position 1/],
  ])('refuses %s', async (_, samples, expected) =>
    expect(await refusal(() => evaluateMetrics(samples, [share.create(setting, { state: 0 })]))).toMatch(expected),
  );
});

describe('createMetricRegistry', () => {
  it('is typed, frozen, and refuses at run time too', async () => {
    expect(registry.names).toEqual(['histogram-kl', 'fid', 'kid', 'inception-score', 'acme/share']);
    expect(Object.isFrozen(registry)).toBe(true);
    // @ts-expect-error no such name
    expect(await refusal(() => registry.create('histogram', setting, {}))).toMatch(/^UNKNOWN_NAME: .*no metric is named "histogram"/);
    // @ts-expect-error an option is missing
    expect(await refusal(() => registry.create('acme/share', setting, {}))).toMatch(/^INVALID_OPTIONS: acme\/share: state/);
    // @ts-expect-error an option of another type
    const wrong: MetricConfig = { name: 'histogram-kl', order: 'two' };
    expect(await refusal(() => registry.fromConfig(wrong, setting))).toMatch(/^INVALID_OPTIONS: histogram-kl: order/);
    expect(await refusal(() => createMetricRegistry([{ ...share, kind: 'model' } as never]))).toMatch(
      /^INVALID_OPTIONS: .*is a model plugin/,
    );
    expect(await refusal(() => registry.with({ ...share }))).toMatch(/^DUPLICATE_NAME/);
  });

  it('registers itself only through ./register', async () => {
    expect(defaultRegistry('metric').names).toEqual([]);
    await import('@d3pm/eval/register');
    expect(defaultRegistry('metric').find('histogram-kl')).toBe(histogramKl);
  });
});

it('defineMetric checks name, setting and reference before and for the author', async () => {
  expect(await refusal(() => defineMetric({ ...share, name: 'Acme' }))).toMatch(/^INVALID_OPTIONS: .*kebab-case/);
  expect(await refusal(() => share.create({ ...setting, numStates: 1.5 }, { state: 0 }))).toMatch(
    /^INVALID_OPTIONS: acme\/share: numStates/,
  );
  expect(await refusal(() => share.create({ ...setting, exampleShape: [0] }, { state: 0 }))).toMatch(
    /^INVALID_OPTIONS: .*exampleShape\[0\]/,
  );
  const reference = [states([0, 5], 1, 2)];
  expect(await refusal(() => histogramKl.create({ ...setting, reference }, { order: 1 }))).toMatch(/^STATE_RANGE: histogram-kl: reference/);
});
