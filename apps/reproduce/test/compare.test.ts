import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decodeSafetensors } from '@d3pm/train';
import fc from 'fast-check';
import { decode } from 'fast-png';
import { parseHTML } from 'linkedom';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compareChart } from '../src/compare/compare-chart.ts';
import { differingFields } from '../src/compare/differing-fields.ts';
import { runCompare } from '../src/compare/run-compare.ts';
import { runNames } from '../src/compare/run-names.ts';
import { readEventTimes } from '../src/run-files/event-times.ts';
import { createPaceCounter } from '../src/run-files/pace.ts';
import { createSmoother } from '../src/run-files/smoother.ts';
import { boundLine, makeRun, trainLine } from './made-run.ts';

const CLI = fileURLToPath(new URL('../dist/cli.js', import.meta.url));
const TEXT = `
data: { name: moby-dick, length: 16 }
transition: { name: absorbing }
schedule: { name: inverse-remaining, numSteps: 8 }
model: { name: transformer, numChannels: 8, numBlocks: 1, numHeads: 2 }
loss: { name: exact-count }
training: { numSteps: 8, batchSize: 4, eventEvery: 2 }
evaluation: { samples: 2, testExamples: 8 }
saving: { every: 4 }
`;

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'd3pm-compare-')));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const d3pm = (...args: readonly string[]): { readonly code: number | null; readonly out: string; readonly err: string } => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, ...args], { encoding: 'utf8', cwd: folder });
  return { code: status, out: stdout, err: stderr };
};
const read = (...path: readonly string[]): Buffer => readFileSync(join(folder, ...path));
const made = (name: string, run: Parameters<typeof makeRun>[1]): string => makeRun(join(folder, name), run);
/** The rows of the table under a heading, as cells. */
const rowsUnder = (heading: string, markdown: string): readonly (readonly string[])[] => {
  const [table] = markdown.split(`## ${heading}\n\n`)[1]!.split('\n\n');
  return table!
    .split('\n')
    .filter((_, i) => i !== 1)
    .map((line) => line.slice(2, -2).split(' | '));
};

