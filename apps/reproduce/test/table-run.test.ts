import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decode } from 'fast-png';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const CLI = fileURLToPath(new URL('../dist/cli.js', import.meta.url));

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'd3pm-table-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const table = (...args: readonly string[]): { readonly code: number | null; readonly out: string; readonly err: string } => {
  const all = [CLI, 'table-1', '--smoke', '--engine', 'cpu', '--out', 'out', ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, all, { encoding: 'utf8', cwd: folder });
  return { code: status, out: stdout, err: stderr };
};
const path = (...parts: readonly string[]): string => join(folder, 'out', ...parts);
const results = (row: string): readonly string[] => readdirSync(path(`${row}-seed-1`, 'results')).sort();

describe('d3pm table-1 --smoke', () => {
  it('trains, evaluates, samples and reports the rows that are asked for', { timeout: 60_000 }, () => {
    const { code, out, err } = table('--rows', 'absorbing', 'autoregressive', '--seeds', '1', '--quiet');
    expect(err).toBe('');
    expect(code).toBe(0);
    expect(out.trim()).toBe(path('report.md'));
    expect(results('autoregressive')).toEqual(['exact.json', 'sampling-0.json', 'texts.json']);
    const report = JSON.parse(readFileSync(path('report.json'), 'utf8')) as { rows: { bits: { mean: number }; row: { name: string } }[] };
    expect(report.rows.map(({ row }) => row.name)).toEqual(['absorbing', 'absorbing', 'absorbing', 'autoregressive']);
    // After four updates a model of 27 states is near log2 27 = 4.75 bits.
    for (const { bits } of report.rows) expect(Math.abs(bits.mean - 4.75)).toBeLessThan(0.5);
    const page = readFileSync(path('report.md'), 'utf8');
    expect(page).toContain('its numbers mean nothing');
    expect(page).toContain('| D3PM absorbing (L_λ=0.01) | 8 | mixture | ≤ ');
    expect(page).toContain('| Transformer decoder | – | exact | 4');
    expect(page).toContain('2 of 9 runs are complete');
    for (const file of ['bound-against-steps.png', 'time-against-steps.png'])
      expect(decode(readFileSync(path(file))).width).toBeGreaterThan(700);
  });

  it('makes nothing again, but what is missing', { timeout: 60_000 }, () => {
    const made = (name: string): number => statSync(path('absorbing-seed-1', 'results', name)).mtimeMs;
    const before = ['bound-mixture-8.json', 'full-mixture-4.json'].map(made);
    const content = readFileSync(path('absorbing-seed-1', 'results', 'bound-mixture-4.json'), 'utf8');
    rmSync(path('absorbing-seed-1', 'results', 'bound-mixture-4.json'));
    expect(table('--rows', 'absorbing', '--seeds', '1', '--quiet').code).toBe(0);
    expect(['bound-mixture-8.json', 'full-mixture-4.json'].map(made)).toEqual(before);
    const value = (text: string): unknown => (JSON.parse(text) as { value: unknown }).value;
    expect(value(readFileSync(path('absorbing-seed-1', 'results', 'bound-mixture-4.json'), 'utf8'))).toEqual(value(content));
  });

  it('writes the report of what is there without computing', () => {
    rmSync(path('report.md'));
    expect(table('--report-only').code).toBe(0);
    expect(existsSync(path('report.md'))).toBe(true);
  });

  it('refuses a result file that is none, with the way out', () => {
    writeFileSync(path('absorbing-seed-1', 'results', 'texts.json'), '{');
    const { code, err } = table('--report-only');
    expect(code).toBe(1);
    expect(err).toContain('texts.json is no result of this command; delete it');
  });

  it.each([
    [['--rows', 'unifrom'], 1, 'did you mean "uniform"'],
    [['--size', 'paper'], 1, 'leave one of them out'],
    [['--data', 'enwik8'], 2, 'Allowed choices are'],
    [['--minutes', '0'], 2, 'expected an integer of 1 or more'],
  ])('refuses %j', (args, code, message) => {
    const ended = table(...args);
    expect(ended.code).toBe(code);
    expect(ended.err).toContain(message);
  });
});
