import {
  add,
  cast,
  div,
  equal,
  expandDims,
  gather,
  greater,
  log,
  mul,
  neg,
  reshape,
  sub,
  sum,
  tensor1d,
  tensor2d,
  where,
  zerosLike,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { excess } from './excess.ts';
import { firstStepOf } from './first-step.ts';
import { gatherClass } from './gather-class.ts';
import { oneHotRows } from './one-hot-rows.ts';
import type { ClosedForm, ClosedFormTerm } from './reverse-process.ts';
import { runFused } from './run-fused.ts';
import { scaleRows } from './scale-rows.ts';
import { logOnePlus, softmaxDeviation } from './softmax-deviation.ts';
import { perExample } from './steps.ts';
import type { RankOne } from './transition.ts';
import { withGradient } from './with-gradient.ts';

interface RankOneTermInput extends ClosedFormTerm {
  /** How f enters the reverse step: itself, or with the weights of the mixture of posteriors. */
  readonly weights: 'mixture' | 'plug-in';
  /** What p(x_0 | x_t) is where s = 0. */
  readonly firstStep: 'bayes' | 'denoiser';
}

/** Below it a probability is too near to the smallest float32: the plug-in divides by one of them, the mixture by two. */
const SMALLEST: Readonly<Record<RankOneTermInput['weights'], number>> = { 'plug-in': 1e-30, mixture: 1e-18 };

/** {@link rankOneTermNats} where every class can be jumped to, with probabilities that float32 carries. */
export const rankOneForm: ClosedForm = {
  kernel: 'D3pmRankOneTerm',
  holds: (reverse, { rankOne, positions, extraMask }, { s, t }) => {
    const { weights } = reverse;
    if (weights === undefined || rankOne === undefined || positions !== undefined || extraMask !== undefined) return false;
    const smallest = rankOne.target.reduce((least, prob) => Math.min(least, prob), 1);
    const isCarried = (from: number, to: number): boolean => from === to || rankOne.refresh(from, to) * smallest > SMALLEST[weights];
    return firstStepOf(reverse, { s, t }) !== undefined && s.every((from, b) => isCarried(0, from) && isCarried(0, t[b]!));
  },
  nats: (reverse, { rankOne }, term) =>
    rankOneTermNats(rankOne!, { ...term, weights: reverse.weights!, firstStep: firstStepOf(reverse, term)! }),
};

/**
 * L_{t−1} + λ CE_t for Q(s→t) = α I + (1 − α) 1 πᵀ with π > 0, by what separates f from the point mass on x_0.
 *
 * Up to its own scale, q(x_s | x_t, x_0) is c ∘ a and p_θ(x_s | x_t) is c ∘ b, with a = x_0 Q̄_s, b = w Q̄_s, and w = f, or for the mixture
 * w_i = f_i Q̄_t[x_0, x_t] / Q̄_t[i, x_t]. With u = b/a − 1 and v = Σ q u,
 *
 *     KL(q ‖ p) = Σ_j q_j φ(ρ_j),   ρ = (u − v) / (1 + v),   φ(x) = x − log(1 + x),
 *     u_j = (ᾱ_s (w_j − [j = x_0]) + (1 − ᾱ_s) π_j (Σ w − 1)) / a_j
 *
 * All terms are positive, and no difference of nearly equal numbers is taken: the result is right to some 10⁻⁶ of itself, where the
 * difference of logarithms is right to 10⁻⁶ nats. At s = 0 it is −log p_θ(x_0 | x_t).
 *
 * @returns nats by position, float32 `[B, …N]`; the caller disposes it. Its gradient goes to the logits.
 */
function rankOneTermNats(rankOne: RankOne, { logits, ...given }: RankOneTermInput): Tensor {
  const names: string[] = [];
  return withGradient(
    [logits],
    (input) => {
      const fused = runFused('D3pmRankOneTerm', { logits: input!, ...kernelInputs(rankOne, given) });
      if (fused) return { value: fused[0]!, saved: [fused[1]!] };
      const chain = chainOf(rankOne, given);
      const ratios = ratiosOf(chain, { ...given, logits: input! });
      names.push(...Object.keys(ratios));
      return { value: termOf(chain, given, ratios), saved: [given.x0, given.xt, ...(Object.values(ratios) as Tensor[])] };
    },
    (dy, x0, xt, ...saved) => {
      if (xt === undefined) return [scaleRows(x0!, dy)];
      const ratios = Object.fromEntries(names.map((name, i) => [name, saved[i]!])) as unknown as Ratios;
      const kept = { ...given, x0: x0!, xt };
      return [scaleRows(logitGradient(chainOf(rankOne, kept), kept, ratios), dy)];
    },
  );
}

/** All that the term and its gradient are made of; float32 `[…, K]` where the classes are told apart, else `[…]`. */
type Ratios = {
  /** 1 at the class of x_0, and of x_t. */
  readonly isData: Tensor;
  readonly isCurrent: Tensor;
  /** Whether x_0 = x_t. */
  readonly stays: Tensor;
  /** f but for x_0, at x_t alone, and the rest of `softmaxDeviation`. */
  readonly others: Tensor;
  readonly otherCurrent: Tensor;
  readonly hit: Tensor;
  readonly error: Tensor;
  readonly nll: Tensor;
  /** w but for x_0. */
  readonly w: Tensor;
  /** 1/(1 + v). */
  readonly inverse: Tensor;
  /** ρ and 1 + u of every class but x_0, and of x_0. */
  readonly rho: Tensor;
  readonly onePlus: Tensor;
  readonly rhoData: Tensor;
  readonly onePlusData: Tensor;
};

type Given = Omit<RankOneTermInput, 'logits'>;

/** Probabilities of the chain itself, by example or position. */
interface Chain {
  /** float32 `[K]` */
  readonly pi: Tensor;
  readonly piData: Tensor;
  readonly piCurrent: Tensor;
  /** ᾱ_s and 1 − ᾱ_s; 1 and 1 where s = 0, for examples that go their own way. */
  readonly kept: Tensor;
  readonly redrawn: Tensor;
  /** α(s→t), and (1 − α(s→t)) π at x_t. */
  readonly stepKept: Tensor;
  readonly jump: Tensor;
  /** ᾱ_t, and (1 − ᾱ_t) π at x_t. */
  readonly remained: Tensor;
  readonly reached: Tensor;
  /** 1 where s = 0. */
  readonly isFirst: Tensor;
}

/** What the kernel is told of the chain, a row for each example, in the order and with the names of {@link Chain}. */
function kernelInputs({ target, keep, refresh }: RankOne, { x0, xt, s, t, weights, firstStep, lambda }: Given): Record<string, Tensor> {
  const rows = Array.from(s, (from, b) => {
    const to = t[b]!;
    const ofStart = from === 0 ? [1, 1] : [keep(0, from), refresh(0, from)];
    return [...ofStart, keep(from, to), refresh(from, to), keep(0, to), refresh(0, to), from === 0 ? 1 : 0];
  });
  return {
    x0,
    xt,
    chain: tensor2d(rows),
    target: tensor1d(Float32Array.from(target)),
    setting: tensor1d([weights === 'mixture' ? 1 : 0, firstStep === 'bayes' ? 1 : 0, lambda]),
  };
}

function chainOf({ target, keep, refresh }: RankOne, { x0, xt, s, t }: Given): Chain {
  const column = (value: (s: number, t: number) => number): Tensor =>
    perExample(
      Float64Array.from(s, (from, b) => value(from, t[b]!)),
      xt.rank,
    );
  const pi = tensor1d(Float32Array.from(target));
  const at = (states: Tensor): Tensor => reshape(gather(pi, reshape(states, [states.size])), states.shape);
  const piCurrent = at(xt);
  return {
    pi,
    piData: at(x0),
    piCurrent,
    kept: column((from) => (from === 0 ? 1 : keep(0, from))),
    redrawn: column((from) => (from === 0 ? 1 : refresh(0, from))),
    stepKept: column(keep),
    jump: mul(column(refresh), piCurrent),
    remained: column((_, to) => keep(0, to)),
    reached: mul(
      column((_, to) => refresh(0, to)),
      piCurrent,
    ),
    isFirst: column((from) => (from === 0 ? 1 : 0)),
  };
}

/** a at x_t, and Σ_j c_j a_j, which makes q of c ∘ a. */
function scaleOf(
  { kept, redrawn, piCurrent, stepKept, jump }: Chain,
  stays: Tensor,
): { readonly aCurrent: Tensor; readonly qScale: Tensor } {
  const aCurrent = add(mul(kept, stays), mul(redrawn, piCurrent));
  return { aCurrent, qScale: add(mul(stepKept, aCurrent), jump) };
}

function ratiosOf(chain: Chain, { logits, x0, xt, weights }: RankOneTermInput): Ratios {
  const { pi, piData, piCurrent, kept, redrawn, stepKept, jump, remained, reached } = chain;
  const { isData, others, error, hit, nll } = softmaxDeviation(logits, x0);
  const isCurrent = oneHotRows(xt, logits.shape.at(-1)!);
  const stays = cast(equal(x0, xt), 'float32');
  const otherCurrent = gatherClass(others, xt);
  const { qScale } = scaleOf(chain, stays);

  const redrawnData = mul(redrawn, piData);
  const aData = add(kept, redrawnData);

  let w = others;
  // Σ w − 1, Σ w, v, 1/(1 + v): the mixture has v = 0, the plug-in Σ w = 1.
  let surplus = zerosLike(hit);
  let total = add(surplus, 1);
  let v = surplus;
  let inverse = total;
  let rhoData: Tensor;
  if (weights === 'mixture') {
    const growth = div(remained, reached);
    const shrunk = div(reached, add(remained, reached));
    const apart = mul(others, sub(1, isCurrent));
    const wCurrent = mul(shrunk, otherCurrent);
    w = add(mul(apart, expandDims(add(mul(stays, growth), 1), -1)), mul(isCurrent, expandDims(wCurrent, -1)));
    surplus = sub(mul(mul(stays, error), growth), mul(otherCurrent, div(remained, add(remained, reached))));
    total = where(greater(stays, 0), add(surplus, 1), add(add(sum(apart, -1), hit), wCurrent));
    rhoData = div(sub(mul(redrawnData, surplus), mul(kept, error)), aData);
  } else {
    const modelCurrent = add(mul(kept, add(otherCurrent, mul(stays, hit))), mul(redrawn, piCurrent));
    v = div(mul(mul(kept, stepKept), sub(otherCurrent, mul(stays, error))), qScale);
    inverse = div(qScale, add(mul(stepKept, modelCurrent), jump));
    // u − v of x_0, where both may be next to −1: −(1 − q) ᾱ_s error / a less what all other classes add to v, which has the same sign.
    const qElsewhere = mul(redrawn, add(mul(jump, sub(1, piData)), mul(mul(stepKept, piCurrent), sub(1, stays))));
    const vElsewhere = add(mul(jump, error), mul(stepKept, otherCurrent));
    rhoData = mul(mul(neg(kept), div(add(mul(qElsewhere, div(error, aData)), vElsewhere), qScale)), inverse);
  }

  const ratio = mul(w, div(expandDims(div(kept, redrawn), -1), pi));
  return {
    isData,
    isCurrent,
    stays,
    others,
    otherCurrent,
    hit,
    error,
    nll,
    w,
    inverse,
    rho: mul(add(ratio, expandDims(sub(surplus, v), -1)), expandDims(inverse, -1)),
    onePlus: add(ratio, expandDims(total, -1)),
    rhoData,
    onePlusData: div(add(mul(kept, hit), mul(redrawnData, total)), aData),
  };
}

function termOf(chain: Chain, given: Given, ratios: Ratios): Tensor {
  const { pi, piData, kept, redrawn, stepKept, jump, isFirst } = chain;
  const { isData, stays, nll, inverse, rho, onePlus, rhoData, onePlusData } = ratios;
  const { aCurrent, qScale } = scaleOf(chain, stays);
  const phi = mul(excess(rho, mul(onePlus, expandDims(inverse, -1))), sub(1, isData));
  const phiData = excess(rhoData, mul(onePlusData, inverse));
  const phiCurrent = add(gatherClass(phi, given.xt), mul(stays, phiData));
  const overAll = add(mul(redrawn, sum(mul(phi, pi), -1)), mul(add(kept, mul(redrawn, piData)), phiData));
  const later = div(add(mul(jump, overAll), mul(mul(stepKept, aCurrent), phiCurrent)), qScale);
  const first = given.firstStep === 'bayes' ? firstTermOf(chain, ratios) : nll;
  const bound = where(greater(isFirst, 0), first, later);
  return given.lambda === 0 ? bound : add(bound, mul(nll, given.lambda));
}

/** −log p_θ(x_0 | x_1) by Bayes' rule, from the odds against it where they are small. */
function firstTermOf({ remained, reached }: Chain, { stays, hit, error, otherCurrent, nll }: Ratios): Tensor {
  const likelihood = add(mul(remained, stays), reached);
  const found = mul(likelihood, hit);
  const missed = add(mul(reached, error), mul(remained, otherCurrent));
  const rare = add(nll, log(div(add(found, missed), likelihood)));
  return where(greater(found, missed), logOnePlus(div(missed, found)), rare);
}

/**
 * dL/dlogits = y − f Σ y, where y_i = f_i dL/df_i is w_i (slope_i + shared), and besides what is said at x_t and x_0; at s = 0 that of
 * the first term; and λ times the gradient f − x_0 of −log f(x_0).
 */
function logitGradient(chain: Chain, { weights, firstStep, lambda, xt }: Given, ratios: Ratios): Tensor {
  const { pi, piData, piCurrent, kept, redrawn, stepKept, jump, isFirst } = chain;
  const { isData, isCurrent, stays, others, hit, error, w, rho, onePlus, rhoData, onePlusData } = ratios;
  const { qScale } = scaleOf(chain, stays);
  const isLater = sub(1, isFirst);
  const gain = mul(isLater, div(mul(kept, jump), qScale));
  const gainCurrent = mul(isLater, div(mul(kept, stepKept), qScale));
  const tau = div(rho, onePlus);
  const tauData = div(rhoData, onePlusData);
  const tauOther = mul(gatherClass(tau, xt), sub(1, stays));

  const slope = mul(tau, expandDims(gain, -1));
  let shared = zerosLike(hit);
  const atCurrent = mul(mul(gatherClass(w, xt), tauOther), gainCurrent);
  let atData = mul(mul(hit, tauData), add(gain, mul(stays, gainCurrent)));
  if (weights === 'mixture') {
    const tauCurrent = add(tauOther, mul(stays, tauData));
    const expected = add(sum(mul(mul(tau, sub(1, isData)), pi), -1), mul(piData, tauData));
    const h = add(mul(jump, expected), mul(mul(stepKept, piCurrent), tauCurrent));
    shared = mul(isLater, div(mul(redrawn, h), qScale));
    atData = add(atData, mul(hit, shared));
  }
  const y = mul(w, add(slope, expandDims(shared, -1)));
  const all = add(sum(y, -1), add(atCurrent, atData));
  const { perOther, onCurrent, onData } = firstGradientOf(chain, ratios, firstStep);
  const spread = add(y, mul(others, expandDims(sub(add(mul(isFirst, perOther), lambda), all), -1)));
  const currentPart = add(atCurrent, mul(isFirst, onCurrent));
  const dataPart = sub(sub(atData, mul(hit, all)), add(mul(isFirst, onData), mul(error, lambda)));
  return add(add(spread, mul(isCurrent, expandDims(currentPart, -1))), mul(isData, expandDims(dataPart, -1)));
}

/** The gradient p_θ(x_0 = i | x_1) − [i = x_0] of the first term: a factor of f_i, what x_t has besides, and what is missing at x_0. */
function firstGradientOf(
  { remained, reached }: Chain,
  { stays, hit, error, otherCurrent }: Ratios,
  firstStep: Given['firstStep'],
): { readonly perOther: Tensor; readonly onCurrent: Tensor; readonly onData: Tensor } {
  if (firstStep === 'denoiser') return { perOther: add(zerosLike(hit), 1), onCurrent: zerosLike(hit), onData: error };
  const atCurrent = mul(remained, otherCurrent);
  const missed = add(mul(reached, error), atCurrent);
  const scale = add(mul(add(mul(remained, stays), reached), hit), missed);
  return { perOther: div(reached, scale), onCurrent: div(atCurrent, scale), onData: div(missed, scale) };
}
