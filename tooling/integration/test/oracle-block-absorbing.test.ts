import { tensor, tidy, type Tensor } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  boundTermNats,
  createRng,
  mixture,
  posteriorLogProbs,
  priorTermNats,
  type Denoiser,
  type NoiseSchedule,
  type Transition,
} from '@d3pm/core';
import {
  codeLengthNats,
  exactBound,
  exactMixture,
  exactModelLaw,
  exactNllNats,
  exactReverseRows,
  expectAllClose,
  expectSampledFrom,
  forwardChain,
  forwardLaw,
  posterior,
  randomLaw,
  type ExactLogits,
  type ExactModel,
  type ForwardChain,
} from '@d3pm/core/testing';
import { prepareEngine } from '@d3pm/engine';
import { ancestralSampler, finalStates } from '@d3pm/samplers';
import { autoregressive, blockAbsorbing } from '@d3pm/transitions';
import { absorbingStep, randomLogits } from './oracle-families.ts';

beforeAll(async () => {
  await prepareEngine();
});

const K = 3;
const mask = 2;
const jumps = (...noise: number[]): NoiseSchedule<'jump-probability'> => ({
  unit: 'jump-probability',
  numSteps: noise.length,
  noise: Float64Array.from(noise),
});

interface Process {
  readonly name: string;
  readonly transition: Transition;
  readonly chain: ForwardChain;
}

/** Two data states and a mask; at step t of the whole process, the positions given take the step `beta`. */
function processOf(
  name: string,
  transition: Transition,
  turn: (t: number) => { readonly positions: readonly number[]; readonly beta: number },
): Process {
  const { numSteps, positions: numPositions = 0 } = transition;
  const step = (t: number, n: number) => absorbingStep(K, turn(t).positions.includes(n) ? turn(t).beta : 0, mask);
  return { name, transition, chain: forwardChain({ numSteps, numPositions, step, extraMask: mask }) };
}
const inOrder = (N: number): Process =>
  processOf(`autoregressive, N = ${N}`, autoregressive.create({ numStates: K, schedule: jumps(1) }, { positions: N }), (t) => ({
    positions: [N - t],
    beta: 1,
  }));
const processes = [
  inOrder(2),
  inOrder(3),
  processOf(
    'blocks of one position, two steps each',
    blockAbsorbing.create({ numStates: K, schedule: jumps(0.3, 1) }, { positions: 2, blockSize: 1 }),
    (t) => ({ positions: [t <= 2 ? 1 : 0], beta: t % 2 === 1 ? 0.3 : 1 }),
  ),
  processOf(
    'blocks of two positions, one step each',
    blockAbsorbing.create({ numStates: K, schedule: jumps(1) }, { positions: 4, blockSize: 2 }),
    (t) => ({ positions: t === 1 ? [2, 3] : [0, 1], beta: 1 }),
  ),
];

const dataLawOf = ({ sequences }: ForwardChain): number[] => randomLaw(3, sequences.length, (x0) => !sequences[x0]!.includes(mask));
const modelOf = ({ chain }: Process, logits: ExactLogits): ExactModel => ({
  chain,
  prior: Array.from({ length: chain.numPositions }, () => [0, 0, 1]),
  reverse: exactMixture,
  logits,
});
/** log f(x_0 = state) at a position: f has no mass on the mask. */
const logF = (row: readonly number[], state: number): number => row[state]! - Math.log(Math.exp(row[0]!) + Math.exp(row[1]!));
const statesOf = (rows: readonly (readonly number[])[]): Tensor =>
  tensor(Int32Array.from(rows.flat()), [rows.length, rows[0]!.length], 'int32');

