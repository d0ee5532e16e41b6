import { afterEach, describe, expect, it } from 'vitest';
import { startContestant, type Contestant, type ContestantCommand } from '../src/contestant.ts';
import { measure } from '../src/measure.ts';

/** A program that tells of every block that it took 7 s, after a greeting that is none of ours. */
const slow = `
  console.log('welcome');
  console.log(JSON.stringify({ version: '1', threads: 1, parameters: 7 }));
  require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
    if (JSON.parse(line).seconds > 1) { console.error('out of memory'); process.exit(3); }
    console.log(JSON.stringify({ milliseconds: [7000], peakBytes: 5 }));
  });`;
const program = (name: string, code: string = slow): ContestantCommand => ({ name, file: process.execPath, args: ['-e', code] });

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
    const turns: string[] = [];
    const contestants = [await start('a'), await start('b')].map((contestant) => ({
      ...contestant,
      block: (seconds: number) => {
        turns.push(contestant.name);
        return contestant.block(seconds);
      },
    }));
    // A block that took longer than all repetitions should is not repeated, whatever else the machine does.
    const [a, b] = await measure(contestants, { rounds: 3, seconds: 0.01, patience: 0 });
    expect(turns).toEqual(['a', 'b', 'a', 'b', 'a', 'b', 'a', 'b']);
    expect([a, b].map((measured) => [measured!.name, measured!.count, measured!.median, measured!.peakBytes])).toEqual([
      ['a', 3, 7000, 5],
      ['b', 3, 7000, 5],
    ]);
  });
});
