import type { NoiseSchedule, NoiseUnit, Transition } from '@d3pm/core';
import { forwardChain, randomLaw, seededUniforms, type ExactLogits, type ForwardChain, type Matrix } from '@d3pm/core/testing';
import { absorbing, banded, dense, discretizedGaussian, lowRankMixing, uniform, uniformAbsorbing, withMask } from '@d3pm/transitions';

/** A family as the library makes it, beside its matrices written from the paper. */
export interface Family {
  readonly name: string;
  readonly transition: Transition;
  readonly chain: ForwardChain;
  /** p(x_T), one row per position. */
  readonly prior: Matrix;
  /** A random law of x_0 over `chain.sequences`; an extra mask has no part in it. */
  readonly dataLaw: readonly number[];
}

export interface FamilyOptions {
  readonly seed: number;
  readonly numSteps: number;
  readonly numPositions?: number;
  /** β_1 … β_T. @defaultValue random, the last one 1 for a mask */
  readonly betas?: readonly number[];
}

export const familyNames = [
  'uniform',
  'absorbing, extra mask',
  'absorbing, re-used mask',
  'discretised Gaussian',
  'dense, asymmetric',
  'dense, per position',
  'banded',
  'uniform with a mask',
  'uniform and absorbing',
  'uniform and absorbing, share by step',
  'low rank, clusters',
] as const;
export type FamilyName = (typeof familyNames)[number];

/** A.2.1: (1 − β) I + β/K · 1 1ᵀ. */
export const uniformStep = (K: number, beta: number): Matrix => square(K, (i, j) => (i === j ? 1 - beta : 0) + beta / K);

/** A.2.2: (1 − β) I + β · 1 e_mᵀ. */
export const absorbingStep = (K: number, beta: number, mask: number): Matrix =>
  square(K, (i, j) => (i === j ? 1 - beta : 0) + (j === mask ? beta : 0));

/** A.2.3: a Gaussian in i − j, normalised over −(K−1)…K−1; what falls outside stays on the diagonal. */
const gaussianStep = (K: number, beta: number): Matrix => {
  const weight = (offset: number): number => Math.exp((-4 * offset ** 2) / ((K - 1) ** 2 * beta));
  let total = 0;
  for (let n = -(K - 1); n <= K - 1; n++) total += weight(n);
  return square(K, (i, j) => (i === j ? 0 : weight(i - j) / total)).map((row, i) => {
    const leaving = row.reduce((sum, prob) => sum + prob, 0);
    return row.map((prob, j) => (i === j ? 1 - leaving : prob));
  });
};

/** A.2.5: β/K next to the diagonal, the rest on it. */
const bandedStep = (K: number, beta: number): Matrix =>
  square(K, (i, j) => (i === j ? 1 - (beta / K) * (i === 0 || i === K - 1 ? 1 : 2) : Math.abs(i - j) === 1 ? beta / K : 0));

/** Section 4: α · 1 e_mᵀ + β/K · 1 1ᵀ + (1 − α − β) I. */
const uniformAbsorbingStep = (K: number, alpha: number, beta: number, mask: number): Matrix =>
  square(K, (i, j) => (i === j ? 1 - alpha - beta : 0) + (j === mask ? alpha : 0) + beta / K);

/** The inner step with probability 1 − γ, else the mask behind its states, for good. */
const maskedStep = (inner: Matrix, gamma: number): Matrix =>
  square(inner.length + 1, (i, j) => {
    if (i === inner.length) return j === i ? 1 : 0;
    return j === inner.length ? gamma : (1 - gamma) * inner[i]![j]!;
  });

/** Half the identity and half rows drawn at random, far from symmetric; 0 → K − 1 is impossible in one step. */
const asymmetricStep = (K: number, seed: number, t: number): Matrix =>
  Array.from({ length: K }, (_, i) =>
    randomLaw(1000 * seed + 10 * t + i, K, (j) => i > 0 || j < K - 1).map((prob, j) => prob / 2 + (i === j ? 0.5 : 0)),
  );

