import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decode } from 'fast-png';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const CLI = fileURLToPath(new URL('../dist/cli.js', import.meta.url));
const README = fileURLToPath(new URL('../README.md', import.meta.url));
const TEXT = `
data: { name: moby-dick, length: 16 }
transition: { name: absorbing }
schedule: { name: inverse-remaining, numSteps: 8 }
model: { name: transformer, numChannels: 8, numBlocks: 1, numHeads: 2 }
loss: { name: exact-count }
training: { numSteps: 8, batchSize: 4, eventEvery: 2, emaDecay: 0.9 }
evaluation: { samples: 2, testExamples: 8 }
saving: { every: 4 }
`;
const ROLL = `
data: { name: swiss-roll, size: 200, numStates: 16, seed: 1 }
transition: { name: uniform }
schedule: { name: cosine, numSteps: 8 }
model: { name: mlp, numChannels: 8 }
loss: { name: hybrid, lambda: 0.01 }
training: { numSteps: 4, batchSize: 16, eventEvery: 2 }
evaluation: { samples: 100, testExamples: 0 }
`;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'd3pm-train-'));
  writeFileSync(join(folder, 'text.yaml'), TEXT);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

const train = (...args: readonly string[]): Ended => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, 'train', ...args, '--engine', 'cpu'], {
    encoding: 'utf8',
    cwd: folder,
  });
  return { code: status, out: stdout, err: stderr };
};
const read = (...path: readonly string[]): string => readFileSync(join(folder, ...path), 'latin1');
/** Of the newest checkpoint. */
const weights = (run: string): string => {
  const newest = readdirSync(join(folder, run))
    .filter((name) => name.startsWith('ckpt-'))
    .sort()
    .at(-1)!;
  return ['model', 'ema', 'optimizer'].map((name) => read(run, newest, `${name}.safetensors`)).join('');
};

