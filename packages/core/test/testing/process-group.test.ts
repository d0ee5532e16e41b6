import { describe, expect, it } from 'vitest';
import { gatherJson, singleProcess, type ProcessGroup } from '../../src/index.ts';
import { checkProcessGroup, inProcessGroup } from '../../src/testing/index.ts';

describe('a process group', () => {
  it('of one keeps the laws', async () => {
    const report = await checkProcessGroup(singleProcess());
    expect(report.filter(({ ok }) => !ok)).toEqual([]);
    expect(report.length).toBeGreaterThan(9);
  });

  it.each([1, 2, 3, 5])('of %i in one process keeps the laws', async (size) => {
    const reports = await Promise.all(inProcessGroup(size).map((member) => checkProcessGroup(member)));
    expect(reports).toHaveLength(size);
    for (const report of reports) expect(report.filter(({ ok }) => !ok)).toEqual([]);
  });

  const broken: Readonly<Record<string, (member: ProcessGroup) => Partial<ProcessGroup>>> = {
    'local ranks are 0…local size − 1': ({ rank }) => ({ localRank: 2 * rank }),
    'a sum of float32 is that of all members': ({ sum, rank }) => ({
      sum: async (values) => {
        await sum(values);
        if (values instanceof Float32Array && rank === 1 && values.length === 7) values[6]! += 1;
      },
    }),
    'float64 keeps 53 bits': ({ sum }) => ({
      sum: async (values) => {
        await sum(values);
        values.set(values.map(Math.fround));
      },
    }),
    'a broadcast gives the bytes of its root, whoever that is': ({ broadcast }) => ({
      broadcast: (bytes, root) => broadcast(bytes, bytes.length === 7 ? 0 : root),
    }),
    'only the view is read and written': ({ sum }) => ({
      sum: async (values) => {
        await sum(values);
        if (values.byteOffset > 0) new Float32Array(values.buffer)[0] = 0;
      },
    }),
  };
  it.each(Object.entries(broken))('is reported on every member where one breaks: %s', async (law, change) => {
    const members = inProcessGroup(2).map((member) => ({ ...member, ...change(member) }));
    const reports = await Promise.all(members.map((member) => checkProcessGroup(member)));
    expect(reports[0]).toEqual(reports[1]);
    expect(reports[0]!.find(({ name }) => name === law)).toMatchObject({ ok: false });
  });
});

describe('gatherJson', () => {
  it('gives every member what all of them say, of any length, in the order of ranks', async () => {
    const say = (rank: number): unknown => ({ rank, text: 'ä'.repeat(100 * rank), none: null });
    const heard = await Promise.all(inProcessGroup(3).map((member) => gatherJson(member, say(member.rank))));
    for (const values of heard) expect(values).toEqual([0, 1, 2].map(say));
  });
});
