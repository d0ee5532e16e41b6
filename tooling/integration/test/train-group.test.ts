import { createRng, mixture, type D3pmError, type ProcessGroup, type States, type TrainableDenoiser } from '@d3pm/core';
import { expectAllClose, inProcessGroup } from '@d3pm/core/testing';
import { batches, swissRoll } from '@d3pm/data';
import { prepareEngine } from '@d3pm/engine';
import { createT5Denoiser } from '@d3pm/models';
import { cosine, inverseRemaining } from '@d3pm/schedules';
import {
  crossEntropyLoss,
  exactCountLoss,
  hybridLoss,
  train,
  warmedUpDecay,
  type TrainEvent,
  type TrainingLoss,
  type TrainOptions,
} from '@d3pm/train';
import { absorbing, uniform } from '@d3pm/transitions';
import { memory } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';

beforeAll(async () => void (await prepareEngine({ backend: 'cpu' })));

const [T, K, BATCH] = [10, 6, 12];
const data = swissRoll({ size: 30, numStates: K - 1, rng: createRng('data') });
const masking = absorbing.create({ numStates: K, schedule: inverseRemaining({ numSteps: T }) }, { maskState: K - 1 });
const mixing = uniform.create({ numStates: K, schedule: cosine({ numSteps: T }) }, {});
const losses: Readonly<Record<string, TrainingLoss<'denoiser'>>> = {
  hybrid: hybridLoss({ transition: mixing, reverse: mixture(), lambda: 0.1 }),
  'cross-entropy': crossEntropyLoss({ transition: mixing, reverse: mixture() }),
  'exact-count': exactCountLoss({ transition: masking }),
};

const makeModel = (seed = 'model'): TrainableDenoiser<'denoiser'> =>
  createT5Denoiser(
    { numStates: K, numSteps: T, exampleShape: [2], rng: createRng(seed) },
    { numChannels: 8, numBlocks: 1, numHeads: 2, numHidden: 8, dropout: 0.3 },
  );

const options = (more: Partial<TrainOptions<'denoiser'>> = {}): TrainOptions<'denoiser'> => ({
  numSteps: 6,
  batches: batches(data, { batchSize: BATCH, rng: createRng('batches') }),
  loss: losses['hybrid']!,
  learningRate: 0.01,
  rng: createRng('train'),
  eventEvery: 2,
  emaDecay: warmedUpDecay(0.9),
  clipNorm: 0.05,
  ...more,
});

type Line = Omit<TrainEvent, 'state'>;
type Given = (member: ProcessGroup) => TrainOptions<'denoiser'>;

interface Outcome {
  readonly lines: readonly Line[];
  readonly parameters: readonly number[];
}

async function outcome(given: TrainOptions<'denoiser'>, model = makeModel()): Promise<Outcome> {
  const lines: Line[] = [];
  try {
    for await (const { state: _, ...line } of train(model, given)) lines.push(line);
    return { lines, parameters: Object.values(model.parameters).flatMap((value) => [...value.dataSync()]) };
  } finally {
    model.dispose();
  }
}
const ofGroup = (size: number, given: Given): Promise<Outcome[]> =>
  Promise.all(inProcessGroup(size).map((member) => outcome({ ...given(member), group: member })));
const rejections = async (
  size: number,
  given: Given,
  model?: (member: ProcessGroup) => TrainableDenoiser<'denoiser'>,
): Promise<D3pmError[]> =>
  (await Promise.allSettled(inProcessGroup(size).map((member) => outcome({ ...given(member), group: member }, model?.(member))))).map(
    (result) => (result as PromiseRejectedResult).reason as D3pmError,
  );

describe.each(Object.entries(losses))('a group with the %s loss', (_, loss) => {
  it.each([
    [2, undefined],
    [3, 2],
    [4, 1],
    [2, 4],
  ])('of %i trains what one process does with the whole batch, %s examples at a time', async (size, microBatch) => {
    const one = await outcome(options({ loss }));
    const all = await ofGroup(size, () => options({ loss, ...(microBatch !== undefined && { microBatch }) }));
    expect(all).toHaveLength(size);
    for (const member of all) {
      expect(member).toEqual(all[0]);
      expect(member.lines.map(({ step }) => step)).toEqual([2, 4, 6]);
      // Sums of float32 in another order; dropout, which falls on each example alike, would be a thousand times that.
      for (const [i, line] of member.lines.entries()) {
        expectAllClose([line.lossBits, line.gradientNorm], [one.lines[i]!.lossBits, one.lines[i]!.gradientNorm], { rtol: 1e-5 });
      }
      expectAllClose(member.parameters, one.parameters, { atol: 1e-5 });
    }
  });

  it('corrupts a part of a batch as it does the whole', () => {
    const rng = createRng(5);
    const x0 = batches(data, { batchSize: BATCH, rng }).batchAt(0);
    const whole = loss.corrupt(x0, rng);
    const t = whole.t as Int32Array;
    fc.assert(
      fc.property(fc.integer({ min: 0, max: BATCH - 1 }), fc.integer({ min: 1, max: BATCH }), (firstExample, wanted) => {
        const end = Math.min(firstExample + wanted, BATCH);
        const cut = (states: States): States => ({
          values: states.values.slice(2 * firstExample, 2 * end),
          shape: [end - firstExample, 2],
        });
        const part = loss.corrupt(cut(x0), rng, { firstExample, batchSize: BATCH });
        expect(part.states).toEqual(cut(whole.states));
        expect(part.t).toEqual(t.slice(firstExample, end));
        expect(part.weights).toEqual(whole.weights?.slice(firstExample, end));
      }),
    );
  });
});