/** A family with random jump probabilities on K = 3 data states. */
export function makeFamily(name: FamilyName, { seed, numSteps: T, numPositions: L = 2, betas: given }: FamilyOptions): Family {
  const next = seededUniforms(seed);
  const betas = given ?? Array.from({ length: T }, () => 0.05 + 0.85 * next());
  const fixed = (row: readonly number[]): Matrix => new Array<readonly number[]>(L).fill(row);
  const chainOf = (step: (t: number, position: number) => Matrix, extraMask?: number): ForwardChain =>
    forwardChain({ numSteps: T, numPositions: L, step, ...(extraMask !== undefined && { extraMask }) });
  const family = (transition: Transition, chain: ForwardChain, prior: readonly number[]): Family => ({
    name,
    transition,
    chain,
    prior: fixed(prior),
    dataLaw: randomLaw(seed + 1, chain.sequences.length, (x0) => !chain.sequences[x0]!.includes(chain.extraMask ?? -1)),
  });
  switch (name) {
    case 'uniform': {
      const transition = uniform.create({ numStates: 3, schedule: schedule('jump-probability', betas) }, {});
      return family(
        transition,
        chainOf((t) => uniformStep(3, betas[t - 1]!)),
        [1 / 3, 1 / 3, 1 / 3],
      );
    }
    case 'absorbing, extra mask': {
      const sure = [...betas.slice(0, -1), 1];
      const transition = absorbing.create({ numStates: 4, schedule: schedule('jump-probability', sure) }, { maskState: 1 });
      return family(
        transition,
        chainOf((t) => absorbingStep(4, sure[t - 1]!, 1), 1),
        [0, 1, 0, 0],
      );
    }
    case 'absorbing, re-used mask': {
      const sure = [...betas.slice(0, -1), 1];
      const transition = absorbing.create(
        { numStates: 3, schedule: schedule('jump-probability', sure) },
        { maskState: 1, extraMask: false },
      );
      return family(
        transition,
        chainOf((t) => absorbingStep(3, sure[t - 1]!, 1)),
        [0, 1, 0],
      );
    }
    case 'discretised Gaussian': {
      const transition = discretizedGaussian.create({ numStates: 3, schedule: schedule('variance', betas) }, {});
      return family(
        transition,
        chainOf((t) => gaussianStep(3, betas[t - 1]!)),
        [1 / 3, 1 / 3, 1 / 3],
      );
    }
    case 'banded': {
      const transition = banded.create({ numStates: 3, schedule: schedule('jump-probability', betas) }, { width: 1 });
      return family(
        transition,
        chainOf((t) => bandedStep(3, betas[t - 1]!)),
        [1 / 3, 1 / 3, 1 / 3],
      );
    }
    case 'uniform with a mask': {
      // A quarter is left at T, so that the prior has both parts.
      const gamma = 1 - 0.25 ** (1 / T);
      const inner = uniform.create({ numStates: 3, schedule: schedule('jump-probability', betas) }, {});
      const transition = withMask(inner, { schedule: schedule('jump-probability', new Array<number>(T).fill(gamma)) });
      return family(
        transition,
        chainOf((t) => maskedStep(uniformStep(3, betas[t - 1]!), gamma), 3),
        [1 / 12, 1 / 12, 1 / 12, 3 / 4],
      );
    }
    case 'uniform and absorbing': {
      const transition = uniformAbsorbing.create(
        { numStates: 4, schedule: schedule('jump-probability', betas) },
        { maskShare: 0.6, maskState: 1 },
      );
      return family(
        transition,
        chainOf((t) => uniformAbsorbingStep(4, 0.6 * betas[t - 1]!, 0.4 * betas[t - 1]!, 1), 1),
        [0.1, 0.7, 0.1, 0.1],
      );
    }
    case 'uniform and absorbing, share by step': {
      const sure = [...betas.slice(0, -1), 1];
      const shares = sure.map((_, i) => (i + 1) / (T + 1));
      const transition = uniformAbsorbing.create(
        { numStates: 4, schedule: schedule('jump-probability', sure) },
        { maskShare: shares, maskState: 1 },
      );
      const last = shares.at(-1)!;
      return family(
        transition,
        chainOf((t) => uniformAbsorbingStep(4, shares[t - 1]! * sure[t - 1]!, (1 - shares[t - 1]!) * sure[t - 1]!, 1), 1),
        // The last step redraws all, with its own share.
        [0, 1, 2, 3].map((k) => (1 - last) / 4 + (k === 1 ? last : 0)),
      );
    }
    case 'low rank, clusters': {
      // States 0 and 1 are one cluster, 2 the other; a law of targets by step, and targets with zeros.
      const clusterOf = [0, 0, 1];
      const targets = [
        [0.5, 0.5, 0],
        [0, 0.1, 0.9],
      ];
      const core = (t: number): Matrix => [
        [0.7 / t, 1 - 0.7 / t],
        [0.2, 0.8],
      ];
      const prior = [0.5, 0.3, 0.2];
      const transition = lowRankMixing({
        name: 'clusters',
        numStates: 3,
        schedule: schedule('jump-probability', betas),
        encode: Float64Array.from(clusterOf.flatMap((cluster) => [1 - cluster, cluster])),
        core: (t) => Float64Array.from(core(t).flat()),
        decode: Float64Array.from(targets.flat()),
        prior: { kind: 'fixed', probs: Float64Array.from(prior) },
      });
      const step = (t: number): Matrix =>
        square(3, (i, j) => {
          const [first, second] = core(t)[clusterOf[i]!]!;
          return (i === j ? 1 - betas[t - 1]! : 0) + betas[t - 1]! * (first! * targets[0]![j]! + second! * targets[1]![j]!);
        });
      return family(transition, chainOf(step), prior);
    }
    case 'dense, asymmetric': {
      const step = (t: number): Matrix => asymmetricStep(3, seed, t);
      const prior = [0.5, 0.3, 0.2];
      const transition = dense({
        name: 'asymmetric',
        numStates: 3,
        numSteps: T,
        step: (t) => Float64Array.from(step(t).flat()),
        prior: { kind: 'fixed', probs: Float64Array.from(prior) },
      });
      return family(transition, chainOf(step), prior);
    }
    case 'dense, per position': {
      const step = (t: number, position: number): Matrix => asymmetricStep(3, seed + 1 + position, t);
      const prior = Array.from({ length: L }, (_, n) => randomLaw(seed + n, 3));
      const transition = dense({
        name: 'per position',
        numStates: 3,
        numSteps: T,
        positions: L,
        step: (t, position) => Float64Array.from(step(t, position).flat()),
        prior: { kind: 'fixed', probs: Float64Array.from(prior.flat()) },
      });
      return { ...family(transition, chainOf(step), []), prior };
    }
  }
}

