import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decode } from 'fast-png';
import { afterAll, describe, expect, it } from 'vitest';

const CLI = fileURLToPath(new URL('../dist/cli.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'd3pm-cli-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const d3pm = (...args: string[]): { readonly code: number | null; readonly out: string; readonly err: string } => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, ...args], { encoding: 'utf8', cwd: folder });
  return { code: status, out: stdout, err: stderr };
};
const read = (run: string, file: string): Buffer => readFileSync(join(folder, run, file));

describe('d3pm', () => {
  it('quickstart leaves pictures, numbers and a page, and the same seed the same numbers', () => {
    const runs = ['first', 'second'].map((out) => d3pm('quickstart', '--smoke', '--seed', '3', '--out', out));
    for (const { code, out, err } of runs) {
      expect(err).toMatch(/^engine (native|webgpu|wasm|cpu): TensorFlow\S* \d.* \(.+\)\n/u);
      expect(err).toMatch(/✓ text: sampling/u);
      expect(out).toMatch(/absorbing D3PM, 1000 steps {2}≤ \d\.\d\d ± \d\.\d\d\n/u);
      expect(code).toBe(0);
    }
    const [first, second] = ['first', 'second'].map((run) => JSON.parse(String(read(run, 'results.json'))));
    expect(first.text).toEqual(second.text);
    expect(first.swissRoll).toEqual(second.swissRoll);
    expect(first.origin).toMatchObject({
      seed: 3,
      command: 'd3pm quickstart --out first --seed 3 --engine auto --smoke',
      engine: { library: expect.stringMatching(/^TensorFlow/u), device: expect.any(String), threads: expect.any(Number) },
    });
    expect(first.text.bounds.map(({ convention }: { convention: { numSteps: number } }) => convention.numSteps)).toEqual([1000, 256, 20]);
    expect(first.text.baselines.map(({ bits }: { bits: number }) => bits.toFixed(2))).toEqual(['4.08', '3.29', '2.21']);

    const { width, height } = decode(read('first', 'figure-1.png'));
    expect(width / height).toBeGreaterThan(1.2);
    const page = String(read('first', 'index.html'));
    for (const sample of first.text.samples) expect(page).toContain(sample);
    for (const image of page.matchAll(/src="([^"]+)"/g)) expect(decode(read('first', image[1]!)).width).toBeGreaterThan(300);
  });

  it('refuses a folder that it cannot write to before any work, naming it', () => {
    writeFileSync(join(folder, 'a-file'), '');
    const { code, err } = d3pm('quickstart', '--out', 'a-file/run');
    expect(err).toMatch(/^error INVALID_OPTIONS: --out: cannot write to .*a-file\/run .*choose another folder/u);
    expect(err).not.toContain('training');
    expect(code).toBe(2);
  });

  it.each([
    [['quikstart'], 'unknown command \'quikstart\'; did you mean "quickstart"?'],
    [['evaluate'], 'did you mean "eval"?'],
    [['figure-1', '--sed', '1'], 'Did you mean --seed?'],
    [['figure-1', '--seed', '-1'], 'expected an integer of 0 or more'],
    [['figure-1', '--seed', ''], 'expected an integer of 0 or more'],
    [['train', '--set', 'a=b', 'file.yaml'], 'expected key=value; a config goes first: d3pm train FILE --set key=value'],
    [['config', 'shw'], 'unknown command \'shw\'; did you mean "show"? (known: help, list, schema, show)'],
    [['cluster', '--to', 'jobs'], "unknown option '--to'"],
    [['figure-1', '--engine', 'gpu'], 'Allowed choices are auto, native, webgpu, wasm, cpu'],
    [['figure-1', '--threads', '0'], 'expected an integer of 1 or more'],
    [['setup', '--gpus'], 'Did you mean --gpu?'],
    [['doctr'], 'did you mean "doctor"?'],
  ])('refuses %j with exit code 2', (args, message) => {
    const { code, err } = d3pm(...args);
    expect(err).toContain(message);
    expect(code).toBe(2);
    const asked = d3pm(...args, '--json');
    expect([asked.code, JSON.parse(asked.err)]).toEqual([
      2,
      { error: { code: 'INVALID_OPTIONS', message: expect.stringContaining(message) as string } },
    ]);
  });

  it('has an example in the help of each command', () => {
    for (const command of ['quickstart', 'figure-1', 'inspect', 'setup', 'doctor'])
      expect(d3pm(command, '--help').out).toMatch(/Example:\n {2}\$ d3pm/u);
  });

  it('shows by help what --help shows, of a command within a command too', () => {
    for (const names of [['train'], ['cluster'], ['cluster', 'slurm'], ['config', 'show'], []])
      expect(d3pm('help', ...names)).toEqual(d3pm(...names, '--help'));
  });

  it.each([
    [['trian'], 'unknown command \'trian\'; did you mean "train"?'],
    [['cluster', 'slrum'], 'did you mean "slurm"?'],
    [['train', 'more'], "unknown command 'more'; train has none"],
  ])('has no help for %j', (names, message) => {
    const { code, out, err } = d3pm('help', ...names);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(message);
  });

  it.each([
    [['trian', '--help'], 'unknown command \'trian\'; did you mean "train"?'],
    [['cluster', 'slrum', '-h'], 'did you mean "slurm"?'],
  ])('has no help by a flag for %j', (args, message) => {
    const { code, out, err } = d3pm(...args);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(message);
  });
});
