import { assertInteger, assertOptionNames, D3pmError, positionsOf, type MetricPlugin, type States } from '@d3pm/core';
import { defineMetric } from './define-metric.ts';

export interface HistogramKlOptions {
  /** n, positions in a row that are counted together. */
  readonly order: number;
  /** Bins of one position; state x falls into bin ⌊x · bins / K⌋. @defaultValue K */
  readonly bins?: number;
}

/** Cells of a histogram, 8 bytes each for samples and data. */
const MAX_CELLS = 2 ** 24;

/**
 * How far the n-grams of samples are from those of the reference, by their histograms, in nats:
 *
 *     KL(p̂ ‖ q̂) = Σ_c p̂_c log(p̂_c / q̂_c),   p̂_c = a_c / Σ a,   q̂_c = (b_c + ½) / Σ (b + ½)
 *
 * with a and b the counts in samples and data over bins^n cells, 0 · log 0 = 0. The ½ (Krichevsky and Trofimov) keeps
 * it finite. Every run of n positions of an example is counted, in row-major order; n = N is the joint histogram, 1 that
 * of single states.
 *
 * Two sets of the same law do not give 0 but the noise of the counts: compare with the value of other data. The
 * standard error is that of the samples, the reference taken as it is, and is there when each sample is one n-gram
 * (n = N), as only then are the counts independent.
 *
 * Its `create` throws `INVALID_OPTIONS` without a reference, and `TABLE_TOO_LARGE` for more than 2²⁴ cells.
 */
export const histogramKl: MetricPlugin<'histogram-kl', HistogramKlOptions> = /* @__PURE__ */ defineMetric({
  name: 'histogram-kl',
  parse: (options): HistogramKlOptions => {
    const { order, bins } = assertOptionNames('histogram-kl', options, ['order', 'bins']);
    assertInteger('histogram-kl', 'order', order, 1);
    if (bins === undefined) return { order };
    assertInteger('histogram-kl', 'bins', bins, 2);
    return { order, bins };
  },
  create: ({ numStates, exampleShape, reference }, { order, bins = numStates }) => {
    const positions = positionsOf({ shape: [1, ...exampleShape] });
    assertInteger('histogram-kl', 'order', order, 1, positions);
    assertInteger('histogram-kl', 'bins', bins, 1, numStates);
    if (reference === undefined) {
      throw new D3pmError(
        'INVALID_OPTIONS',
        'histogram-kl: the setting has no reference, expected batches of data: create({ …, reference: [heldOut] }, options)',
      );
    }
    const numCells = bins ** order;
    if (numCells > MAX_CELLS) {
      throw new D3pmError(
        'TABLE_TOO_LARGE',
        `histogram-kl: ${bins} bins to the power of order ${order} are ${numCells.toPrecision(3)} cells, at most ${MAX_CELLS}; take fewer bins or a lower order`,
      );
    }
    const grid = { numStates, bins, order, positions };
    const data = new Float64Array(numCells);
    for (const batch of reference) countNgrams(data, batch, grid);
    const samples = new Float64Array(numCells);
    return {
      update: (batch) => countNgrams(samples, batch, grid),
      report: () => {
        const { nats, variance, total } = divergence(samples, data);
        return { value: nats, unit: 'nats', ...(order === positions && total > 1 && { standardError: Math.sqrt(variance / total) }) };
      },
    };
  },
});

interface Grid {
  readonly numStates: number;
  readonly bins: number;
  readonly order: number;
  readonly positions: number;
}

function countNgrams(counts: Float64Array, { values }: States, { numStates, bins, order, positions }: Grid): void {
  for (let start = 0; start < values.length; start += positions) {
    for (let first = start; first + order <= start + positions; first++) {
      let cell = 0;
      for (let i = first; i < first + order; i++) cell = cell * bins + Math.floor((values[i]! * bins) / numStates);
      counts[cell]! += 1;
    }
  }
}

/** The divergence, the variance over samples of log(p̂/q̂), and how many n-grams the samples have. */
function divergence(
  samples: Float64Array,
  data: Float64Array,
): { readonly nats: number; readonly variance: number; readonly total: number } {
  const sum = (counts: Float64Array): number => counts.reduce((total, count) => total + count, 0);
  const [total, dataTotal] = [sum(samples), sum(data) + 0.5 * data.length];
  let [nats, squares] = [0, 0];
  samples.forEach((count, cell) => {
    if (count === 0) return;
    const ratio = Math.log(count / total / ((data[cell]! + 0.5) / dataTotal));
    nats += (count / total) * ratio;
    squares += (count / total) * ratio ** 2;
  });
  return { nats, variance: Math.max(0, squares - nats ** 2), total };
}
