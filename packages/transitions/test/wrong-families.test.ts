import '@tensorflow/tfjs-backend-cpu';
import { drawFromProbs, stepOf, stepPairs, type Steps, type Transition } from '@d3pm/core';
import { checkTransition, uniform } from '@d3pm/transitions';
import { concat, equal, max, reshape, slice, tidy, where, zeros, type Tensor } from '@tensorflow/tfjs-core';
import { describe, expect, it, vi } from 'vitest';
import { disposal } from '../src/laws/disposal.ts';
import { evenly, noiseOf } from './noise.ts';

type MapName = 'pull' | 'pullStates' | 'push' | 'pushStates';
type StepMap = (x: Tensor, s: Steps, t: Steps) => Tensor;

const T = 20;
const right = (numStates = 4, stop = 0.3): Transition =>
  uniform.create({ numStates, schedule: noiseOf('jump-probability', evenly(0.02, stop, T)) }, {});

/** Uniform noise with other maps, and without the closed form that takes their place. */
function withMaps(change: (map: StepMap, name: MapName) => StepMap): Transition {
  const { rankOne: _, ...whole } = right();
  const changed = (name: MapName): StepMap => change((x, s, t) => whole[name](x, s, t), name);
  return { ...whole, push: changed('push'), pull: changed('pull'), pushStates: changed('pushStates'), pullStates: changed('pullStates') };
}

/** Row r of the B · N takes the steps of example r mod B. */
const misaligned = (): Transition =>
  withMaps((map, name) => (x, s, t) => {
    const batchSize = x.shape[0]!;
    const pairs = stepPairs('misaligned', s, t, { batchSize, numSteps: T });
    const ofStates = name.endsWith('States');
    if (!ofStates && x.shape.at(-1) !== 4) return map(x, s, t);
    const numRows = ofStates ? x.size : x.size / 4;
    const ofRow = (steps: Int32Array): Int32Array => Int32Array.from({ length: numRows }, (_, row) => steps[row % batchSize]!);
    const rows = reshape(x, ofStates ? [numRows, 1] : [numRows, 1, 4]);
    const mapped = map(rows, ofRow(pairs.s), ofRow(pairs.t));
    const result = reshape(mapped, ofStates ? [...x.shape, 4] : x.shape);
    rows.dispose();
    mapped.dispose();
    return result;
  });

/** With one s for all, the t of the first example is everybody's. */
const mixedSteps = (): Transition => withMaps((map) => (x, s, t) => map(x, s, typeof s === 'number' && typeof t !== 'number' ? t[0]! : t));

/** Q(0→t) is Q(0→t − 1), but for the first steps and the last. */
function cumulative(): Transition {
  const late = (s: number, t: number): number => (s === 0 && t >= 4 && t < T ? t - 1 : t);
  const before = (s: Steps, t: Steps): Steps => {
    if (typeof s === 'number' && typeof t === 'number') return late(s, t);
    const length = typeof s === 'number' ? (t as Int32Array).length : s.length;
    return Int32Array.from({ length }, (_, b) => late(stepOf(s, b), stepOf(t, b)));
  };
  const whole = withMaps((map) => (x, s, t) => map(x, s, before(s, t)));
  return { ...whole, toDense: (s, t) => whole.toDense(s, late(s, t)) };
}

const assertSteps = (s: number, t: number): unknown => stepPairs('wrong', s, t, { batchSize: 1, numSteps: T });
const withDraw = (whole: Transition, draw: NonNullable<Transition['draw']>): Transition => ({
  ...whole,
  draw: (state, s, t, stream) => {
    assertSteps(s, t);
    return draw(state, s, t, stream);
  },
});
const drawFrom = (whole: Transition, state: number, s: number, t: number, uniformNumber: number): number =>
  drawFromProbs(whole.toDense(s, t), 4 * state, 4, uniformNumber);

const neverMoves = (): Transition => {
  const slow = right(4, 0.07);
  return withDraw(slow, (state, s, t, stream) => (t - s <= 2 ? state : drawFrom(slow, state, s, t, stream.float64(0))));
};

const halfWay = (): Transition =>
  withDraw(right(), (state, s, t, stream) =>
    drawFrom(right(), state, s, s === 0 && t > 1 && t < T ? Math.ceil(t / 2) : t, stream.float64(0)),
  );

const anotherForm = (): Transition => {
  const whole = right(600);
  const { target, keep, refresh } = whole.rankOne!;
  return { ...whole, rankOne: { target, keep: (s, t) => keep(Math.max(0, s - 1), t), refresh: (s, t) => refresh(Math.max(0, s - 1), t) } };
};