describe.each(processes)('$name, enumerated', (process) => {
  const { transition, chain } = process;
  const { sequences, numSteps, numPositions: N } = chain;
  const logits = randomLogits(5, K, { extraMask: mask });
  const dataLaw = dataLawOf(chain);
  const intervals = Array.from({ length: numSteps }, (_, i) => i + 1).flatMap((t) => Array.from({ length: t }, (_, s) => ({ s, t })));
  const rows = intervals.flatMap(({ s, t }) => sequences.map((xt) => ({ s, t, xt })));
  const logitsOf = (each: readonly { readonly xt: readonly number[]; readonly t: number }[]): Tensor =>
    tensor(Float32Array.from(each.flatMap(({ xt, t }) => logits(xt, t).flat())), [each.length, N, K]);
  const batch = (each: readonly { readonly xt: readonly number[]; readonly s: number; readonly t: number }[]) => ({
    xt: statesOf(each.map(({ xt }) => xt)),
    s: Int32Array.from(each, ({ s }) => s),
    t: Int32Array.from(each, ({ t }) => t),
  });

  it('has the posterior of Bayes’ rule at every position', () => {
    const x0 = sequences[1]!;
    tidy(() =>
      expectAllClose(
        posteriorLogProbs(transition, { x0: statesOf(rows.map(() => x0)), ...batch(rows) }),
        rows.flatMap(({ xt, s, t }) =>
          xt.flatMap((state, position) => posterior(chain, { x0: x0[position]!, xt: state, s, t, position }).map(Math.log)),
        ),
      ),
    );
  });

  it('has the reverse step of the mixture from every x_t, over every interval', () => {
    const model = modelOf(process, logits);
    tidy(() =>
      expectAllClose(
        mixture().logProbs(transition, { logits: logitsOf(rows), ...batch(rows) }),
        rows.flatMap(({ xt, s, t }) => exactReverseRows(model, xt, s, t).flat()),
      ),
    );
  });

  it('has L_T = 0 and the bound of enumeration', () => {
    const possible = sequences.filter((_, i) => dataLaw[i]! > 0);
    const nats = priorTermNats(transition, { values: Int32Array.from(possible.flat()), shape: [possible.length, N] });
    expect([...nats]).toEqual(possible.map(() => 0));
    const pairs = Array.from({ length: numSteps }, (_, i) => i + 1).flatMap((t) => {
      const given = forwardLaw(chain, t);
      return sequences.flatMap((x0, from) =>
        sequences.flatMap((xt, to) => {
          const weight = dataLaw[from]! * given[from]![to]!;
          return weight > 0 ? [{ x0, xt, s: t - 1, t, weight }] : [];
        }),
      );
    });
    const terms = tidy(() =>
      boundTermNats(transition, mixture(), {
        x0: statesOf(pairs.map(({ x0 }) => x0)),
        ...batch(pairs),
        logits: logitsOf(pairs),
      }).dataSync(),
    );
    const bound = pairs.reduce((sum, { weight }, i) => sum + weight * terms[i]!, 0);
    expectAllClose([bound], [exactBound(modelOf(process, logits), dataLaw).totalNats], { rtol: 2e-6, atol: 0 });
  });

  it('is sampled by the ancestral sampler with the law of all paths', async () => {
    const denoiser: Denoiser<'denoiser'> = {
      prediction: 'denoiser',
      numStates: K,
      timeFree: false,
      logits: (states, t) => {
        const values = [...states.dataSync<'int32'>()];
        const each = Array.from({ length: values.length / N }, (_, b) => ({
          xt: values.slice(b * N, (b + 1) * N),
          t: typeof t === 'number' ? t : t[b]!,
        }));
        return logitsOf(each);
      },
    };
    const drawn = await finalStates(ancestralSampler({ transition, denoiser, reverse: mixture(), shape: [6_000, N], rng: createRng(9) }));
    const counts = sequences.map(() => 0);
    for (let b = 0; b < 6_000; b++) counts[drawn.values.subarray(b * N, (b + 1) * N).reduce((index, state) => index * K + state, 0)]!++;
    expectSampledFrom(counts, exactModelLaw(modelOf(process, logits)));
  });
});

describe('autoregressive models are diffusion models, in float64', () => {
  it.each([2, 3])('N = %i: the bound is the exact NLL, the sum of −log f(x_0,i given x_0 before i)', (N) => {
    const process = inOrder(N);
    const { chain } = process;
    const logits = randomLogits(7, K, { extraMask: mask });
    const dataLaw = dataLawOf(chain);
    // An evaluation from the left to the right, which knows of no diffusion: masks stand for what is not written yet.
    const law = chain.sequences.map((x0) =>
      x0.includes(mask)
        ? 0
        : Math.exp(
            x0.reduce(
              (sum, state, i) =>
                sum +
                logF(
                  logits(
                    x0.map((other, n) => (n < i ? other : mask)),
                    N - i,
                  )[i]!,
                  state,
                ),
              0,
            ),
          ),
    );
    const nll = codeLengthNats(dataLaw, law);
    const model = modelOf(process, logits);
    expectAllClose(exactModelLaw(model), law, { rtol: 1e-12, atol: 0 });
    expectAllClose([exactBound(model, dataLaw).totalNats, exactNllNats(model, dataLaw)], [nll, nll], { rtol: 1e-12, atol: 0 });
  });
});
