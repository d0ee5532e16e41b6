import { expect, it } from 'vitest';
import { assertDataStates, assertDenoiserFits, leaveOneOut, mixture, type Transition } from '../src/index.ts';

const chain = {
  name: 'absorbing',
  numStates: 5,
  numSteps: 10,
  absorbing: { maskState: 4 },
  extraMask: 4,
} as Partial<Transition> as Transition;
const denoiser = { numStates: 5, numSteps: 10, prediction: 'denoiser' } as const;

it('accepts what is made for each other, and a network that reads no time for a chain of any length', () => {
  const { numSteps: _, ...timeFree } = denoiser;
  assertDenoiserFits('f', { transition: chain, denoiser, reverse: mixture() });
  assertDenoiserFits('f', { transition: { ...chain, numSteps: 3 }, denoiser: timeFree });
  expect(() => assertDenoiserFits('f', { transition: { ...chain, numSteps: 3 }, denoiser })).toThrow(
    expect.objectContaining({ code: 'UNSOUND', message: expect.stringContaining('the denoiser is told steps of 1…10, absorbing has 3') }),
  );
});

it('names the states that a network lacks, and the mask among them', () => {
  expect(() => assertDenoiserFits('train', { transition: chain, denoiser: { ...denoiser, numStates: 4 } })).toThrow(
    'train: denoiser has 4 states, expected the 5 of absorbing, its mask included; make it with numStates: 5',
  );
});

it('refuses a prediction that the reverse process does not read', () => {
  expect(() => assertDenoiserFits('f', { transition: chain, denoiser, reverse: leaveOneOut() })).toThrow(
    'f: the denoiser predicts "denoiser" and the leave-one-out process reads "leave-one-out"',
  );
});

it('refuses data that shows an extra mask, and accepts one that is used again', () => {
  const data = { values: Int32Array.of(0, 4), shape: [1, 2] };
  expect(() => assertDataStates('f', data, chain)).toThrow(
    'f: data shows the mask, state 4, at offset 1, and absorbing says it never does',
  );
  const { extraMask: _, ...again } = chain;
  assertDataStates('f', data, again);
  expect(() => assertDataStates('f', { values: Int32Array.of(5), shape: [1, 1] }, chain)).toThrow('expected 0…4');
});
