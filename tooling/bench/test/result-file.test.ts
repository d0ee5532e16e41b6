import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { GrowthResult } from '../src/bench-result.ts';
import { mergeResults, readResult, writeResult } from '../src/result-file.ts';
import { timed, workResult } from './results.ts';

const folder = mkdtempSync(join(tmpdir(), 'bench-'));
afterAll(() => rmSync(folder, { recursive: true }));

const result = (name: string, median: number): ReturnType<typeof workResult> => workResult([timed('PyTorch', median)], { name });
const growth = { engine: 'native', curves: [] } as unknown as GrowthResult;

describe('mergeResults', () => {
  it('replaces what was measured, keeps the rest, in the order of the table', () => {
    const old = { format: 1 as const, works: [result('gone', 1), result('draw', 2), result('step', 3)], growth };
    const merged = mergeResults(old, { works: [result('draw', 4)] }, ['step', 'draw']);
    expect(merged.works.map(({ name, contestants }) => [name, contestants[0]!.time!.median])).toEqual([
      ['step', 3],
      ['draw', 4],
    ]);
    expect(merged.growth).toBe(growth);
  });
});

describe('result files', () => {
  it('come back as they went, and a new one is empty', async () => {
    const file = join(folder, 'result.json');
    expect(readResult(file)).toEqual({ format: 1, works: [] });
    await writeResult(file, { format: 1, works: [result('step', 3)] });
    expect(readResult(file)).toEqual({ format: 1, works: [result('step', 3)] });
  });

  it('of another format are refused', () => {
    const file = join(folder, 'other.json');
    writeFileSync(file, '{"format": 2}');
    expect(() => readResult(file)).toThrow(/has format 2, expected 1/);
  });
});
