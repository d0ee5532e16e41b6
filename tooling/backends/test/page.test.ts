import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { engines } from '../src/engines.ts';
import type { Verdict } from '../src/judge.ts';
import { generatedOf, withGenerated } from '../src/page.ts';
import type { EngineRun } from '../src/run-engine.ts';
import { filesOf, suites } from '../src/suites.ts';
import { supportPage } from '../src/table.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const page = readFileSync(new URL('../../../docs/backends.md', import.meta.url), 'utf8');
const stamp = { date: '2026-01-02', commit: 'abc', hardware: '2 cores', node: '22' };

const verdict: Verdict = {
  passed: 3,
  excepted: [{ engines: ['webgpu'], test: 'a state', reason: 'it would wait' }],
  failures: [],
  seconds: 1,
  measured: { largestError: '1e-7', library: 'TensorFlow 2', device: 'processor', threads: 2, 'trains transformer': 'yes', repeats: 'yes' },
};
const runOf = (engine: EngineRun['engine']): EngineRun => ({
  engine,
  seconds: 9,
  output: '',
  suites: suites.map((suite) => ({ suite, verdict: suite.skippedOn?.[engine.name] === undefined ? verdict : undefined })),
});
const made = supportPage(engines.map(runOf), stamp);
const rows = (text: string): readonly string[] => text.split('\n').filter((line) => line.startsWith('|'));

describe('the page of engines', () => {
  it('has a row for each engine and each suite, as wide as its header', () => {
    const widths = (lines: readonly string[]): number[] => lines.map((line) => line.split('|').length);
    const all = rows(made);
    expect(all).toHaveLength(2 + engines.length + 2 + suites.length + 1);
    expect(new Set(widths(all.slice(0, 2 + engines.length))).size).toBe(1);
    expect(new Set(widths(all.slice(2 + engines.length))).size).toBe(1);
    expect(made).toContain('| 3 / 4 |');
    expect(made).toContain('yes, no, no');
  });

  it('tells what was left out and why, and what must fail', () => {
    expect(made).toContain(`on WebGPU: ${suites.find(({ name }) => name === 'families')!.skippedOn!.webgpu}`);
    expect(made).toContain('"a state", since it would wait');
  });

  // `pnpm test:backends --write` makes it anew.
  it('in the documentation has the shape of what is made now', () => {
    const shape = (text: string): readonly string[] => rows(text).map((line) => line.split('|')[1]!.replace(/:.*/, '').trim());
    expect(shape(generatedOf(page))).toEqual(shape(made));
  });

  it('is replaced between its marks only', () => {
    const twice = withGenerated(withGenerated(page, 'one'), 'two');
    expect(generatedOf(twice)).toBe('two');
    expect(twice.split('\n')[0]).toBe(page.split('\n')[0]);
    expect(() => withGenerated('no marks', 'one')).toThrow('once each');
  });
});

describe('the suites', () => {
  it('have files on every engine, each in one suite', () => {
    for (const { name } of engines) {
      const files = suites.map((suite) => filesOf(root, suite, name));
      expect(files.every((each) => each.length > 0)).toBe(true);
      expect(new Set(files.flat()).size).toBe(files.flat().length);
    }
  });

  it('leave out the tests that make no tensor, and those for another engine', () => {
    const all = suites.flatMap((suite) => filesOf(root, suite, 'native'));
    expect(all).toContain('packages/transitions/test/transition-laws.test.ts');
    expect(all).not.toContain('packages/core/test/threefry.test.ts');
    expect(all.some((file) => file.includes('on-webgpu'))).toBe(false);
    expect(all.some((file) => file.includes('on-native'))).toBe(true);
  });
});