/** Logits that depend on x_t and t and know nothing of the data, in float32 numbers. */
export function randomLogits(
  seed: number,
  numStates: number,
  { scale = 2, zeros = 0, extraMask, timeFree = false }: RandomLogitsOptions = {},
): ExactLogits {
  const rows = new Map<string, Matrix>();
  return (xt, t) => {
    const key = timeFree ? xt.join() : `${xt.join()} ${t}`;
    const keptOf = (state: number): number => (state === extraMask ? (state + 1) % numStates : state);
    const known =
      rows.get(key) ?? xt.map((state, n) => randomRow(hash(`${seed} ${key} ${n}`), { numStates, scale, zeros, kept: keptOf(state) }));
    rows.set(key, known);
    return known;
  };
}

export interface RandomLogitsOptions {
  /** Spread of the logits. @defaultValue 2 */
  readonly scale?: number;
  /** Share of classes with probability exactly 0; one that x_t can come from is always left. @defaultValue 0 */
  readonly zeros?: number;
  /** A state that data never is. */
  readonly extraMask?: number;
  readonly timeFree?: boolean;
}

function randomRow(
  seed: number,
  { numStates, scale, zeros, kept }: { readonly numStates: number; readonly scale: number; readonly zeros: number; readonly kept: number },
): number[] {
  const next = seededUniforms(seed);
  return Array.from({ length: numStates }, (_, c) => {
    const logit = Math.fround(scale * (2 * next() - 1));
    return next() < zeros && c !== kept ? -Infinity : logit;
  });
}

function hash(text: string): number {
  let value = 17;
  for (const letter of text) value = (Math.imul(value, 31) + letter.charCodeAt(0)) | 0;
  return value;
}

function schedule<U extends NoiseUnit>(unit: U, noise: readonly number[]): NoiseSchedule<U> {
  return { unit, numSteps: noise.length, noise: Float64Array.from(noise) };
}

function square(size: number, entry: (i: number, j: number) => number): number[][] {
  return Array.from({ length: size }, (_, i) => Array.from({ length: size }, (_, j) => entry(i, j)));
}
