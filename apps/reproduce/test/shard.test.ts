import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { batchesOf } from '../src/shards/job.ts';
import { orderedShards } from '../src/shards/merge-shards.ts';
import { parseShard } from '../src/shards/shard.ts';

const array = (id: number, min: number, max: number, count = max - min + 1): Readonly<Record<string, string>> => ({
  SLURM_ARRAY_TASK_ID: String(id),
  SLURM_ARRAY_TASK_MIN: String(min),
  SLURM_ARRAY_TASK_MAX: String(max),
  SLURM_ARRAY_TASK_COUNT: String(count),
});

describe('--shard', () => {
  it.each<[string, Readonly<Record<string, string>>, number, number]>([
    ['2/7', {}, 2, 7],
    ['0/1', { SLURM_ARRAY_TASK_ID: '4' }, 0, 1],
    ['auto', array(4, 0, 6), 4, 7],
    ['auto', array(4, 1, 6), 3, 6],
    ['auto/6', array(4, 1, 6), 3, 6],
    ['auto/5', { JOB_COMPLETION_INDEX: '3' }, 3, 5],
    ['auto', { OMPI_COMM_WORLD_RANK: '1', OMPI_COMM_WORLD_SIZE: '4' }, 1, 4],
    ['auto', { PMI_RANK: '2', PMI_SIZE: '3' }, 2, 3],
    ['auto', { SLURM_PROCID: '5', SLURM_STEP_NUM_TASKS: '8' }, 5, 8],
    ['auto', { ...array(2, 0, 3), SLURM_PROCID: '1', SLURM_STEP_NUM_TASKS: '2' }, 5, 8],
  ])('%s with %o is %i of %i', (text, env, index, count) => {
    expect(parseShard(text, env)).toEqual({ index, count });
  });

  it.each<[string, Readonly<Record<string, string>>, string]>([
    ['7/7', {}, 'there is no shard 7 of 7; they are 0…6'],
    ['0/0', {}, 'there is no shard 0 of 0'],
    ['3', {}, '"3" does not say of how many; give 3/n'],
    ['-1/7', {}, '"-1/7" is no shard, expected i/n'],
    ['1.5/7', {}, 'is no shard'],
    ['autos', {}, 'is no shard'],
    ['auto', {}, 'no batch engine has set a number'],
    ['auto', { JOB_COMPLETION_INDEX: '3' }, 'Kubernetes does not tell a pod how many completions its job has; give auto/n'],
    ['auto/3', { JOB_COMPLETION_INDEX: '3' }, 'there is no shard 3 of 3'],
    ['auto', array(4, 0, 6, 4), 'the tasks of the array are 0…6, 4 of them; give it numbers without gaps'],
    ['auto/5', array(4, 0, 6), 'the batch engine has started 7; leave out /5, or start as many'],
  ])('[79] %s with %o is refused', (text, env, message) => {
    expect(() => parseShard(text, env)).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTIONS', message: expect.stringContaining(message) as string }),
    );
  });
});

describe('orderedShards', () => {
  it('goes by the numbers of shards, wherever they lie', () => {
    const spec = { verb: 'sample', config: {}, weights: '', step: 1, options: {} } as const;
    const shards = [2, 0, 1].map((index) => ({
      folder: `folder-${index}`,
      shard: { index, count: 3 },
      spec,
      environment: {},
      tensors: {},
    }));
    expect(orderedShards(shards).map(({ folder }) => folder)).toEqual(['folder-0', 'folder-1', 'folder-2']);
  });
});

describe('the batches of a shard', () => {
  it('are, over all shards, every batch once and in order, as even as can be', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 0, max: 200 }), (count, numBatches) => {
        const ranges = Array.from({ length: count }, (_, index) => batchesOf({ index, count }, numBatches));
        expect(ranges[0]!.from).toBe(0);
        expect(ranges.at(-1)!.to).toBe(numBatches);
        for (const [i, { from }] of ranges.entries()) expect(from).toBe(i === 0 ? 0 : ranges[i - 1]!.to);
        const sizes = ranges.map(({ from, to }) => to - from);
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
      }),
    );
  });
});