describe('d3pm train', () => {
  it('trains a text model, says what a person wants to know, and leaves it in the folder', () => {
    const { code, out, err } = train('text.yaml', '--out', 'run');
    expect(err.split('\n').slice(1)).toEqual([
      'training …',
      expect.stringMatching(/^✓ training: step 8 of 8 · loss \d\.\d{3} bits\/dim · bound \d\.\d{3} on moby-dick\/valid \(\d+\.\d s\)$/u),
      '',
    ]);
    expect([code, out]).toEqual([0, `${join(folder, 'run', 'metrics.jsonl')}\n`]);
    expect(read('run', 'samples', 'step-00000008.txt')).toMatch(/^[a-z ]{16}\n\n[a-z ]{16}\n$/);
    expect(readdirSync(join(folder, 'run')).filter((name) => name.startsWith('ckpt-'))).toEqual(['ckpt-00000004', 'ckpt-00000008']);
    const last = JSON.parse(read('run', 'metrics.jsonl').trimEnd().split('\n').at(-1)!);
    expect(last).toEqual({ kind: 'evaluation', step: 8, boundBits: expect.any(Number), boundStandardErrorBits: expect.any(Number) });
  });

  it('trains on points, and draws them', () => {
    writeFileSync(join(folder, 'roll.yaml'), ROLL);
    expect(train('roll.yaml', '--out', 'run').code).toBe(0);
    const { width, height } = decode(readFileSync(join(folder, 'run', 'samples', 'step-00000004.png')));
    expect([width > 200, width === height]).toEqual([true, true]);
  });

  it('[19] of a finished run says so, and changes nothing', () => {
    train('text.yaml', '--out', 'run');
    const before = readdirSync(join(folder, 'run'), { recursive: true });
    const [log, metrics] = [read('run', 'run.log'), read('run', 'metrics.jsonl')];
    const { code, err } = train('text.yaml', '--out', 'run');
    expect(err.split('\n').slice(1)).toEqual([
      `the run is finished: step 8 of 8 (${join(folder, 'run', 'ckpt-00000008')}); for more, raise training.numSteps with --allow-change`,
      '',
    ]);
    expect(code).toBe(0);
    expect(readdirSync(join(folder, 'run'), { recursive: true })).toEqual(before);
    expect([read('run', 'run.log'), read('run', 'metrics.jsonl')]).toEqual([log, metrics]);
  });

  it('[17] with a changed config exits with 2 and the difference, and goes on with --allow-change', () => {
    train('text.yaml', '--out', 'run');
    const changed = ['text.yaml', '--out', 'run', '--set', 'training.numSteps=10', 'evaluation.samples=1'];
    const { code, err } = train(...changed);
    expect(code).toBe(2);
    expect(err).toContain('error CONFIG_CHANGED: ');
    expect(err).toContain('\nevaluation.samples: 2 before, 1 now\ntraining.numSteps: 8 before, 10 now\n');
    const allowed = train(...changed, '--allow-change');
    expect(allowed.err).toContain(
      'warning: the config is changed:\nevaluation.samples: 2 before, 1 now\ntraining.numSteps: 8 before, 10 now\n',
    );
    expect(allowed.err).toContain(`going on from step 8 of 10 (${join(folder, 'run', 'ckpt-00000008')})\n`);
    expect(allowed.err).toMatch(/✓ training: step 10 of 10/u);
    expect(allowed.code).toBe(0);
  });

  it('goes on with another saving, which decides no number', () => {
    train('text.yaml', '--out', 'run');
    expect(train('text.yaml', '--out', 'run', '--set', 'saving.every=2', 'saving.keepLast=1').code).toBe(0);
  });

  it.skipIf(process.platform === 'win32')('[25] stopped by SIGINT exits with 130, and ends the same when it goes on', async () => {
    const long = ['--set', 'training.numSteps=30', 'training.eventEvery=3', 'saving.every=15', 'evaluation.every=30'];
    train('text.yaml', '--out', 'whole', ...long);
    const child = spawn(process.execPath, [CLI, 'train', 'text.yaml', '--out', 'run', '--engine', 'cpu', ...long], { cwd: folder });
    let err = '';
    child.stderr.on('data', (part: Buffer) => (err += part.toString()));
    const ended = once(child, 'close');
    const lines = (): string => (existsSync(join(folder, 'run', 'metrics.jsonl')) ? read('run', 'metrics.jsonl') : '');
    await expect.poll(lines, { interval: 5, timeout: 20_000 }).toContain('"step":3');
    child.kill('SIGINT');
    expect(await ended).toEqual([130, null]);
    expect(err).toContain('\nSIGINT: finishing the step and saving; once more ends at once, without saving\n');
    const [, step] = /✓ training: stopped at step (\d+) of 30/u.exec(err)!;
    expect(train('text.yaml', '--out', 'run', ...long).err).toContain(`going on from step ${step} of 30`);
    expect(weights('run') === weights('whole')).toBe(true);
    expect(read('run', 'metrics.jsonl')).toBe(read('whole', 'metrics.jsonl'));
  });

  it.skipIf(process.platform === 'win32')('[28] whose outputs nobody reads trains to its end, and exits with 0', async () => {
    const child = spawn(process.execPath, [CLI, 'train', 'text.yaml', '--out', 'run', '--engine', 'cpu'], { cwd: folder });
    child.stderr.once('data', () => child.stderr.destroy());
    child.stdout.destroy();
    expect(await once(child, 'close')).toEqual([0, null]);
    expect(read('run', 'run.log')).toMatch(/finished\n$/);
  });

  it('with --dry-run does everything once, keeps nothing, and says what the whole would need', () => {
    const { code, out, err } = train('text.yaml', '--dry-run', '--out', 'run');
    expect([code, readdirSync(folder)]).toEqual([0, ['text.yaml']]);
    expect(out).toMatch(/\| this config \| 1,558 \| 4 \| [\d.]+ \| .* \| 8 calls, [\d.]+ s, [\d.]+ bits\/position \| [\d.]+ \|\n$/);
    expect(err).toMatch(/^✓ one update, sample, bound and checkpoint: step 1 of 1 · loss [\d.]+ bits\/dim · bound [\d.]+ /m);
    expect(train('text.yaml', '--dry-run', 'model.numHeads=3')).toMatchObject({ code: 2 });
  });

  it('with --json says progress, results and errors as JSON', () => {
    const { code, out, err } = train('text.yaml', '--out', 'run', '--json');
    expect([code, JSON.parse(out)]).toEqual([0, { folder: join(folder, 'run'), metrics: join(folder, 'run', 'metrics.jsonl') }]);
    const lines = err
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
    expect(lines[0]).toMatchObject({ engine: { name: 'cpu', threads: 1 } });
    expect(lines.at(-1)).toMatchObject({ phase: 'training', total: 8, summary: expect.stringContaining('step 8 of 8') as string });
    const again = train('text.yaml', '--out', 'run', '--json');
    expect(again.err).toContain('{"note":"the run is finished: step 8 of 8 ');
    const wrong = train('text.yaml', 'seed=-1', '--json');
    expect([wrong.code, wrong.out, JSON.parse(wrong.err)]).toEqual([
      2,
      '',
      { error: { code: 'INVALID_OPTIONS', message: expect.stringContaining('seed: Too small') as string } },
    ]);
  });

  it('has a mutual-information schedule for a family that adds a mask', () => {
    expect(train('text.yaml', 'schedule=mutual-information', '--out', 'run', '--quiet')).toMatchObject({ code: 0, err: '' });
  });

  it.each([
    [
      'a causal network on noise that does not go by position',
      ['model.causal=true'],
      'UNSOUND: train: model.causal: absorbing does not mask one position',
    ],
    ['a schedule of another unit', ['transition=discretized-gaussian'], 'UNIT: '],
    ['a loss of another process', ['transition=uniform'], 'UNSOUND: '],
    [
      'more steps to sample by than there are',
      ['evaluation.sampleSteps=9'],
      'INVALID_OPTIONS: train: evaluation.sampleSteps is 9, and the chain has T = 8',
    ],
    [
      'the same, done once',
      ['schedule.numSteps=30', 'evaluation.sampleSteps=31', '--dry-run'],
      'INVALID_OPTIONS: train: evaluation.sampleSteps is 31',
    ],
    ['a preset that comes last', ['preset=text8/absorbing'], 'INVALID_OPTIONS: config: a preset comes first'],
  ])('exits with 2 and leaves no folder for %s', (_, changes, message) => {
    const { code, err } = train('text.yaml', ...changes, '--out', 'none');
    expect([code, err]).toEqual([2, expect.stringContaining(`error ${message}`)]);
    expect(existsSync(join(folder, 'none'))).toBe(false);
  });

  it('exits with 3 when a file is at fault', () => {
    writeFileSync(join(folder, 'text8'), 'no text8: 8');
    const { code, err } = train('text.yaml', `data={name: text8, length: 4, path: ${join(folder, 'text8')}}`);
    expect([code, err]).toEqual([3, expect.stringContaining('error INVALID_DATA: ')]);
  });

  it('with --quiet says nothing but errors', () => {
    expect(train('text.yaml', '--out', 'run', '--quiet')).toMatchObject({ code: 0, err: '' });
    expect(train('text.yaml', '--out', 'run', '--quiet', '--set', 'seed=2')).toMatchObject({
      code: 2,
      err: expect.stringContaining('seed: 1 before, 2 now'),
    });
  });

  it('[23] refuses a checkpoint and the folder of the data as the folder of the run', () => {
    train('text.yaml', '--out', 'run');
    const checkpoint = train('text.yaml', '--out', 'run/ckpt-00000008');
    expect(checkpoint).toMatchObject({
      code: 2,
      err: expect.stringContaining('ckpt-00000008" is a checkpoint; give the folder of the run'),
    });
    mkdirSync(join(folder, 'data'));
    writeFileSync(join(folder, 'data', 'text8'), 'a quick brown fox '.repeat(100));
    const data = ['--set', 'data.name=text8', 'data.path=data/text8'];
    expect(train('text.yaml', '--out', 'data', ...data)).toMatchObject({
      code: 2,
      err: expect.stringContaining('data is the folder of the data; choose another, so that the two do not mix'),
    });
    expect(readdirSync(join(folder, 'data'))).toEqual(['text8']);
  });

  it('runs the config of the README', () => {
    const [, config] = /```yaml\n(.*?)```/s.exec(readFileSync(README, 'utf8'))!;
    writeFileSync(join(folder, 'moby-dick.yaml'), config!);
    const small = ['training.numSteps=2', 'training.batchSize=2', 'evaluation.samples=0', 'evaluation.testExamples=2'];
    const { code, err } = train('moby-dick.yaml', '--out', 'run', '--set', ...small);
    expect(err).toMatch(/✓ training: step 2 of 2/u);
    expect(code).toBe(0);
  });

  it('explains itself', () => {
    const { out } = train('--help');
    expect(out.replaceAll(/\s+/g, ' ')).toContain(
      'Trains what a config says, in a folder of its own; the same command again goes on where it was stopped.',
    );
    for (const option of ['--out', '--set', '--allow-change', '--quiet']) expect(out).toContain(option);
  });
});
