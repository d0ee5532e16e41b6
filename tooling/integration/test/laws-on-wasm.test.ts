import { getBackend } from '@tensorflow/tfjs-core';
import { prepareEngine } from '@d3pm/engine';
import { builtinTransitions } from '@d3pm/transitions';
import { describeTransitionLaws } from '@d3pm/transitions/testing';
import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { lawFamilies } from './laws-families.ts';

beforeAll(() => prepareEngine({ backend: 'wasm' }));

for (const [title, transitions] of lawFamilies) describeTransitionLaws(`on wasm, ${title}`, transitions, { numRuns: 8 });

it('runs on wasm', () => expect(getBackend()).toBe('wasm'));

it('leaves no family out', () => {
  const tried = lawFamilies.map(([, transitions]) => fc.sample(transitions, 1)[0]!.name);
  expect(tried).toEqual(expect.arrayContaining(builtinTransitions.map(({ name }) => name)));
});
