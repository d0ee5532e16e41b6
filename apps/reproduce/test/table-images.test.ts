import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decode } from 'fast-png';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DifferenceRecord, ScoresRecord, TrainingRecord } from '../src/tables/row-results.ts';

const CLI = fileURLToPath(new URL('../dist/cli.js', import.meta.url));

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'd3pm-table-3-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Ended {
  readonly code: number | null;
  readonly err: string;
}

const d3pm = (...args: readonly string[]): Ended => {
  const all = [CLI, ...args, '--smoke', '--data', 'digits', '--seeds', '1', '--out', 'out', '--engine', 'wasm', '--quiet'];
  const { status, stderr } = spawnSync(process.execPath, all, { encoding: 'utf8', cwd: folder });
  return { code: status, err: stderr };
};
const path = (...parts: readonly string[]): string => join(folder, 'out', ...parts);
const page = (): string => readFileSync(path('report.md'), 'utf8');
const piece = (row: string, name: string): { readonly value: unknown } =>
  JSON.parse(readFileSync(path(`${row}-seed-1`, 'results', `${name}.json`), 'utf8')) as { value: unknown };

describe('d3pm table-3 --smoke', () => {
  it('trains, evaluates, samples, scores and reports a row', { timeout: 90_000 }, () => {
    const { code, err } = d3pm('table-3', '--rows', 'gauss-logistic', 'absorbing');
    expect(err).toBe('');
    expect(code).toBe(0);
    const report = JSON.parse(readFileSync(path('report.json'), 'utf8')) as { rows: { bits: { mean: number }; prior: number }[] };
    expect(report.rows).toHaveLength(8);
    // After four updates, near log2 17 = 4.09 bits or above.
    for (const { bits, prior } of report.rows) {
      expect(bits.mean).toBeGreaterThan(1);
      expect(prior).toBeGreaterThanOrEqual(0);
    }
    expect(page()).toContain('| D3PM Gauss + logistic (L_λ=0.001) | 8 | plug-in | ≤ ');
    expect(page()).toContain(
      '12 samples of each row and seed against digits/test, 359 images, in the features of digits-classifier/features',
    );
    expect(readdirSync(path())).toContain('reference-digits-classifier-features.safetensors');
    expect(page()).toMatch(/\| training images \| – \| \d\.\d\d/u);
    expect(page()).toContain('2 of 10 runs are complete');
  });

  it('says what more steps change in a score: one kernel distance less the other', () => {
    const kid = (steps: number): number =>
      (piece('gauss-logistic', `scores-digits-${steps}`) as { value: ScoresRecord }).value.reports.find(({ name }) =>
        name.startsWith('KID'),
      )!.value;
    const { value } = piece('gauss-logistic', 'difference-digits-8') as { value: DifferenceRecord };
    expect(value).toMatchObject({ steps: 8, lessSteps: 4, numSamples: 12, reference: 'digits/test, 359 images' });
    expect(value.difference).toBeCloseTo(kid(8) - kid(4), 9);
    expect(value.difference).not.toBe(0);
    expect(value.standardError).toBeGreaterThan(0);
    expect(page()).toMatch(
      /\| D3PM Gauss \+ logistic \(L_λ=0\.001\) \| 8 \| 4 \| 12 \| KID-digits-classifier\/features \| -?[\d.]+ \(one seed\) \|/u,
    );
  });

  it('says how each row was trained', () => {
    const { value } = piece('absorbing', 'training') as { value: TrainingRecord };
    expect(value).toMatchObject({ updates: 4, engine: expect.stringMatching(/^(wasm|native|cpu): /u) as string });
    const metrics = readFileSync(path('absorbing-seed-1', 'run', 'metrics.jsonl'), 'utf8')
      .trimEnd()
      .split('\n');
    const { step, boundBits: bits } = JSON.parse(metrics.at(-1)!) as { readonly step: number; readonly boundBits: number };
    expect(value.bounds.at(-1)).toMatchObject({ step, bits });
    expect(page()).toMatch(/\| D3PM absorbing \(L_vb\) \| 1 \| 4 \| [\d,]+ \| [\d.e-]+ \| /u);
  });

  it('has pictures of samples, of training and of Figure 3', () => {
    const grid = decode(readFileSync(path('samples-gauss-logistic.png')));
    // Twelve of 8 × 8 in four columns, eight times as large, two white pixels between.
    expect([grid.width, grid.height, grid.channels]).toEqual([4 * 66 - 2, 3 * 66 - 2, 1]);
    expect(decode(readFileSync(path('figure-3.png'))).width).toBeGreaterThan(700);
    expect(readFileSync(path('progress-gauss-logistic.gif')).subarray(0, 6).toString('latin1')).toBe('GIF89a');
    expect(decode(readFileSync(path('bound-against-updates.png'))).width).toBeGreaterThan(700);
  });

  it('figure-3 goes on in the same folder', { timeout: 90_000 }, () => {
    expect(d3pm('figure-3', '--rows', 'gauss-logistic').code).toBe(0);
    expect(piece('gauss-logistic', 'progress').value).toMatchObject({ steps: [8, 7, 6, 6, 5, 4, 3, 2, 2, 1, 0] });
  });

  it('draws the same samples whatever is asked for beside them, and refuses to score others', { timeout: 90_000 }, () => {
    const { value } = piece('absorbing', 'images-4') as { value: { sha256: string } };
    const results = path('absorbing-seed-1', 'results');
    for (const name of readdirSync(results).filter((file) => file.startsWith('scores') || file.startsWith('images')))
      rmSync(join(results, name));
    expect(d3pm('table-3', '--rows', 'absorbing').code).toBe(0);
    expect((piece('absorbing', 'images-4') as { value: { sha256: string } }).value.sha256).toBe(value.sha256);
    rmSync(join(results, 'scores-digits-4.json'));
    const samples = path('absorbing-seed-1', 'samples-4.idx');
    const bytes = readFileSync(samples);
    bytes[bytes.length - 1]! ^= 1;
    writeFileSync(samples, bytes);
    const { code, err } = d3pm('table-3', '--rows', 'absorbing');
    expect(code).toBe(3);
    expect(err).toContain('samples-4.idx is not what its result says');
  });

  it('reads the weights of Inception before any work', () => {
    writeFileSync(join(folder, 'weights.safetensors'), 'none');
    const ended = (file: string): Ended => d3pm('table-3', '--rows', 'uniform', '--inception', file);
    expect(ended('missing.safetensors').err).toContain('cannot read the weights missing.safetensors');
    expect(ended('weights.safetensors').err).toContain('INVALID_DATA');
    expect(readdirSync(path()).filter((name) => name.startsWith('uniform'))).toEqual([]);
  });
});
