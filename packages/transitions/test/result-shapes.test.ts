import '@tensorflow/tfjs-backend-cpu';
import type { Transition } from '@d3pm/core';
import { checkTransition, uniform } from '@d3pm/transitions';
import { cast, exp, memory, reshape, type Tensor } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { noiseOf } from './noise.ts';

const right = uniform.create({ numStates: 3, schedule: noiseOf('jump-probability', [0.1, 0.2]) }, {});
const flat = (x: Tensor): Tensor => reshape(x, [x.size]);
const detailOf = (transition: Transition): string => {
  const law = checkTransition(transition).laws.find(({ name }) => name.startsWith('maps return float32'));
  return law!.ok ? 'ok' : law!.detail;
};

describe('the kit says what a map returns, of', () => {
  it.each<[string, Partial<Transition>, string]>([
    ['a sound transition', {}, 'ok'],
    ['a flat push', { push: (...args) => flat(right.push(...args)) }, 'push returns the shape float32 [12], expected float32 [4, 1, 3]'],
    ['a flat pull', { pull: (...args) => flat(right.pull(...args)) }, 'pull returns the shape float32 [12], expected float32 [4, 1, 3]'],
    [
      'rows in a column',
      { pushStates: (...args) => reshape(right.pushStates(...args), [4, 3, 1]) },
      'pushStates returns the shape float32 [4, 3, 1], expected float32 [4, 1, 3]',
    ],
    [
      'integers',
      { pullStates: (...args) => cast(exp(right.pullStates(...args)), 'int32') },
      'pullStates returns the shape int32 [4, 1, 3], expected float32 [4, 1, 3]',
    ],
  ])('%s', (_, maps, expected) => expect(detailOf({ ...right, ...maps })).toBe(expected));

  it('nothing that it leaves behind', () => {
    detailOf(right);
    const before = memory().numTensors;
    detailOf(right);
    expect(memory().numTensors).toBe(before);
  });
});