/** A log-sum-exp that subtracts the largest entry, −∞ or not. */
const nanOfImpossible = (): Transition =>
  withMaps((map, name) => (x, s, t) => {
    if (name !== 'push') return map(x, s, t);
    return tidy(() => where(equal(max(x, -1, true), -Infinity), NaN, map(x, s, t)));
  });

/** Another class axis is padded, or cut, without a word. */
const anyClasses = (): Transition =>
  withMaps((map, name) => (x, s, t) => {
    if (name.endsWith('States') || x.shape.at(-1) === 4) return map(x, s, t);
    return map(
      tidy(() => zeros([...x.shape.slice(0, -1), 4])),
      s,
      t,
    );
  });

/** The second block of eight examples takes what the first one has. */
const inBlocks = (wrong: MapName): Transition =>
  withMaps((map, name) => (x, s, t) => {
    if (name !== wrong || x.shape[0]! <= 8) return map(x, s, t);
    return tidy(() => {
      const mapped = map(x, s, t);
      return concat([slice(mapped, 0, 8), slice(mapped, 0, Math.min(8, x.shape[0]! - 8)), slice(mapped, Math.min(16, x.shape[0]!))]);
    });
  });

const disposedOnce = (): Transition => {
  let isDisposed = false;
  return {
    ...right(),
    dispose: () => {
      if (isDisposed) throw new Error('disposed already');
      isDisposed = true;
    },
  };
};

describe('checkTransition finds', () => {
  it.each<[string, () => Transition, string]>([
    ['steps of another example', misaligned, 'examples with steps of their own are the same alone'],
    ['one s for all that makes one t of many', mixedSteps, 'examples with steps of their own are the same alone'],
    ['noise from data that is a step late', cumulative, 'Q(r→s) Q(s→t) = Q(r→t) (Chapman–Kolmogorov)'],
    ['draws that never move in two steps', neverMoves, 'draw draws from the rows of pushStates'],
    ['draws from data that stop half way', halfWay, 'draw draws from the rows of pushStates'],
    ['draws that never move, of 600 states', () => withDraw(right(600), (state) => state), 'draw draws from the rows of pushStates'],
    [
      'rows that never move, of 600 states',
      () => ({
        ...right(600),
        rowProbs: (state, s, t) => {
          assertSteps(s, t);
          return Float64Array.from({ length: 600 }, (_, k) => (k === state ? 1 : 0));
        },
      }),
      'rowProbs are the rows of pushStates',
    ],
    ['NaN of a row of −∞', nanOfImpossible, 'a row of −∞ is mapped to −∞'],
    ['rows of any number of classes', anyClasses, 'rows of other than K classes are refused'],
    ['rows of a batch in blocks of 8', () => inBlocks('pull'), 'examples of a large batch are the same alone'],
    ['states of a batch in blocks of 8', () => inBlocks('pushStates'), 'examples of a large batch are the same alone'],
    [
      'rowProbs of steps that there are not',
      () => ({
        ...right(),
        rowProbs: (state, s, t) =>
          right()
            .toDense(Math.max(0, s), Math.min(Math.max(s, t), T))
            .subarray(4 * state, 4 * state + 4),
      }),
      'steps outside 0 ≤ s ≤ t ≤ T are refused',
    ],
    [
      'draws of steps that there are not',
      () => ({
        ...right(),
        draw: (state, s, t, stream) => drawFrom(right(), state, Math.max(0, s), Math.min(Math.max(s, t), T), stream.float64(0)),
      }),
      'steps outside 0 ≤ s ≤ t ≤ T are refused',
    ],
    ['a closed form a step early, of 600 states', anotherForm, 'rankOne and absorbing are what toDense and pushStates are'],
  ])('%s', (_, make, law) =>
    expect(
      checkTransition(make())
        .laws.filter(({ ok }) => !ok)
        .map(({ name }) => name),
    ).toEqual([law]),
  );

  it('a dispose that throws the second time', () => {
    const tried = (transition: Transition): (() => unknown) => {
      const nothing = { r: 0, s: 0, t: 0, logProbs: [], logLikelihood: [], states: [] };
      return () => disposal.deviation({ transition, ...nothing });
    };
    expect(tried(disposedOnce())).toThrow('disposed already');
    expect(tried(right())).not.toThrow();
  });

  it('does not dispose what it is given', () => {
    const dispose = vi.fn<() => void>();
    checkTransition({ ...right(), dispose });
    expect(dispose).not.toHaveBeenCalled();
  });

  it('nothing wrong with draws of right ones', () => {
    const whole = right();
    const report = checkTransition(withDraw(whole, (state, s, t, stream) => drawFrom(whole, state, s, t, stream.float64(0))));
    expect(report.laws.filter(({ ok }) => !ok)).toEqual([]);
  });
});