describe('d3pm compare', () => {
  beforeAll(() => {
    writeFileSync(join(folder, 'text.yaml'), TEXT);
    const train = (...args: readonly string[]): void =>
      void expect(d3pm('train', 'text.yaml', '--engine', 'cpu', '--quiet', ...args).code).toBe(0);
    train('--out', 'first');
    train('--out', 'second', '--set', 'seed=2', 'training.numSteps=12', 'model.numChannels=4');
  }, 120_000);

  it('has where a run went on with something else, though its last config is that of the other', () => {
    const config = { training: { learningRate: 0.1 } };
    const environment = { d3pm: '2' };
    const history = [
      { toStep: 4, config: { training: { learningRate: 5 } }, environment },
      { toStep: 6, config, environment: { d3pm: '1' } },
    ];
    const [steady, changed] = [
      made('steady', { metrics: trainLine(8, 1), config, environment }),
      made('changed', { metrics: trainLine(8, 1), config, environment, history }),
    ];
    const { out } = d3pm('compare', steady, changed, '--out', 'changes');
    expect(out).toContain('No difference.');
    expect(out).toContain(
      'changed, up to step 4:\n\n```text\nconfig.training.learningRate: 5 then, 0.1 after it\nenvironment.d3pm: "2" then, "1" after it\n```',
    );
    expect(out).toContain('changed, up to step 6:\n\n```text\nenvironment.d3pm: "1" then, "2" after it\n```');
    expect(d3pm('compare', steady, 'first', '--out', 'none').out).not.toContain('Changed on the way');
  });

  it('has what differs, the numbers of each run, and a picture of the curves', () => {
    const { code, out, err } = d3pm('compare', 'first', 'second', '--out', 'result');
    expect(rowsUnder('Config', out)).toEqual([
      ['field', 'first', 'second'],
      ['seed', '1', '2'],
      ['model.numChannels', '8', '4'],
      ['training.numSteps', '8', '12'],
    ]);
    const [head, first, second] = rowsUnder('Metrics', out);
    expect(head).toEqual(['run', 'steps', 'loss, last', 'loss, best', 'bound', 's/step', 'parameters', 'engine']);
    expect([first!.slice(0, 2), second!.slice(0, 2)]).toEqual([
      ['first', '8 of 8'],
      ['second', '12 of 12'],
    ]);
    for (const row of [first!, second!]) {
      expect(row[2]).toMatch(/^\d\.\d{4}$/);
      expect(row[3]).toMatch(/^\d\.\d{4} at \d+$/);
      expect(row[4]).toMatch(/^\d\.\d{4} ± \d\.\d{4}$/);
      expect(Number(row[5])).toBeGreaterThan(0);
      expect(row[7]).toMatch(/^cpu: TensorFlow\.js \S+ on the processor, \d+ threads?$/);
    }
    expect(err.trimEnd().split('\n')).toEqual(['compare.md', 'compare.svg', 'compare.png'].map((name) => join(folder, 'result', name)));
    expect(String(read('result', 'compare.md'))).toBe(`${out}\n![curves](compare.png)\n`);
    expect(decode(read('result', 'compare.png')).width).toBeGreaterThan(1000);
    expect(code).toBe(0);
  });

  it('--json has the numbers that the run has written, and all else as null', () => {
    const { out, err } = d3pm('compare', 'first', 'second', '--out', 'result', '--json', '--quiet');
    const { runs, config } = JSON.parse(out) as { runs: Record<string, unknown>[]; config: unknown };
    const lines = String(read('second', 'metrics.jsonl'))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, number>);
    const bound = lines.findLast(({ boundBits }) => boundBits !== undefined)!;
    expect(runs[1]).toMatchObject({
      name: 'second',
      folder: join(folder, 'second'),
      step: 12,
      numSteps: 12,
      bound: { step: 12, bits: bound['boundBits'], standardError: bound['boundStandardErrorBits'] },
    });
    const tensors = decodeSafetensors(read('second', 'ckpt-00000012', 'model.safetensors'), { fileName: 'model' }).tensors;
    expect(runs[1]!['parameters']).toBe([...tensors.values()].reduce((sum, { data }) => sum + data.length, 0));
    expect(config).toContainEqual({ field: 'seed', values: [1, 2] });
    expect(err).toBe('');
  });

  it('compares any number, and finds the run in the folder of a row', () => {
    for (const [name, loss] of [
      ['absorbing-seed-1', { name: 'exact-count' }] as const,
      ['uniform-seed-1', { name: 'hybrid', lambda: 0.01 }] as const,
    ]) {
      made(join('rows', name, 'run'), {
        metrics: trainLine(10, 4) + boundLine(10, 4.5),
        config: { seed: 1, loss, data: { name: 'sotu' } },
      });
    }
    const { code, out } = d3pm(
      'compare',
      'first',
      'rows/absorbing-seed-1',
      'rows/uniform-seed-1',
      '--out',
      'rows/result',
      '--x',
      'log',
      '--quiet',
    );
    const fields = rowsUnder('Config', out);
    expect(fields[0]).toEqual(['field', 'first', 'absorbing-seed-1', 'uniform-seed-1']);
    expect(fields).toContainEqual(['data.name', 'moby-dick', 'sotu', 'sotu']);
    expect(fields).toContainEqual(['loss.name', 'exact-count', 'exact-count', 'hybrid']);
    expect(fields).toContainEqual(['loss.lambda', '–', '–', '0.01']);
    expect(fields.map(([field]) => field)).not.toContain('seed');
    expect(out).toContain('The runs have different losses: compare their bounds, not their losses.');
    expect(out).toContain('The runs have different data: neither losses nor bounds can be compared.');
    expect(code).toBe(0);
  });

  it('reads a run that is being trained: half a line, no checkpoint, numbers that are none', () => {
    made('young', { metrics: `${trainLine(1, 'NaN')}${trainLine(2, 'NaN', { skipped: [2] })}{"kind":"tra` });
    const asJson = d3pm('compare', 'first', 'young', '--out', 'result', '--json', '--quiet');
    expect(asJson.code).toBe(0);
    const { runs, configured } = JSON.parse(asJson.out) as { runs: readonly unknown[]; configured: unknown };
    expect(runs[1]).toEqual({
      folder: join(folder, 'young'),
      name: 'young',
      step: 2,
      numSteps: null,
      loss: { last: 'NaN', best: 'NaN', bestStep: 2 },
      bound: null,
      secondsPerStep: null,
      parameters: null,
      engine: null,
    });
    expect(configured).toEqual(['first']);
    const { out } = d3pm('compare', 'first', 'young', '--out', 'result', '--quiet');
    expect(out).toContain('No checkpoint yet, so the config is not known: young.');
    expect(rowsUnder('Metrics', out)[2]).toEqual(['young', '2', 'NaN', 'NaN at 2', '–', '–', '–', '–']);
  });

  it('passes over a checkpoint whose config is damaged', () => {
    const run = made('damaged', { metrics: trainLine(10, 4), config: { seed: 5 } });
    mkdirSync(join(run, 'ckpt-00000020'));
    writeFileSync(join(run, 'ckpt-00000020', 'config.json'), '{"config": {');
    const { out } = d3pm('compare', 'first', 'damaged', '--out', 'result', '--quiet');
    expect(rowsUnder('Config', out)).toContainEqual(['seed', '1', '5']);
  });

  it('prints nothing that a terminal obeys and breaks no table', () => {
    const hostile = { seed: 1, 'a|b': '\u001B[2J|\n# x', '\u202Ename': '<script>' };
    made('host|ile\u0007', { metrics: trainLine(10, 4), config: hostile });
    made('plain', { metrics: trainLine(10, 4), config: { seed: 1 } });
    const { code, out } = d3pm('compare', 'plain', 'host|ile\u0007', '--out', 'result', '--quiet');
    expect(code).toBe(0);
    expect(out).toContain('| field | plain | host\\|ile\\u{7} |');
    expect(out).toContain('| ["a\\|b"] | – | \\u{1B}[2J\\|\\u{A}# x |');
    expect(out).toContain('| ["\\u{202E}name"] | – | <script> |');
    const { document } = parseHTML(String(read('result', 'compare.svg')));
    expect(document.documentElement.textContent).toContain('host|ile\\u{7}');
  });

  it.each([
    ['what is not there', ['nowhere'], 'nowhere" is not there; give the folder that d3pm train --out named'],
    ['a file', ['text.yaml'], 'text.yaml" is no folder; give the folder'],
    ['a checkpoint', ['second/ckpt-00000012'], 'is a checkpoint, expected the run that it lies in'],
    ['a folder that is no run', ['nothing'], /metrics\.jsonl" \(ENOENT.*; give the folder of a run of d3pm train that has begun$/u],
    ['a folder of runs', ['rows'], /metrics\.jsonl" \(ENOENT.*; there are runs in it: ".*"; give one of them$/u],
    ['a run without a line', ['empty'], 'has no step of training yet; wait for the first, or leave the run out'],
    ['a run twice', ['first', 'first'], 'is there twice; give each run once'],
    ['a damaged line', ['torn'], 'line 2 is damaged: it is no JSON: "{\\"kind\\":\\"train\\""; correct or remove it'],
    ['a line without its numbers', ['wrong'], 'line 1 is damaged: lossBits: '],
  ])('refuses %s', async (_title, runs, message) => {
    mkdirSync(join(folder, 'nothing'), { recursive: true });
    made('empty', { metrics: boundLine(1, 4) });
    made('torn', { metrics: `${trainLine(1, 4)}{"kind":"train"\n${trainLine(2, 4)}` });
    made('wrong', { metrics: '{"kind":"train","step":1,"lossBits":"many"}\n' });
    const paths = ['second', ...runs].map((path) => join(folder, path));
    const compared = runCompare(paths, { out: join(folder, 'refused'), x: 'linear', json: false, quiet: true });
    await expect(compared).rejects.toMatchObject({
      name: 'D3pmError',
      code: expect.stringMatching(/^INVALID_(DATA|OPTIONS)$/),
      message: expect.stringMatching(/^compare: /),
    });
    await expect(compared).rejects.toThrow(message);
    expect(readdirSync(folder)).not.toContain('refused');
  });

  it('ends with the reason and an exit code when it cannot', () => {
    const { code, out, err } = d3pm('compare', 'first', 'nowhere');
    expect(err).toBe('error INVALID_OPTIONS: compare: "nowhere" is not there; give the folder that d3pm train --out named\n');
    expect([code, out]).toEqual([2, '']);
  });

  it('refuses a single run with exit code 2, and has an example in its help', () => {
    expect(d3pm('compare', 'first')).toMatchObject({ code: 2, err: expect.stringContaining("missing required argument 'others'") });
    expect(d3pm('compare', '--help').out).toMatch(/Example:\n {2}\$ d3pm compare/u);
  });

  it('counts the seconds of a step from the event files, also where the run went on', () => {
    const [name] = readdirSync(join(folder, 'first')).filter((file) => file.startsWith('events.out.tfevents.'));
    const { times } = readEventTimes(read('first', name!));
    expect(times.map(({ kind, step }) => [kind, step])).toEqual([['start', 1], ...[2, 4, 4, 6, 8, 8].map((step) => ['values', step])]);
    const { add } = createPaceCounter();
    expect(times.map((time) => add(time)?.step)).toEqual([undefined, 2, 4, undefined, 6, 8, undefined]);
    expect(add({ kind: 'start', step: 5, seconds: 100 })).toBeUndefined();
    expect(add({ kind: 'values', step: 6, seconds: 104 })).toEqual({ step: 6, secondsPerStep: 2 });
    renameSync(join(folder, 'first', name!), join(folder, 'away'));
    expect(rowsUnder('Metrics', d3pm('compare', 'first', 'second', '--out', 'result', '--quiet').out)[1]![5]).toBe('–');
    renameSync(join(folder, 'away'), join(folder, 'first', name!));
  });

  it('reads an event file as far as it is written, and no further than it is one', () => {
    const [name] = readdirSync(join(folder, 'first')).filter((file) => file.startsWith('events.out.tfevents.'));
    const whole = read('first', name!);
    const { times, end } = readEventTimes(whole);
    expect([times.length > 3, end]).toEqual([true, whole.length]);
    fc.assert(
      fc.property(fc.nat(whole.length), (cut) => {
        const before = readEventTimes(whole.subarray(0, cut));
        const after = readEventTimes(whole.subarray(before.end));
        expect([...before.times, ...after.times]).toEqual(times);
      }),
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const found = readEventTimes(Buffer.concat([whole, bytes]));
        expect(found.times.slice(0, times.length)).toEqual(times);
        expect(found.end).toBeGreaterThanOrEqual(whole.length);
      }),
    );
  });
});