describe('a group', () => {
  it('takes its shares from a source that knows whole batches alone', async () => {
    const source = options().batches;
    const [plain] = await ofGroup(2, () => options({ batches: { batchAt: (index) => source.batchAt(index) } }));
    const [parted] = await ofGroup(2, () => options());
    expect(plain).toEqual(parted);
  });

  it('stops on all members after the step in which one was told to', async () => {
    const all = await ofGroup(3, ({ rank }) => {
      const signal = { aborted: false };
      const source = options().batches;
      const counted = (index: number): States => {
        // In the midst of the third update, on one of them.
        if (rank === 1 && index === 2) signal.aborted = true;
        return source.batchAt(index);
      };
      return options({ signal, batches: { batchAt: counted } });
    });
    expect(all.map(({ lines }) => lines.map(({ step }) => step))).toEqual([
      [2, 3],
      [2, 3],
      [2, 3],
    ]);
  });

  it('does nothing when one is stopped before it begins', async () => {
    const all = await ofGroup(2, ({ rank }) => options({ signal: { aborted: rank === 1 } }));
    expect(all.map(({ lines }) => lines)).toEqual([[], []]);
  });

  it('leaves out an update whose sum is not finite, on all members', async () => {
    const loss: TrainingLoss<'denoiser'> = losses['hybrid']!;
    const all = await ofGroup(2, ({ rank }) => {
      let calls = 0;
      const broken = { ...loss, gradientScale: (positions: number) => (rank === 1 && ++calls === 3 ? NaN : loss.gradientScale(positions)) };
      return options({ loss: broken, whenNonFinite: { skip: 1 } });
    });
    expect(all.map(({ lines }) => lines.flatMap(({ skipped }) => skipped))).toEqual([[3], [3]]);
    expect(all[0]!.parameters).toEqual(all[1]!.parameters);
    expect(all[0]!.parameters.every(Number.isFinite)).toBe(true);
  });

  it('leaves no tensors behind', async () => {
    const before = memory().numTensors;
    await ofGroup(2, () => options());
    expect(memory().numTensors).toBe(before);
  });

  it.each<[string, (rank: number) => Partial<TrainOptions<'denoiser'>>, string]>([
    ['seed', (rank) => ({ rng: createRng(rank === 2 ? 'other' : 'train') }), 'train: rank 2 has seed ['],
    [
      'steps',
      (rank) => ({ numSteps: rank === 1 ? 7 : 6 }),
      'train: rank 1 has numSteps 7, and rank 0 has 6; give all of them the same options',
    ],
    [
      'batch',
      (rank) => ({ batches: batches(data, { batchSize: rank === 0 ? 6 : 12, rng: createRng(1) }) }),
      'rank 1 has batchSize 12, and rank 0 has 6',
    ],
    [
      'loss',
      (rank) => ({ loss: losses[rank === 0 ? 'hybrid' : 'cross-entropy']! }),
      'rank 1 has loss "cross-entropy", and rank 0 has "hybrid"',
    ],
    ['rate', (rank) => ({ learningRate: rank === 2 ? () => 0.5 : 0.01 }), 'rank 2 has learningRate 0.5, and rank 0 has 0.01'],
  ])('whose members have another %s ends on all of them before the first update', async (_, change, message) => {
    const errors = await rejections(3, ({ rank }) => options(change(rank)));
    expect(errors.map(({ code }) => code)).toEqual(['GROUP', 'GROUP', 'GROUP']);
    for (const error of errors) expect(error.message).toContain(message);
  });

  it('[74] whose models are of other seeds ends before the first update', async () => {
    const errors = await rejections(
      2,
      () => options(),
      ({ rank }) => makeModel(`model ${rank}`),
    );
    expect(errors.map(({ code }) => code)).toEqual(['GROUP', 'GROUP']);
    expect(errors[0]!.message).toMatch(
      /^train: rank 1 has state "[0-9a-f]{8}", and rank 0 has "[0-9a-f]{8}"; make the model of the same seed/,
    );
  });

  it('[75] of a size that a batch is no multiple of is refused', async () => {
    const [error] = await rejections(5, () => options());
    expect(error).toMatchObject({
      code: 'INVALID_OPTIONS',
      message: 'train: a batch has 12 examples, which a group of 5 cannot share; choose a multiple of 5',
    });
  });

  it('[77] finds at the next event that a member has drifted', async () => {
    const drifting = (member: ProcessGroup): ProcessGroup => {
      let sums = 0;
      return {
        ...member,
        sum: async (values) => {
          await member.sum(values);
          const isThirdGradient = values instanceof Float32Array && ++sums === 3;
          if (isThirdGradient && member.rank === 1) values[0]! += 1e-5;
        },
      };
    };
    const results = await Promise.allSettled(inProcessGroup(2).map((member) => outcome(options({ group: drifting(member) }))));
    for (const { reason } of results as PromiseRejectedResult[]) {
      expect(reason).toMatchObject({ code: 'GROUP' });
      expect((reason as Error).message).toMatch(/^train: at step 4 rank 1 has other parameters or moments than rank 0/);
    }
  });
});
