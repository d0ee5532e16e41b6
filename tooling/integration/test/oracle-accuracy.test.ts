import { grad, sum, tensor, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  boundTermNats,
  createRng,
  leaveOneOut,
  mixture,
  plugIn,
  sampleForward,
  toTensor,
  type ReverseProcess,
  type Transition,
} from '@d3pm/core';
import { prepareEngine } from '@d3pm/engine';
import { cosine, inverseRemaining, linear } from '@d3pm/schedules';
import { absorbing, discretizedGaussian, uniform } from '@d3pm/transitions';

const K = 32;
const numSteps = 1000;
/** From the first steps, where the rates are smallest, to the last ones, where x_t hardly knows x_0. */
const STEPS = [1, 2, 3, 5, 12, 40, 100, 250, 500, 750, 900, 970, 999, 1000];

const makeTransition = {
  uniform: () => uniform.create({ numStates: K, schedule: cosine({ numSteps }) }, {}),
  absorbing: () => absorbing.create({ numStates: K, schedule: inverseRemaining({ numSteps }) }, {}),
  're-used mask': () => absorbing.create({ numStates: K, schedule: inverseRemaining({ numSteps }) }, { maskState: 0, extraMask: false }),
  gaussian: () =>
    discretizedGaussian.create({ numStates: K, schedule: linear({ numSteps, start: 1e-4, stop: 0.02, unit: 'variance' }) }, {}),
};

/** Logits of a network that knows nothing, of one that is nearly sure and right, and of one that is sure and wrong. */
const predictions = ['random', 'sharp', 'nearly right', 'wrong'] as const;

function logitsFor(kind: (typeof predictions)[number], x0: number, xt: number, seed: string): number[] {
  const rng = createRng(seed);
  const scale = { random: 1, sharp: 6, 'nearly right': 1, wrong: 1 }[kind];
  return Array.from({ length: K }, (_, k) => {
    const peak =
      (kind === 'nearly right' && k === x0 ? 14 : 0) + (kind === 'wrong' && k === (xt === x0 ? (x0 + 1) % (K - 1) : xt) ? 14 : 0);
    return Math.fround(scale * rng.normal(k) + peak);
  });
}

/** p − q − q log(p/q) in float64, by its series where it would cancel. */
function klPart(q: number, p: number): number {
  if (q === 0) return p;
  const u = p / q - 1;
  return Math.abs(u) < 1e-3 ? q * (u * u * (1 / 2 - u * (1 / 3 - u * (1 / 4 - u / 5)))) : p - q + q * Math.log(q / p);
}

interface Exact {
  readonly nats: number;
  /** dL/dlogits */
  readonly gradient: number[];
}

/** L_{t−1} of one position from the tables of the chain, Eq. (1), Eq. (3) and the two readings of Eq. (4), in float64. */
function exactTerm(
  transition: Transition,
  name: ReverseProcess['name'],
  step: { x0: number; xt: number; t: number; logits: number[] },
): Exact {
  const { x0, xt, t } = step;
  const s = t - 1;
  const [before, between, after] = [transition.toDense(0, s), transition.toDense(s, t), transition.toDense(0, t)];
  const logits = step.logits.map((value, k) => (k === transition.extraMask ? -Infinity : value));
  const largest = Math.max(...logits);
  const weights = logits.map((value) => Math.exp(value - largest));
  const total = weights.reduce((all, value) => all + value, 0);
  const f = weights.map((value) => value / total);
  const factor = f.map((_, i) => (name === 'mixture' ? (after[i * K + xt]! > 0 ? after[x0 * K + xt]! / after[i * K + xt]! : 0) : 1));
  const back = Array.from({ length: K }, (_, j) => between[j * K + xt]!);
  const data = back.map((value, j) => value * before[x0 * K + j]!);
  const model = back.map((value, j) => value * f.reduce((all, probability, i) => all + probability * factor[i]! * before[i * K + j]!, 0));
  const [dataTotal, modelTotal] = [data, model].map((values) => values.reduce((all, value) => all + value, 0)) as [number, number];
  const [q, p] = [data.map((value) => value / dataTotal), model.map((value) => value / modelTotal)];
  const nats = q.reduce((all, probability, j) => all + klPart(probability, p[j]!), 0);
  // dL/df_i = Σ_j (p_j − q_j) ∂ log model_j / ∂f_i, then through the softmax.
  const slope = f.map(
    (_, i) =>
      factor[i]! *
      back.reduce((all, value, j) => all + (model[j]! > 0 ? ((p[j]! - q[j]!) * value * before[i * K + j]!) / model[j]! : 0), 0),
  );
  const mean = f.reduce((all, probability, i) => all + probability * slope[i]!, 0);
  return { nats, gradient: f.map((probability, i) => probability * (slope[i]! - mean)) };
}