describe('differingFields', () => {
  it('has each field that is not the same in all, by its path, and a list as one', () => {
    expect(
      differingFields([
        { loss: { name: 'a', deep: { list: [1, 2] } }, seed: 1, same: [{ x: null }] },
        { loss: { name: 'a', deep: { list: [1, 3] } }, seed: 1, same: [{ x: null }] },
        { loss: 'none', seed: 1, same: [{ x: null }], constructor: { 'a b': 1 } },
      ]),
    ).toEqual([
      { field: 'loss.name', values: ['a', 'a', undefined] },
      { field: 'loss.deep.list', values: [[1, 2], [1, 3], undefined] },
      { field: 'loss', values: [undefined, undefined, 'none'] },
      { field: 'constructor["a b"]', values: [undefined, undefined, 1] },
    ]);
  });

  it('has none where all are the same, in any order of keys', () => {
    expect(
      differingFields([
        { a: 1, b: { c: [1], d: 'x' } },
        { b: { d: 'x', c: [1] }, a: 1 },
      ]),
    ).toEqual([]);
  });
});

describe('runNames', () => {
  it.each([
    [
      ['/runs/a', '/runs/b'],
      ['a', 'b'],
    ],
    [
      ['/table/uniform-seed-1/run', '/table/uniform-seed-2/run'],
      ['uniform-seed-1', 'uniform-seed-2'],
    ],
    [
      ['/one/uniform', '/two/uniform', '/two/other'],
      ['one/uniform', 'two/uniform', 'two/other'],
    ],
    [
      ['/a/run', '/a'],
      ['/a/run', '/a'],
    ],
  ])('calls %j %j', (folders, names) => {
    expect(runNames(folders)).toEqual(names);
  });
});

