import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { InformationPoint } from '@d3pm/core';
import { decode } from 'fast-png';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { characterLaw } from '../src/experiments/character-law.ts';
import type { InspectOptions } from '../src/experiments/inspected-process.ts';
import { runInspect } from '../src/experiments/run-inspect.ts';
import { parseSetOptions } from '../src/experiments/set-options.ts';
import { informationChart } from '../src/figures/information-chart.ts';

const CLI = fileURLToPath(new URL('../dist/cli.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'd3pm-inspect-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const inspect = (...args: string[]): { readonly code: number | null; readonly out: string; readonly err: string } => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, 'inspect', ...args], { encoding: 'utf8', cwd: folder });
  return { code: status, out: stdout, err: stderr };
};
/** The numbers of the row that begins with t. */
const row = (table: string, t: number): string[] =>
  table
    .split('\n')
    .map((line) => line.trim().split(/\s+/u))
    .find(([first]) => first === String(t))!;

describe('d3pm inspect', () => {
  it('writes a picture, and a table with L_T in its last row', () => {
    const { code, out, err } = inspect('--transition', 'uniform', '--schedule', 'cosine', '--out', 'cosine.png');
    expect(err).toBe('');
    // ᾱ_T = 1.55845e-6: L_T = ((K − 1)/2) ᾱ_T² nats to leading order.
    expect(row(out, 1000)).toEqual(['1000', '1.56e-6', '9.58e-12', '3.16e-11']);
    expect(row(out, 500)).toEqual(['500', '0.7027', '0.5354', '1.7644']);
    expect(code).toBe(0);
    const { width, height, data, channels } = decode(readFileSync(join(folder, 'cosine.png')));
    // Two rows: charts and matrices.
    expect(width / height).toBeGreaterThan(1.5);
    expect(width / height).toBeLessThan(2.5);
    let inked = 0;
    for (let at = 0; at < data.length; at += channels) if (data[at]! < 250) inked += 1;
    expect(inked / (width * height)).toBeGreaterThan(0.01);
  });
  it('counts a mask, and finds the mutual-information schedule of the family named', () => {
    writeFileSync(join(folder, 'text.txt'), 'Call me Ishmael. Some years ago');
    const { out } = inspect('--transition', 'absorbing', '--schedule', 'mutual-information', '--text', 'text.txt', '--steps', '8');
    expect(out).toMatch(/absorbing, mutual-information: K = 28, T = 8; H\(x_0\) = 3\.\d{3} bits \(characters of the text\)/u);
    expect(row(out, 2)).toEqual(['2', '0.7500', '0.7500', '∞']);
  });
  it('takes the schedule in the unit of the family', async () => {
    const written = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    const out = join(folder, 'gaussian.png');
    await runInspect({ transition: 'discretized-gaussian', schedule: 'mutual-information', states: 8, steps: 4, set: [], out });
    const text = written.mock.calls.map(([chunk]) => String(chunk)).join('');
    written.mockRestore();
    expect([0, 1, 2, 3, 4].map((t) => row(text, t)[2])).toEqual(['1.0000', '0.8000', '0.6000', '0.4000', '0.2000']);
    expect(decode(readFileSync(out)).width).toBeGreaterThan(1000);
  });
  it.each<[Partial<InspectOptions>, string, string]>([
    [{ transition: 'unifrom' }, 'UNKNOWN_NAME', 'did you mean "uniform"?'],
    [{ schedule: 'cosin' }, 'UNKNOWN_NAME', 'did you mean "cosine"?'],
    [{ schedule: 'linear', set: ['schedule.strat=1'] }, 'INVALID_OPTIONS', 'did you mean "start"?'],
    [{ schedule: 'linear', set: ['start=1'] }, 'INVALID_OPTIONS', '"start=1" is not of the form transition.key=value'],
    [{ text: 'nowhere.txt' }, 'INVALID_DATA', 'characterLaw: cannot read nowhere.txt'],
    [{ text: fileURLToPath(import.meta.url), states: 8 }, 'INVALID_OPTIONS', '--text has 27 characters, and 8 states are 8 values of data'],
    [{ out: join(folder, 'nowhere/x.png') }, 'INVALID_OPTIONS', 'choose another file with --out'],
  ])('refuses %j', async (more, code, message) => {
    const options = { transition: 'uniform', schedule: 'cosine', steps: 10, set: [], out: join(folder, 'refused.png'), ...more };
    await expect(runInspect(options)).rejects.toThrow(expect.objectContaining({ code, message: expect.stringContaining(message) }));
  });
  it.each([
    [['--transition', 'uniform', '--schedule', 'cosine', '--steps', '0'], 2, 'expected an integer of 1 or more'],
    [['--transition', 'uniform', '--schedule', 'cosine', '--stpes', '9'], 2, 'Did you mean --steps?'],
  ])('exits from %j with %i', (args, exitCode, message) => {
    const { code, err } = inspect(...args);
    expect(err).toContain(message);
    expect(code).toBe(exitCode);
  });
  it('tries the laws of a family on request', () => {
    const { code, out } = inspect('--transition', 'uniform', '--schedule', 'cosine', '--steps', '9', '--states', '4', '--check');
    expect([code, out]).toEqual([0, expect.stringContaining('keeps the laws of a transition\n')]);
    expect(out.match(/^ {2}ok {5}\S.*: \d+ % of the tolerance$/gmu)!.length).toBeGreaterThan(10);
    expect(out).toMatch(/^ {2}– {6}x_0 is never the extra mask: does not apply$/mu);
  });
  it('has an example in its help', () => expect(inspect('--help').out).toMatch(/Example:\n {2}\$ d3pm inspect --transition uniform/u));
});

