import {
  add,
  concat,
  div,
  equal,
  exp,
  fill,
  greater,
  greaterEqual,
  less,
  log,
  logicalAnd,
  logicalNot,
  mul,
  neg,
  range,
  reshape,
  scalar,
  sigmoid,
  softplus,
  sub,
  tensorScatterUpdate,
  tidy,
  where,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { denoiserNllAndSlope } from './denoiser-nll.ts';
import { excess } from './excess.ts';
import { excludeClass } from './exclude-class.ts';
import { gatherClass } from './gather-class.ts';
import { logSumExp } from './log-sum-exp.ts';
import type { ClosedForm, ClosedFormTerm, ReverseProcess } from './reverse-process.ts';
import { scaleRows } from './scale-rows.ts';
import { logOnePlus } from './softmax-deviation.ts';
import { perExample } from './steps.ts';
import type { Absorbing, RankOne, Transition } from './transition.ts';
import { withGradient } from './with-gradient.ts';

/** An absorbing process into a state m that the data shows too, as grey 128 of images. */
type ReusedMask = Transition & { readonly absorbing: Absorbing; readonly rankOne: RankOne };

/** Probabilities of the chain below it are too near to the smallest float32: two are multiplied. */
const SMALLEST = 1e-15;
/** From so many nats on f(x_0) is not read itself: it may be none. */
const UNLIKELY = 40;

/** {@link reusedMaskNats} for the processes whose weights are those of the plug-in. */
export const reusedMaskForm: ClosedForm = {
  kernel: 'D3pmDenoiserNll',
  holds: ({ weights, firstStep }, { absorbing, rankOne, positions, extraMask }, { s, t }) => {
    if (weights !== 'plug-in' || firstStep === 'direct' || absorbing === undefined || rankOne === undefined) return false;
    if (positions !== undefined || extraMask !== undefined) return false;
    const { target, keep, refresh } = rankOne;
    const isCarried = (from: number, to: number): boolean =>
      refresh(from, to) > SMALLEST && (from === 0 || (refresh(0, from) > SMALLEST && keep(0, from) > SMALLEST));
    return target[absorbing.maskState] === 1 && s.every((from, b) => isCarried(from, t[b]!));
  },
  nats: ({ firstStep }, transition, term) => reusedMaskNats(transition as ReusedMask, { ...term, firstStep }),
};

/**
 * L_{t−1} + λ CE_t of the plug-in for Q(s→t) = α I + β 1 e_mᵀ, where m is a value of the data as well. With A = ᾱ_s, R = 1 − A, W = β A + R
 * and Z = W + α A f_m, where x_t = m and x_0 = d is another state,
 *
 *     q(d) = β A / W,   q(m) = R / W,   p_θ(d) = β A f_d / Z,   p_θ(m) = (A f_m + R) / Z
 *
 * and KL = q(d) φ(ρ_d) + q(m) φ(ρ_m) + β A (1 − f_d − f_m) / Z, of positive terms alone, with φ(ρ) = ρ − log(1 + ρ) and
 *
 *     ρ_d = −(W (1 − f_d) + α A f_m) / Z,   ρ_m = A f_m β / (R Z)
 *
 * Where x_t = x_0 = m it is log(1 + β A (1 − f_m) / (A f_m + R)), and 0 where x_t is not m. Each logit is read a few times, and no table.
 *
 * @returns nats by position, float32 `[B, …N]`; the caller disposes it. Its gradient goes to the logits. NaN where x_t is neither m nor x_0.
 */
function reusedMaskNats(
  { absorbing: { maskState }, rankOne }: ReusedMask,
  { firstStep, ...input }: ClosedFormTerm & Pick<ReverseProcess, 'firstStep'>,
): Tensor {
  const { x0, xt, t, lambda } = input;
  return withGradient(
    [input.logits],
    (logits) => {
      const isData = logicalNot(equal(x0, maskState));
      // Where x_0 is m, any other class tells f without m as well.
      const data = where(isData, x0, scalar(maskState === 0 ? 1 : 0, 'int32'));
      const odds = tidy(() => {
        const logRest = logSumExp(excludeClass(logits!, maskState), -1);
        return sub(gatherClass(logits!, fill(x0.shape, maskState, 'int32')), logRest);
      });
      const { nll, deviation } = denoiserNllAndSlope(logits!, data, { impossible: maskState });
      const f = denoiserOf({ isData, odds, nll, miss: neg(gatherClass(deviation, data)) });
      const chain = chainOf(rankOne, input);
      const { value, slope, atMask } = chosen(isData, dataTerm(chain, f), maskTerm(chain, f));

      const isFree = greater(
        perExample(
          t.map((to) => (firstStep === 'denoiser' && to === 1 ? 1 : 0)),
          xt.rank,
        ),
        0,
      );
      const isHidden = logicalAnd(equal(xt, maskState), logicalNot(isFree));
      const ofFree = add(where(isFree, scalar(1), scalar(0)), lambda);
      const zero = scalar(0);
      const later = where(isHidden, value, where(equal(xt, x0), zero, scalar(NaN)));
      const bound = where(isFree, f.crossEntropy, later);
      // By the logit of each class i but x_0 and m, f_i without m times a slope; that of m, and of x_0 by what is left of their sum.
      const ofRest = add(where(isHidden, slope, zero), mul(f.rest, ofFree));
      const ofMask = add(where(isHidden, atMask, zero), mul(where(isData, f.mask, neg(f.rest)), ofFree));
      const ofData = where(isData, neg(add(mul(f.miss, ofRest), ofMask)), mul(f.hitOfRest, ofRest));
      return {
        value: lambda === 0 ? bound : add(bound, mul(f.crossEntropy, lambda)),
        saved: [deviation, ofRest, ofMask, ofData, data],
      };
    },
    (dy, deviation, ofRest, ofMask, ofData, data) => [
      withClasses(scaleRows(deviation!, mul(ofRest!, dy)), [
        { states: data!, values: mul(ofData!, dy) },
        { states: fill(data!.shape, maskState, 'int32'), values: mul(ofMask!, dy) },
      ]),
    ],
  );
}

/** Of f by position, each right to its own size. */
interface DenoiserParts {
  /** f_m, and 1 − f_m. */
  readonly mask: Tensor;
  readonly rest: Tensor;
  /** f of the class, of x_0 where that is not m, among all but m; one less it. */
  readonly hitOfRest: Tensor;
  readonly miss: Tensor;
  /** −log f(x_0) */
  readonly crossEntropy: Tensor;
}

function denoiserOf({ isData, odds, nll, miss }: Readonly<Record<'isData' | 'miss' | 'nll' | 'odds', Tensor>>): DenoiserParts {
  return {
    mask: sigmoid(odds),
    rest: sigmoid(neg(odds)),
    hitOfRest: exp(neg(nll)),
    miss,
    crossEntropy: where(isData, add(nll, softplus(odds)), softplus(neg(odds))),
  };
}

/** By example, to broadcast over positions. */
interface Chain {
  /** A, R, α, β, W */
  readonly kept: Tensor;
  readonly redrawn: Tensor;
  readonly stepKept: Tensor;
  readonly jump: Tensor;
  readonly scale: Tensor;
  /** 1 where s = 0; R is then said to be 1, and not 0. */
  readonly isFirst: Tensor;
}

function chainOf({ keep, refresh }: RankOne, { xt, s, t }: Pick<ClosedFormTerm, 's' | 't' | 'xt'>): Chain {
  const column = (value: (s: number, t: number) => number): Tensor =>
    perExample(
      Float64Array.from(s, (from, b) => value(from, t[b]!)),
      xt.rank,
    );
  const keptTo = (from: number): number => (from === 0 ? 1 : keep(0, from));
  return {
    kept: column(keptTo),
    redrawn: column((from) => (from === 0 ? 1 : refresh(0, from))),
    stepKept: column(keep),
    jump: column(refresh),
    scale: column((from, to) => refresh(from, to) * keptTo(from) + (from === 0 ? 0 : refresh(0, from))),
    isFirst: column((from) => (from === 0 ? 1 : 0)),
  };
}

/** A term where x_t = m, and its derivatives by logits: of classes but x_0 and m by f without m, and of m. */
interface MaskedTerm {
  readonly value: Tensor;
  readonly slope: Tensor;
  readonly atMask: Tensor;
}

const chosen = (isData: Tensor, data: MaskedTerm, mask: MaskedTerm): MaskedTerm => ({
  value: where(isData, data.value, mask.value),
  slope: where(isData, data.slope, mask.slope),
  atMask: where(isData, data.atMask, mask.atMask),
});

/** x_0 is not m. */
function dataTerm(chain: Chain, { mask, rest, hitOfRest, miss, crossEntropy }: DenoiserParts): MaskedTerm {
  const { kept, redrawn, stepKept, jump, scale } = chain;
  const isFirst = greater(chain.isFirst, 0);
  const drawn = mul(kept, mask);
  const others = mul(rest, miss);
  const total = add(scale, mul(stepKept, drawn));
  const probData = div(mul(jump, kept), scale);

  const rhoData = neg(div(add(mul(scale, add(mask, others)), mul(stepKept, drawn)), total));
  const phiData = where(
    less(crossEntropy, UNLIKELY),
    excess(rhoData, div(mul(scale, mul(rest, hitOfRest)), total)),
    add(add(rhoData, crossEntropy), log(div(total, scale))),
  );
  const rhoMask = div(mul(drawn, jump), mul(redrawn, total));
  const phiMask = excess(rhoMask, div(mul(add(redrawn, drawn), scale), mul(redrawn, total)));
  // q(m) = 0 at s = 0, where p_θ(m) is what is left.
  const ofMask = where(isFirst, div(drawn, total), mul(div(redrawn, scale), phiMask));
  const value = add(add(mul(probData, phiData), ofMask), div(mul(mul(jump, kept), others), total));

  // f_m dL/df_m
  const later = div(
    mul(mul(drawn, jump), sub(mul(mul(stepKept, kept), drawn), mul(scale, redrawn))),
    mul(mul(total, scale), add(redrawn, drawn)),
  );
  const byMask = where(isFirst, div(mul(stepKept, drawn), total), later);
  return { value, slope: mul(rest, sub(probData, byMask)), atMask: add(mul(rest, byMask), mul(probData, mask)) };
}

/** x_0 is m. */
function maskTerm(chain: Chain, { mask, rest, crossEntropy }: DenoiserParts): MaskedTerm {
  const { kept, redrawn, stepKept, jump, scale } = chain;
  const isFirst = greater(chain.isFirst, 0);
  const drawn = mul(kept, mask);
  const total = add(scale, mul(stepKept, drawn));
  const reached = add(drawn, where(isFirst, scalar(0), redrawn));
  const missed = div(mul(mul(jump, kept), rest), reached);
  const known = where(less(missed, 1), logOnePlus(missed), log(add(missed, 1)));
  const isUnlikely = logicalAnd(isFirst, greaterEqual(crossEntropy, UNLIKELY));
  const value = where(isUnlikely, add(crossEntropy, log(total)), known);
  const byMask = where(isFirst, neg(div(jump, total)), neg(div(mul(drawn, jump), mul(total, reached))));
  return { value, slope: neg(mul(rest, byMask)), atMask: mul(rest, byMask) };
}

interface ClassValues {
  readonly states: Tensor;
  readonly values: Tensor;
}

/** Rows `[…, K]` with other numbers at some classes of each row. */
function withClasses(rows: Tensor, classes: readonly ClassValues[]): Tensor {
  const numStates = rows.shape.at(-1)!;
  const count = rows.size / numStates;
  const starts = range(0, rows.size, numStates, 'int32');
  const places = concat(classes.map(({ states }) => add(starts, reshape(states, [count]))));
  const values = concat(classes.map((each) => reshape(each.values, [count])));
  return reshape(tensorScatterUpdate(reshape(rows, [rows.size]), reshape(places, [places.size, 1]), values), rows.shape);
}
