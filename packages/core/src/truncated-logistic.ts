import {
  add,
  cast,
  concat,
  div,
  exp,
  expandDims,
  expm1,
  linspace,
  log,
  maximum,
  minimum,
  mul,
  neg,
  reshape,
  sigmoid,
  slice,
  softplus,
  sub,
  sum,
  tanh,
  tidy,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { assertInteger, assertShape, assertStates } from './assert.ts';
import { rowParts, type RowPart } from './row-parts.ts';
import { hasFused, runFused } from './run-fused.ts';
import { withGradient } from './with-gradient.ts';

export interface TruncatedLogisticInput {
  /** States at step t, int32 `[B, …N]`: the location is predicted relative to them. */
  readonly xt: Tensor;
  /** μ′, float32 `[B, …N]`. */
  readonly shift: Tensor;
  /** s, float32 `[B, …N]`; s = 0 is a scale of e⁻² ≈ 0.135 on [−1, 1]. Below −58 it is taken as −58, where all is in one bin or two. */
  readonly logScale: Tensor;
  /** K ≥ 2 */
  readonly numStates: number;
  /** @defaultValue 'exact' */
  readonly tails?: LogisticTails;
}

/**
 * Of the discretised logistic: `exact` on both sides, or `floored`, the authors’ own, where 10⁻⁶ inside a logarithm keeps the logits above
 * the mean from falling below −13.8.
 */
export type LogisticTails = 'exact' | 'floored';

/** 2 − s at most: e⁶⁰ times an edge is a finite float32, and a scale of e⁻⁶⁰ is far below the width of a bin. With floored tails −(2 − s) too. */
const MAX_LOG_INVERSE_SCALE = 60;

/** Of floored tails, as in the authors’ code. */
const FLOOR = 1e-6;

/**
 * Logits of a logistic distribution, discretised to K bins on [−1, 1] and truncated to them
 * (Appendix A.8 of arXiv v3): with x = 2 x_t/(K−1) − 1, μ = tanh(x + μ′), centres c_k and width w = 2/(K−1),
 *
 *     logit_k = log[σ(e^{2−s}(c_k − μ + w/2)) − σ(e^{2−s}(c_k − μ − w/2))]
 *
 * Since σ(a) − σ(b) = σ(a) σ(−b) (1 − e^{b−a}) and a − b is the same in every bin, the last factor
 * drops out of the softmax and the logit is −softplus(−a) − softplus(b): stable and alike on both
 * sides. With `tails: 'floored'` it is what the authors' code means to compute, without its cancellation:
 *
 *     logit_k = log σ(a) + log(1 − σ(b)/σ(a) + 10⁻⁶),   1 − σ(b)/σ(a) = σ(−b) (1 − e^{b−a})
 *
 * @returns float32 `[B, …N, K]`, unnormalised; the caller disposes it.
 * @throws {D3pmError} `INVALID_OPTIONS` for fewer than two states; `SHAPE`, `DTYPE` and `STATE_RANGE` as the names say
 */
export function truncatedLogisticLogits({ xt, shift, logScale, numStates, tails = 'exact' }: TruncatedLogisticInput): Tensor {
  assertInteger('truncatedLogisticLogits', 'numStates', numStates, 2);
  assertStates('truncatedLogisticLogits', 'xt', xt, numStates);
  assertShape('truncatedLogisticLogits', 'shift', shift, xt.shape);
  assertShape('truncatedLogisticLogits', 'logScale', logScale, xt.shape);
  return tidy(() => {
    const scaled = sub(mul(cast(xt, 'float32'), binWidth(numStates)), 1);
    const mean = expandDims(tanh(add(scaled, shift)), -1);
    const logInverse = expandDims(minimum(sub(2, logScale), MAX_LOG_INVERSE_SCALE), -1);
    if (tails === 'exact') return binLogits(mean, exp(logInverse), numStates, exactBins);
    return binLogits(mean, exp(maximum(logInverse, -MAX_LOG_INVERSE_SCALE)), numStates, flooredBins);
  });
}

const binWidth = (numStates: number): number => 2 / (numStates - 1);

/** Both edges of every bin from μ: c_k − μ ± w/2, float32 `[…, K]`. */
function edges(mean: Tensor, numStates: number): { readonly upper: Tensor; readonly lower: Tensor } {
  const upper = sub(linspace(-1, 1, numStates), sub(mean, binWidth(numStates) / 2));
  return { upper, lower: sub(upper, binWidth(numStates)) };
}

/** What is made of μ and e^{2−s}, float32 `[R, 1]` each, for every bin. */
interface BinFormula {
  /** What computes it at once, given the centres as well, where there is such a kernel; its gradient is by that name and `Grad`. */
  readonly kernel?: string;
  /** `[R, K]` */
  logits(mean: Tensor, inverseScale: Tensor, numStates: number): Tensor;
  /** From dL/dlogits `[R, K]`, dL/dμ and dL/de^{2−s}, `[R, 1]` each. */
  gradient(dy: Tensor, mean: Tensor, inverseScale: Tensor, numStates: number): readonly [Tensor, Tensor];
}

/** ∂logit/∂μ = e^{2−s} (σ(b) − σ(−a)), and ∂logit/∂e^{2−s} = (c_k − μ + w/2) σ(−a) − (c_k − μ − w/2) σ(b). */
const exactBins: BinFormula = {
  kernel: 'D3pmLogisticBins',
  logits: (mean, inverse, numStates) => {
    const { upper, lower } = edges(mean, numStates);
    return neg(add(softplus(neg(mul(inverse, upper))), softplus(mul(inverse, lower))));
  },
  gradient: (dy, mean, inverse, numStates) => {
    const { upper, lower } = edges(mean, numStates);
    const above = mul(dy, sigmoid(neg(mul(inverse, upper))));
    const below = mul(dy, sigmoid(mul(inverse, lower)));
    return [mul(inverse, sum(sub(below, above), -1, true)), sum(sub(mul(upper, above), mul(lower, below)), -1, true)];
  },
};

/**
 * As `exactBins`, with the floor: log(e^u + 10⁻⁶) with u = −softplus(b) + log(1 − e^{−δ}), δ = a − b = e^{2−s} w. The share
 * g = e^u / (e^u + 10⁻⁶) of its gradient goes to u, whose derivative after δ is 1 / (e^δ − 1).
 */
const flooredBins: BinFormula = {
  logits: (mean, inverse, numStates) => {
    const { upper, lower } = edges(mean, numStates);
    const value = sub(softplus(belowFloor(inverse, lower, numStates)), softplus(neg(mul(inverse, upper))));
    return add(value, Math.log(FLOOR));
  },
  gradient: (dy, mean, inverse, numStates) => {
    const width = binWidth(numStates);
    const { upper, lower } = edges(mean, numStates);
    const above = mul(dy, sigmoid(neg(mul(inverse, upper))));
    const share = mul(dy, sigmoid(belowFloor(inverse, lower, numStates)));
    const below = mul(share, sigmoid(mul(inverse, lower)));
    const ofWidth = div(mul(share, width), expm1(mul(inverse, width)));
    return [mul(inverse, sum(sub(below, above), -1, true)), sum(add(sub(mul(upper, above), mul(lower, below)), ofWidth), -1, true)];
  },
};

/** u − log 10⁻⁶ */
function belowFloor(inverse: Tensor, lower: Tensor, numStates: number): Tensor {
  return sub(log(neg(expm1(mul(inverse, -binWidth(numStates))))), add(softplus(mul(inverse, lower)), Math.log(FLOOR)));
}

/**
 * The logits from μ and e^{2−s}, float32 `[…, 1]`, with their gradient in one, made from the two again: nothing with K classes is kept.
 */
function binLogits(mean: Tensor, inverseScale: Tensor, numStates: number, formula: BinFormula): Tensor {
  const shape = mean.shape;
  return withGradient(
    [mean, inverseScale],
    (location, inverse) => {
      const logits = atOnce(formula, '', { mean: location!, inverse: inverse! }, numStates)?.[0];
      const value = logits ?? logitsInParts(location!, inverse!, numStates, formula);
      return { value: reshape(value, [...shape.slice(0, -1), numStates]), saved: [location!, inverse!] };
    },
    (dy, location, inverse) =>
      atOnce(formula, 'Grad', { dy, mean: location!, inverse: inverse! }, numStates) ??
      gradientInParts(dy, location!, inverse!, numStates, formula).map((gradient) => reshape(gradient, shape)),
  );
}

function atOnce(
  { kernel }: BinFormula,
  suffix: '' | 'Grad',
  inputs: Readonly<Record<string, Tensor>>,
  numStates: number,
): readonly Tensor[] | undefined {
  if (kernel === undefined || !hasFused(kernel)) return undefined;
  return runFused(`${kernel}${suffix}`, { ...inputs, centres: linspace(-1, 1, numStates) });
}

/** In parts of the rows, so that nothing else as large as the logits is there at any time. */
function logitsInParts(mean: Tensor, inverseScale: Tensor, numStates: number, { logits }: BinFormula): Tensor {
  const [means, inverses] = [rowsOf(mean, 1), rowsOf(inverseScale, 1)];
  const pieces = rowParts(mean.size, numStates).map((part) => tidy(() => logits(means(part), inverses(part), numStates)));
  return concat(pieces);
}

function gradientInParts(dy: Tensor, mean: Tensor, inverseScale: Tensor, numStates: number, { gradient }: BinFormula): readonly Tensor[] {
  const [upstream, means, inverses] = [rowsOf(dy, numStates), rowsOf(mean, 1), rowsOf(inverseScale, 1)];
  const pieces = rowParts(mean.size, numStates).map((part) =>
    tidy(() => [...gradient(upstream(part), means(part), inverses(part), numStates)]),
  );
  return [0, 1].map((i) => concat(pieces.map((piece) => piece[i]!)));
}

function rowsOf(x: Tensor, width: number): (part: RowPart) => Tensor {
  const flat = reshape(x, [x.size / width, width]);
  return ({ from, size }) => slice(flat, [from, 0], [size, width]);
}