/**
 * Relative, of a term and of its gradient, and what is nothing in a gradient: y − f Σ y, with y up to 1, is rounded to 6e-8.
 *
 * Closed forms lose a few roundings of 6e-8. Where tables are multiplied, float32 carries the logarithm of a probability of 1/K to
 * 3e-7, and all that is known of p/q is their difference: with p/q − 1 = 1e-3, at the last steps, 3e-4 of it,
 * and where p and q are the same to 1e-5, nothing.
 */
const byTables = { nats: 3e-3, natsFloor: 1e-10, gradient: 3e-3, floor: 1e-7 };
const tolerances = {
  uniform: { nats: 4e-6, natsFloor: 1e-12, gradient: 3e-5, floor: 1e-7 },
  absorbing: { nats: 1e-6, natsFloor: 1e-12, gradient: 1e-5, floor: 1e-10 },
  're-used mask': { nats: 1e-6, natsFloor: 1e-12, gradient: 1e-5, floor: 1e-10 },
  gaussian: byTables,
};

describe.each(Object.keys(makeTransition) as (keyof typeof makeTransition)[])('%s', (family) => {
  const transition = makeTransition[family]();

  beforeAll(async () => void (await prepareEngine()));

  it.each([
    ['plug-in', plugIn()],
    ['mixture', mixture()],
    ['leave-one-out', leaveOneOut()],
  ] as const)('%s: every term and its gradient are right relative to themselves, at every t and for every f', (name, reverse) => {
    const tolerance = family === 're-used mask' && name === 'mixture' ? byTables : tolerances[family];
    // The mixture divides by entries of Q̄_t, which the float64 of this test must hold.
    const steps = STEPS.filter((t) => family !== 'gaussian' || transition.toDense(0, t).every((value) => value > 1e-200));
    let checked = 0;
    for (const kind of predictions) {
      for (const t of steps) {
        const rng = createRng(`${family} ${kind} ${t}`);
        // The last is state 0: the mask, where it is one of the data.
        const x0 = Int32Array.from({ length: 6 }, (_, n) => (n < 5 ? rng.integer(K - 1, n) : 0));
        const batch = { values: x0, shape: [6, 1] };
        const xt = sampleForward(transition, batch, { t, rng: rng.split('noise') });
        const logits = Array.from(x0, (state, n) => logitsFor(kind, state, xt.values[n]!, `${family} ${t} ${n}`));
        const [nats, gradient] = tidy(() => {
          const input = { x0: toTensor(batch), xt: toTensor(xt), s: t - 1, t };
          const given = tensor(Float32Array.from(logits.flat()), [6, 1, K]);
          const loss = (x: typeof given) => boundTermNats(transition, reverse as ReverseProcess, { ...input, logits: x });
          return [loss(given).dataSync<'float32'>(), grad((x: typeof given) => sum(loss(x)))(given).dataSync<'float32'>()];
        }) as [Float32Array, Float32Array];
        for (let n = 0; n < 6; n++) {
          const exact = exactTerm(transition, name, { x0: x0[n]!, xt: xt.values[n]!, t, logits: logits[n]! });
          const where = `${kind} f, t = ${t}, x_0 = ${x0[n]}, x_t = ${xt.values[n]}`;
          expect(Math.abs(nats[n]! - exact.nats), `${where}: ${nats[n]} for ${exact.nats}`).toBeLessThanOrEqual(
            tolerance.nats * exact.nats + tolerance.natsFloor,
          );
          const scale = Math.max(...exact.gradient.map(Math.abs));
          const worst = Math.max(...exact.gradient.map((value, i) => Math.abs(value - gradient[n * K + i]!)));
          expect(worst, `${where}: gradient ${scale}`).toBeLessThanOrEqual(tolerance.gradient * scale + tolerance.floor);
          checked++;
        }
      }
    }
    expect(checked).toBe(predictions.length * steps.length * 6);
  });
});
