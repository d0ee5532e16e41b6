import { expect, it } from 'vitest';
import { toTensor } from '../src/index.ts';

it('says what to call when tfjs has no back end', () => {
  expect(() => toTensor({ values: Int32Array.of(0), shape: [1, 1] })).toThrow(
    expect.objectContaining({
      code: 'ENGINE',
      message: 'toTensor: tfjs has no back end; call prepareEngine() of @d3pm/engine first, or import one',
    }),
  );
});
