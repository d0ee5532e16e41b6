import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { updatePage } from '../src/docs-page.ts';
import { readResult } from '../src/result-file.ts';
import { timed, workResult } from './results.ts';

const docs = (file: string): URL => new URL(`../../../docs/${file}`, import.meta.url);

const page = ['goals', 'times', 'growth']
  .map((name) => `# ${name}\n<!-- bench: ${name} -->\n<!-- end of bench: ${name} -->\nby hand\n`)
  .join('');

const work = workResult([timed('@d3pm, native', 80.04, { parameters: 1234 }), timed('PyTorch', 100, { parameters: 1234 })], {
  verdicts: [
    { goal: '≤ 1.25 × PyTorch', measured: '0.8 × PyTorch', reached: true },
    { goal: 'faster than JAX' },
    { goal: 'wasm ≤ 8 × native', measured: '9 × native', reached: false },
  ],
});

describe('updatePage', () => {
  const updated = updatePage(page, { format: 1, works: [work] });

  it('fills in goals and times, and leaves what is written by hand', () => {
    expect(updated).toContain('| A step | ≤ 1.25 × PyTorch | 0.8 × PyTorch | yes |\n|  | faster than JAX |  | not measured |');
    expect(updated).toContain('| wasm ≤ 8 × native | 9 × native | **no** |');
    expect(updated).toContain('| step | 80 (80–80) |  |  | 100 (100–100) |  | 1,234 parameters |');
    expect(updated).toContain(
      '- step: `pnpm bench` at commit abc1234, 2 × Processor, 24 GiB; @d3pm: 1.0, PyTorch: 1.0; 2 threads; 3 repetitions each; other programs had at most 1 % of',
    );
    expect(updated.match(/by hand/g)).toHaveLength(3);
  });

  it('says of each work what was run, on what was not committed too, and how often', () => {
    const provenance = { ...work.provenance, command: 'pnpm bench --rounds 3 --only step', commit: 'abc1234+changes' };
    const uneven = work.contestants.map((contestant, i) => ({ ...contestant, time: { ...contestant.time!, count: 3 + i } }));
    expect(updatePage(page, { format: 1, works: [{ ...work, provenance, contestants: uneven }] })).toMatch(
      /- step: `pnpm bench --rounds 3 --only step` at commit abc1234 and what was not committed, .*; 3 to 4 repetitions each; /,
    );
  });

  it('changes nothing when it is done again', () => expect(updatePage(updated, { format: 1, works: [work] })).toBe(updated));

  it('names the lines that a page lacks', () =>
    expect(() => updatePage('# nothing', { format: 1, works: [] })).toThrow(/no section between "<!-- bench: goals -->"/));
});

it('docs/benchmarks.md is what docs/benchmarks.json makes of it', () => {
  const text = readFileSync(docs('benchmarks.md'), 'utf8');
  const result = readResult(docs('benchmarks.json').pathname);
  expect(result.works.length).toBeGreaterThan(0);
  expect(updatePage(text, result)).toBe(text);
});