describe('createSmoother', () => {
  it('has the mean of the last fifth of the values, of ten at most, without those that are not finite', () => {
    const { add } = createSmoother();
    const values = Array.from({ length: 200 }, (_, i) => (i === 150 ? Number.NaN : i));
    const means = values.map(add);
    expect(means.slice(0, 7)).toEqual([0, 1, 2, 3, 4, 4.5, 5.5]);
    expect(means[100]).toBe((91 + 100) / 2);
    expect(means[150]).toBe((141 + 149) / 2);
    expect(createSmoother().add(Number.NaN)).toBeNaN();
  });
});

describe('compareChart', () => {
  const run = (name: string, bits: number, bounds = [10, 20]): Parameters<typeof compareChart>[0][number] => ({
    name,
    losses: [1, 10, 20].map((step) => ({ kind: 'train', step, lossBits: bits + 1 / step, gradientNorm: 1, learningRate: 1, skipped: [] })),
    bounds: bounds.map((step) => ({ step, bits, standardError: 0.1 })),
  });
  const strokes = (svg: string): readonly string[] =>
    [...parseHTML(svg).document.querySelectorAll('line[stroke-width="3"]')].map(
      (line) => `${line.getAttribute('stroke')} ${line.getAttribute('stroke-dasharray')}`,
    );

  it('draws loss and bound of each run in its own colour or dashes, with all names', () => {
    const names = Array.from({ length: 20 }, (_, i) => `run <${i}>`);
    const svg = compareChart(
      names.map((name, i) => run(name, i)),
      { x: 'linear' },
    );
    expect(new Set(strokes(svg)).size).toBe(20);
    const { document } = parseHTML(svg);
    for (const name of names) expect(document.documentElement.textContent).toContain(name);
    expect(document.querySelectorAll('circle').length).toBe(40);
  });

  it('is entitled by the names of one run or two', () => {
    const titleOf = (...runs: Parameters<typeof compareChart>[0]): string =>
      parseHTML(compareChart(runs, { x: 'linear' })).document.querySelector('text[font-weight="bold"]')!.textContent;
    expect(titleOf(run('absorbing', 1))).toBe('absorbing');
    expect(titleOf(run('a', 1), run('b', 2))).toBe('a and b');
    expect(titleOf(run('a', 1), run('b', 2), run('c', 3))).toBe('3 runs');
  });

  it('has one panel where there is no bound, and any steps on a logarithmic axis', () => {
    const width = (svg: string): number => Number(/^<svg [^>]*width="(\d+)"/.exec(svg)![1]);
    const both = compareChart([run('a', 1), run('b', 2)], { x: 'log' });
    const alone = compareChart([run('a', 1, []), run('b', 2, [])], { x: 'log' });
    expect(width(alone)).toBeLessThan(width(both));
    expect(both).not.toContain('NaN');
  });
});
