import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
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

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

const d3pm = (...args: readonly string[]): Ended => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, ...args, '--engine', 'cpu'], { encoding: 'utf8', cwd: folder });
  return { code: status, out: stdout, err: stderr };
};
const table = (...args: readonly string[]): Ended => d3pm('table-1', '--smoke', '--out', 'out', ...args);
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

  it('makes no report of a folder that is no table', () => {
    const { code, err } = d3pm('table-1', '--report-only', '--out', 'nowhere');
    expect([code, err]).toEqual([2, expect.stringContaining('table-1: there is no table in nowhere; give --out the folder of one')]);
    expect(existsSync(join(folder, 'nowhere'))).toBe(false);
  });

  it('takes no result of another size for one of this', () => {
    const { code, err } = d3pm('table-1', '--size', 'small', '--report-only', '--out', 'out');
    expect(code).toBe(2);
    expect(err).toContain('is of another size, data set or config of its row; choose another folder with --out');
  });

  it('refuses a result file that is none, with the way out', () => {
    writeFileSync(path('absorbing-seed-1', 'results', 'texts.json'), '{');
    const { code, err } = table('--report-only');
    expect(code).toBe(3);
    expect(err).toContain('texts.json is no result of this command; delete it');
  });

  it.each([
    [['--rows', 'unifrom'], 2, 'did you mean "uniform"'],
    [['--size', 'paper'], 2, 'leave one of them out'],
    [['--data', 'enwik8'], 2, 'Allowed choices are'],
    [['--minutes', '0'], 2, 'expected an integer of 1 or more'],
  ])('refuses %j', (args, code, message) => {
    const ended = table(...args);
    expect(ended.code).toBe(code);
    expect(ended.err).toContain(message);
  });
});

describe('d3pm table-1 --smoke, noise towards neighbours', () => {
  it('makes the graph of the embeddings that come with it, and draws it', { timeout: 60_000 }, () => {
    expect(d3pm('table-1', '--smoke', '--out', 'neighbours', '--rows', 'nearest-neighbor', '--seeds', '1', '--quiet').err).toBe('');
    const page = readFileSync(join(folder, 'neighbours', 'report.md'), 'utf8');
    expect(page).toContain('| D3PM NN (L_vb) | 8 | plug-in | ≤ ');
    expect(page).toContain('![Which characters are neighbours](neighbours.png)');
    expect(decode(readFileSync(join(folder, 'neighbours', 'neighbours.png'))).width).toBeGreaterThan(700);
  });
});

describe('d3pm figure-2 --smoke', () => {
  it(
    'is the absorbing row of table-2, whose folder it goes on in: perplexities per word, samples and completions',
    { timeout: 90_000 },
    () => {
      expect(d3pm('figure-2', '--smoke', '--out', 'pieces', '--seeds', '1', '--quiet').err).toBe('');
      const read = (): { rows: { row: { name: string }; shown: { mean: number }; bits: { mean: number } }[] } =>
        JSON.parse(readFileSync(join(folder, 'pieces', 'report.json'), 'utf8')) as ReturnType<typeof read>;
      expect(read().rows.map(({ row }) => row.name)).toEqual(['absorbing', 'absorbing', 'absorbing']);
      // An untrained model of 1025 states is near 10 bits a piece; a word and its share of the sentence end have one to three pieces.
      for (const { bits, shown } of read().rows) {
        expect(Math.abs(bits.mean - 10)).toBeLessThan(1);
        expect(Math.log2(shown.mean) / bits.mean).toBeGreaterThan(1);
        expect(Math.log2(shown.mean) / bits.mean).toBeLessThan(3);
      }
      const page = readFileSync(join(folder, 'pieces', 'report.md'), 'utf8');
      expect(page).toContain('perplexity per word');
      expect(page).toContain('- held out `');
      expect(d3pm('table-2', '--smoke', '--out', 'pieces', '--rows', 'autoregressive', '--seeds', '1', '--quiet').code).toBe(0);
      expect(read().rows.map(({ row }) => row.name)).toEqual(['absorbing', 'absorbing', 'absorbing', 'autoregressive']);
    },
  );
});

describe('d3pm table-1 --dry-run', () => {
  it('says what a row costs, and writes nothing', { timeout: 60_000 }, () => {
    const { code, out } = d3pm('table-1', '--smoke', '--dry-run', '--rows', 'uniform', '--out', 'dry', '--quiet');
    expect(code).toBe(0);
    expect(out).toMatch(/\| uniform \| [\d,]+ \| 4 \| [\d.]+ \| [\d.]+ \| [\d.]+ \| [\d.]+ \| [\d.]+ \| 8 calls, /);
    expect(existsSync(join(folder, 'dry'))).toBe(false);
  });
});

describe('d3pm table-1 --configs', () => {
  it('writes what a row is trained by; where that has been done by d3pm train, the table goes on', { timeout: 60_000 }, () => {
    const { code, out } = d3pm('table-1', '--smoke', '--configs', 'configs', '--rows', 'uniform', '--seeds', '2', '--out', 'elsewhere');
    const files = [1, 2].map((seed) => join(folder, 'configs', `uniform-seed-${seed}.yaml`));
    expect([code, out]).toEqual([0, `${files.join('\n')}\n`]);
    expect(existsSync(join(folder, 'elsewhere'))).toBe(false);

    const run = /--out (\S+),/.exec(readFileSync(files[1]!, 'utf8'))![1]!;
    expect(run).toBe('elsewhere/uniform-seed-2/run');
    expect(d3pm('train', files[1]!, '--out', run, '--threads', '1', '--quiet').code).toBe(0);
    const trained = readdirSync(join(folder, run));
    mkdirSync(join(folder, 'elsewhere'), { recursive: true });
    writeFileSync(join(folder, 'elsewhere', 'queue.yaml'), '- { row: uniform, seed: 2 }\n');
    const ended = d3pm('table-1', '--smoke', '--out', 'elsewhere', '--threads', '1');
    expect([ended.code, ended.err]).toEqual([0, expect.not.stringContaining('uniform seed 2: training:')]);
    expect(readdirSync(join(folder, run))).toEqual(trained);
    expect(readdirSync(join(folder, 'elsewhere', 'uniform-seed-2', 'results'))).toContain('texts.json');
  });
});