describe('options of --set', () => {
  it('are JSON, text, or JSON in a file', () => {
    writeFileSync(join(folder, 'rows.json'), '[[0, 1], [1, 0]]');
    const set = [
      'transition.maskState=3',
      'schedule.noise=[0.5, 1]',
      'transition.mode=a=b',
      `transition.rows=@${join(folder, 'rows.json')}`,
    ];
    expect(parseSetOptions(set)).toEqual({
      transition: {
        maskState: 3,
        mode: 'a=b',
        rows: [
          [0, 1],
          [1, 0],
        ],
      },
      schedule: { noise: [0.5, 1] },
    });
  });
  it.each([
    ['transitoin.a=1', /did you mean "transition"/u],
    ['transition.a', /"transition\.a" is not of the form/u],
    ['schedule.a=@nowhere.json', /cannot read JSON from nowhere\.json/u],
  ])('refuse %s', (assignment, message) => {
    expect(() => parseSetOptions([assignment])).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTIONS', message: expect.stringMatching(message) }),
    );
  });
});

it('counts the characters of text8', () => {
  writeFileSync(join(folder, 'ab.txt'), 'AB b');
  expect(
    characterLaw(join(folder, 'ab.txt'))
      .filter((share) => share > 0)
      .sort(),
  ).toEqual(Float64Array.of(0.25, 0.25, 0.5));
  writeFileSync(join(folder, 'none.txt'), '');
  expect(() => characterLaw(join(folder, 'none.txt'))).toThrow(/is empty, expected text/u);
});

describe('the picture', () => {
  const schedule = { unit: 'rate', numSteps: 2, noise: Float64Array.of(1, Infinity) } as const;
  const points: readonly InformationPoint[] = [
    { t: 0, rate: 0, sharedNats: 1, lostNats: 0, priorNats: Infinity },
    { t: 1, rate: 1, sharedNats: 0.5, lostNats: 0.5, priorNats: Infinity },
    { t: 2, rate: Infinity, sharedNats: 0, lostNats: 1, priorNats: 0 },
  ];
  const draw = (more: readonly InformationPoint[]): string => informationChart({ title: 'a', subtitle: 'b', schedule, points: more });
  it('says where a distance is infinite, and draws no infinite number', () => {
    expect(draw(points)).toContain('∞ before t = 2');
    expect(draw(points.slice(0, 2))).toContain('∞ at every t');
    expect(draw(points)).not.toMatch(/NaN|Infinity/u);
  });
  it('shows what each step costs who knows the law of a symbol, whose sum is H(x_0) − I(x_T; x_0)', () => {
    const [first, second, last] = points as readonly [InformationPoint, InformationPoint, InformationPoint];
    const svg = draw([first, { ...second, sharedNats: 0.25, lostNats: 0.75 }, last]);
    expect(svg).toContain('L_{t−1} of one symbol (bits)');
    // The first step costs 0.75 nats and reaches the top, at 36; the second 0.25 of the height down to 244.
    expect(svg).toMatch(/d="M166,36L276,174\.66/u);
  });
  it('shows matrices as heat maps under their titles, and no empty row without', () => {
    const matrix = Float64Array.of(1, 0, 0.25, 0.75);
    const titled = [
      { title: 'Q_1', from: 'x_{t−1}', matrix, numStates: 2 },
      { title: 'Q̄_2 & more', from: 'x_0', matrix: matrix.map((entry) => entry / 4), numStates: 2 },
    ];
    const svg = informationChart({ title: 'a', subtitle: 'b', schedule, points, matrices: titled });
    for (const words of ['Q_1, largest 1', 'Q̄_2 &#38; more, largest 0.25', '↓ from x_{t−1}, → to x_t', '↓ from x_0, → to x_t'])
      expect(svg).toContain(`>${words}<`);
    expect(svg).toContain('its share of the largest');
    expect(draw(points)).not.toContain('its share of the largest');
    expect(svg).toContain('dashed: 1 − t/T');
    const heightOf = (text: string): number => Number(/<svg [^>]* height="([\d.]+)"/u.exec(text)![1]);
    expect(heightOf(svg)).toBeGreaterThan(heightOf(draw(points)) + 100);
  });
  it('names the axis by what the family has', () => {
    expect(draw(points)).toContain('α_t = Σ β');
    expect(draw(points.map((point) => ({ ...point, keep: 1 - point.t / 2 })))).toContain('ᾱ_t, kept');
    expect(draw(points.map(({ t, sharedNats, lostNats, priorNats }) => ({ t, sharedNats, lostNats, priorNats })))).toContain('β_t (rate)');
  });
});
