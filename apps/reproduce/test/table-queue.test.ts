import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { jobsOf, openQueue } from '../src/tables/queue.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'd3pm-queue-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const rows = ['absorbing', 'uniform'];
const jobs = jobsOf(rows, [1, 2]);
const given = (text: string): void => writeFileSync(join(folder, 'queue.yaml'), text);

describe('the queue of a table', () => {
  it('has all rows with one seed before any with the next', () => {
    expect(jobs.map(({ row, seed }) => `${row} ${seed}`)).toEqual(['absorbing 1', 'uniform 1', 'absorbing 2', 'uniform 2']);
  });

  it('is written once, and read as it was edited', async () => {
    expect(await openQueue(folder, jobs, rows)).toEqual(jobs);
    const text = readFileSync(join(folder, 'queue.yaml'), 'utf8');
    given(text.split('\n').toReversed().join('\n'));
    expect(await openQueue(folder, [], rows)).toEqual(jobs.toReversed());
    given('- { row: uniform, seed: 7 }\n');
    expect(await openQueue(folder, jobs, rows)).toEqual([{ row: 'uniform', seed: 7 }]);
    given('# nothing to do\n');
    expect(await openQueue(folder, jobs, rows)).toEqual([]);
  });

  it.each([
    ['a row that there is not', '- { row: unifrom, seed: 1 }\n', 'did you mean "uniform"'],
    ['no list', 'row: uniform\n', 'expected a list of { row, seed }'],
    ['a seed that is none', '- { row: uniform, seed: 1.5 }\n', 'item 1 is'],
    ['a field too many', '- { row: uniform, seed: 1 }\n- { row: uniform, seed: 2, steps: 3 }\n', 'item 2 is'],
    ['a job twice', '- { row: uniform, seed: 1 }\n- { row: uniform, seed: 1 }\n', 'item 2 is uniform with seed 1 once more'],
    ['no YAML', '- { row: uniform\n', 'it is no YAML'],
  ])('refuses %s', async (_, text, message) => {
    given(text);
    await expect(openQueue(folder, jobs, rows)).rejects.toThrow(message);
  });
});
