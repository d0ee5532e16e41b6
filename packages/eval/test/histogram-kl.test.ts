import { createRng, type MetricReport, type States } from '@d3pm/core';
import { evaluateMetrics, histogramKl, type HistogramKlOptions } from '@d3pm/eval';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

interface Case {
  readonly numStates: number;
  readonly length: number;
  readonly order: number;
  readonly bins: number;
  readonly samples: readonly (readonly number[])[];
  readonly data: readonly (readonly number[])[];
}

const arbCase: fc.Arbitrary<Case> = fc
  .record({ numStates: fc.integer({ min: 2, max: 6 }), length: fc.integer({ min: 1, max: 4 }) })
  .chain(({ numStates, length }) => {
    const example = fc.array(fc.nat(numStates - 1), { minLength: length, maxLength: length });
    return fc.record({
      numStates: fc.constant(numStates),
      length: fc.constant(length),
      order: fc.integer({ min: 1, max: length }),
      bins: fc.integer({ min: 2, max: numStates }),
      samples: fc.array(example, { minLength: 1, maxLength: 12 }),
      data: fc.array(example, { minLength: 0, maxLength: 12 }),
    });
  });

const batchOf = (examples: readonly (readonly number[])[], length: number): States => ({
  values: Int32Array.from(examples.flat()),
  shape: [examples.length, length],
});

async function measured({ numStates, length, samples, data, ...options }: Case & HistogramKlOptions): Promise<MetricReport> {
  const { order, bins } = options;
  const setting = { numStates, exampleShape: [length], reference: [batchOf(data, length)] };
  const half = Math.floor(samples.length / 2);
  const batches = [batchOf(samples.slice(0, half), length), batchOf(samples.slice(half), length)];
  return (await evaluateMetrics(batches, [histogramKl.create(setting, { order, bins })]))[0]!;
}

/** The definition, over n-grams as texts. */
function klOfTexts({ numStates, length, order, bins, samples, data }: Case): number {
  const ngrams = (examples: Case['samples']): string[] =>
    examples.flatMap((example) =>
      Array.from({ length: length - order + 1 }, (_, i) =>
        example
          .slice(i, i + order)
          .map((state) => Math.floor((state * bins) / numStates))
          .join(' '),
      ),
    );
  const [drawn, seen] = [ngrams(samples), ngrams(data)];
  const count = (list: readonly string[], ngram: string): number => list.filter((each) => each === ngram).length;
  return [...new Set(drawn)].reduce((sum, ngram) => {
    const p = count(drawn, ngram) / drawn.length;
    const q = (count(seen, ngram) + 0.5) / (seen.length + 0.5 * bins ** order);
    return sum + p * Math.log(p / q);
  }, 0);
}

describe('histogramKl', () => {
  it('is the divergence of its definition, whatever the batches', async () => {
    await fc.assert(
      fc.asyncProperty(arbCase, async (each) => {
        const { value, numSamples, standardError } = await measured(each);
        expect(value).toBeCloseTo(klOfTexts(each), 12);
        expect(value).toBeGreaterThan(-1e-12);
        expect(numSamples).toBe(each.samples.length);
        expect(standardError !== undefined).toBe(each.order === each.length && each.samples.length > 1);
      }),
    );
  });

  it('has a standard error that is the spread of other samples', async () => {
    const rng = createRng(5);
    const [numStates, size, repeats] = [8, 400, 300];
    const drawn = (label: number): number[][] =>
      Array.from(rng.split('draw', label).float64s(size), (u) => [Math.floor(numStates * u ** 2)]);
    const data = Array.from(rng.split('data').float64s(4000), (u) => [Math.floor(numStates * u)]);
    const reports: MetricReport[] = [];
    for (let i = 0; i < repeats; i++)
      reports.push(await measured({ numStates, length: 1, order: 1, bins: numStates, samples: drawn(i), data }));
    const mean = reports.reduce((sum, { value }) => sum + value, 0) / repeats;
    const spread = Math.sqrt(reports.reduce((sum, { value }) => sum + (value - mean) ** 2, 0) / (repeats - 1));
    const claimed = reports.reduce((sum, { standardError }) => sum + standardError!, 0) / repeats;
    // The spread of 300 values is known to 4 %.
    expect(claimed / spread).toBeGreaterThan(0.85);
    expect(claimed / spread).toBeLessThan(1.15);
  });

  const setting = { numStates: 27, exampleShape: [8], reference: [batchOf([], 8)] };
  const refusal = (work: () => unknown): string => {
    try {
      work();
    } catch (error) {
      return `${(error as { code: string }).code}: ${(error as Error).message}`;
    }
    return 'no error';
  };
  it.each([
    ['an order of 0', () => histogramKl.create(setting, { order: 0 }), /^INVALID_OPTIONS: histogram-kl: order is 0/],
    ['an order beyond the example', () => histogramKl.create(setting, { order: 9 }), /^INVALID_OPTIONS: histogram-kl: order is 9/],
    ['more bins than states', () => histogramKl.create(setting, { order: 1, bins: 28 }), /^INVALID_OPTIONS: histogram-kl: bins is 28/],
    ['an unknown option', () => histogramKl.parse({ order: 1, bin: 2 }), /^INVALID_OPTIONS: .*did you mean "bins"/],
    ['no reference', () => histogramKl.create({ numStates: 27, exampleShape: [8] }, { order: 1 }), /^INVALID_OPTIONS: .*no reference/],
    ['too many cells', () => histogramKl.create(setting, { order: 6 }), /^TABLE_TOO_LARGE: histogram-kl: 27 bins .* 3\.87e\+8 cells/],
  ])('refuses %s', (_, work, expected) => expect(refusal(work)).toMatch(expected));
});
