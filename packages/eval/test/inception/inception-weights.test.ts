import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assertInceptionWeights, type InceptionWeights } from '../../src/inception/assert-inception-weights.ts';
import { inceptionShapes } from '../../src/inception/inception-shapes.ts';
import golden from './golden/inception.json' with { type: 'json' };

const sizeOf = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);
const shapes = inceptionShapes();
/** Zeros fit as well as any. */
const zeros: InceptionWeights = Object.fromEntries(
  Object.entries(shapes).map(([name, shape]) => [name, { data: new Float32Array(sizeOf(shape)), shape }]),
);
const problemsOf = (weights: InceptionWeights): unknown => {
  try {
    assertInceptionWeights('here', weights);
  } catch (error) {
    return error;
  }
  return undefined;
};

describe('the weights of the Inception network', () => {
  it("are those of pytorch-fid's state, in name and shape", () => expect(shapes).toEqual(golden.shapes));

  it('are as many numbers as pytorch-fid learns', () => {
    const learned = Object.entries(shapes).filter(([name]) => !name.includes('running_'));
    expect(learned.reduce((count, [, shape]) => count + sizeOf(shape), 0)).toBe(golden.numParameters);
    expect(golden.numParameters).toBe(23_850_960);
  });

  it('may stand beside counters and the classifier of training, of any type', () => {
    const others = {
      'Conv2d_1a_3x3.bn.num_batches_tracked': { data: new BigInt64Array(1), shape: [] },
      'AuxLogits.fc.weight': { data: new Uint16Array(768_000), shape: [1000, 768] },
    };
    expect(problemsOf({ ...zeros, ...others })).toBeUndefined();
  });

  const arbDamage = fc.constantFrom<[string, (shape: readonly number[]) => InceptionWeights[string] | undefined]>(
    ['is missing', () => undefined],
    ['has no Float32Array', (shape) => ({ data: new Float64Array(sizeOf(shape)), shape })],
    ['has the shape [1, ', (shape) => ({ data: new Float32Array(sizeOf(shape)), shape: [1, ...shape] })],
    ['numbers, expected', (shape) => ({ data: new Float32Array(sizeOf(shape) - 1), shape })],
    ['has NaN at offset 3, expected a', (shape) => ({ data: new Float32Array(sizeOf(shape)).fill(Number.NaN, 3, 4), shape })],
    ['has Infinity at offset 0, expected a', (shape) => ({ data: new Float32Array(sizeOf(shape)).fill(Infinity, 0, 1), shape })],
  );
  it('are refused with the name of the one that is not right', () => {
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(shapes)), arbDamage, (name, [problem, damaged]) => {
        const { [name]: _, ...others } = zeros;
        const weight = damaged(shapes[name]!);
        expect(problemsOf(weight ? { ...others, [name]: weight } : others)).toMatchObject({
          code: 'INVALID_DATA',
          message: expect.stringMatching(
            new RegExp(`^here: 1 of the weights .*: "${name}" .*${problem.replaceAll(/[[\]]/g, String.raw`\$&`)}`),
          ) as string,
        });
      }),
      { numRuns: 15 },
    );
  });

  it('are refused for a negative variance, where it would be a root of a negative number', () => {
    const name = 'Mixed_7c.branch_pool.bn.running_var';
    expect(problemsOf({ ...zeros, [name]: { data: new Float32Array(192).fill(-1, 191), shape: [192] } })).toMatchObject({
      message: expect.stringContaining(`"${name}" has -1 at offset 191, expected a variance`) as string,
    });
  });

  it('are all counted and the first listed, names of a file escaped', () => {
    const stranger = { 'constructor\n': { data: new Float32Array(1), shape: [1] } };
    expect(problemsOf(stranger)).toMatchObject({
      message: expect.stringMatching(
        /^here: 473 of the weights .*, 472 tensors: "Conv2d_1a_3x3\.conv\.weight" is missing; .*; and 465 more; give all/,
      ) as string,
    });
    expect(problemsOf({ ...zeros, ...stranger })).toMatchObject({
      message: expect.stringMatching(/^here: 1 of the weights .*: "constructor\\n" is not known; give all/) as string,
    });
  });
});
