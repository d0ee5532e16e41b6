import { afterEach, describe, expect, it } from 'vitest';
import { startContestant, type Contestant, type ContestantCommand } from '../src/contestant.ts';
import { measure } from '../src/measure.ts';

/** A program that answers every block with the time of day in milliseconds, after a greeting that is none of ours. */
const clock = `
  console.log('welcome');
  console.log(JSON.stringify({ version: '1', threads: 1, parameters: 7 }));
  require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
    if (JSON.parse(line).seconds > 1) { console.error('out of memory'); process.exit(3); }
    console.log(JSON.stringify({ milliseconds: [performance.timeOrigin + performance.now()], peakBytes: 5 }));
  });`;
const program = (name: string, code: string = clock): ContestantCommand => ({ name, file: process.execPath, args: ['-e', code] });

const running: Contestant[] = [];
const start = async (name: string): Promise<Contestant> => {
  const contestant = await startContestant(program(name));
  running.push(contestant);
  return contestant;
};
afterEach(() => running.splice(0).forEach((contestant) => contestant.close()));

describe('startContestant', () => {
  it('waits for the introduction and skips greetings', async () => {
    const { introduction, name } = await start('a');
    expect({ introduction, name }).toEqual({ introduction: { version: '1', threads: 1, parameters: 7 }, name: 'a' });
  });

  it('a program that ends says why, before it was ready or during a block', async () => {
    await expect(startContestant(program('b', "console.error('no such module'); process.exit(1)"))).rejects.toThrow(
      'b ended with 1: no such module',
    );
    await expect((await start('c')).block(2)).rejects.toThrow('c ended with 3: out of memory');
  });

  it('a program that is not there says so', async () => {
    await expect(startContestant({ name: 'd', file: '/nowhere/python3', args: [] })).rejects.toThrow(/ENOENT/);
  });
});

describe('measure', () => {
  it('takes turns, and does not count the first round', async () => {
    const contestants = [await start('a'), await start('b')];
    const [a, b] = await measure(contestants, { rounds: 3, seconds: 0.01, patience: 0 });
    expect([a!.count, b!.count]).toEqual([3, 3]);
    expect(a!.peakBytes).toBe(5);
    // The middle block of each: a comes before b in every round, and b before the next of a.
    expect(a!.median).toBeLessThan(b!.median);
    expect(a!.p90).toBeGreaterThan(b!.median);
  });
});
