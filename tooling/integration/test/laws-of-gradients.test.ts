import { withGradient, type Steps, type Transition } from '@d3pm/core';
import { prepareEngine } from '@d3pm/engine';
import { checkTransition, uniform } from '@d3pm/transitions';
import { mul, tensor, type Tensor } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';

beforeAll(() => prepareEngine());

type Map = (x: Tensor, s: Steps, t: Steps) => Tensor;

const schedule = { unit: 'jump-probability', numSteps: 5, noise: Float64Array.of(0.1, 0.2, 0.3, 0.4, 0.5) } as const;
const whole = uniform.create({ numStates: 4, schedule }, {});
const broken = (transition: Transition): string[] =>
  checkTransition(transition)
    .laws.filter(({ ok }) => !ok)
    .map(({ name, detail }) => `${name}: ${detail}`);

/** The value of a map that reads its tensor. */
const detached =
  (map: Map): Map =>
  (x, s, t) => {
    const copy = tensor(x.dataSync<'float32'>().slice(), x.shape);
    const result = map(copy, s, t);
    copy.dispose();
    return result;
  };

/** The value of a map, with a gradient of another rule. */
const withSlope =
  (map: Map, slope: (dy: Tensor, s: Steps, t: Steps) => Tensor): Map =>
  (x, s, t) =>
    withGradient(
      [x],
      (input) => ({ value: map(input, s, t), saved: [] }),
      (dy) => [slope(dy, s, t)],
    );

describe('the kit finds maps of right values with', () => {
  const cut = 'has no gradient: Error: Cannot compute gradient of y=f\\(x\\) with respect to x';
  it.each<[string, Partial<Transition>, string]>([
    ['no gradient of push', { push: detached(whole.push) }, `push ${cut}`],
    ['no gradient of pull', { pull: detached(whole.pull) }, `pull ${cut}`],
    ['half a gradient of push', { push: withSlope(whole.push, (dy) => mul(dy, 0.5)) }, 'gradient of push: the slope at state \\d is '],
    ['the gradient of a copy', { pull: withSlope(whole.pull, (dy) => mul(dy, 1)) }, 'gradient of pull: the slope at state \\d is '],
  ])('%s', (_, maps, detail) =>
    expect(broken({ ...whole, ...maps })).toEqual([expect.stringMatching(`^push and pull have the gradient of their formula: ${detail}`)]),
  );

  it('none of it where all is right', () => expect(broken(whole)).toEqual([]));
});
