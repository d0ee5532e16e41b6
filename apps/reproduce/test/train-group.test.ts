import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { isMissing, launch, launchers, type Launched, type LaunchOptions, type Ranks } from './mpi-launchers.ts';

const CLI = fileURLToPath(new URL('../dist/cli.js', import.meta.url));
const CONFIG = `
data: { name: moby-dick, length: 16 }
transition: { name: absorbing }
schedule: { name: inverse-remaining, numSteps: 8 }
model: { name: transformer, numChannels: 8, numBlocks: 1, numHeads: 2 }
loss: { name: exact-count }
training: { numSteps: 12, batchSize: 8, eventEvery: 2, emaDecay: 0.9 }
evaluation: { samples: 2, testExamples: 8 }
saving: { every: 4 }
`;
/** Long enough to be killed. */
const LONG = CONFIG.replace('numSteps: 12', 'numSteps: 100000')
  .replace('samples: 2', 'samples: 0')
  .replace('testExamples: 8', 'testExamples: 0');

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'd3pm-group-'));
  writeFileSync(join(folder, 'text.yaml'), CONFIG);
  writeFileSync(join(folder, 'long.yaml'), LONG);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const d3pm = (...args: readonly string[]): readonly string[] => [process.execPath, CLI, ...args];
const cpu = ['--engine', 'cpu', '--threads', '1'];
const alone = (...args: readonly string[]): Launched => {
  const [program, ...rest] = d3pm(...args);
  const { status, stdout, stderr } = spawnSync(program!, rest, { encoding: 'utf8', cwd: folder });
  return { code: status, out: stdout, err: stderr };
};
const metrics = (run: string): readonly Readonly<Record<string, number | string>>[] =>
  readFileSync(join(folder, run, 'metrics.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Readonly<Record<string, number | string>>);
const checkpointsOf = (run: string): readonly number[] =>
  readdirSync(run)
    .filter((name) => name.startsWith('ckpt-'))
    .map((name) => Number(name.slice(5)));
const mount = (...args: readonly string[]): void => void execFileSync('mount', args);
/** Whether this user may make a small disk. */
const canMount = (() => {
  const at = mkdtempSync(join(tmpdir(), 'd3pm-mount-'));
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', at], { stdio: 'ignore' });
  if (status === 0) execFileSync('umount', [at]);
  rmSync(at, { recursive: true });
  return status === 0;
})();
/** Each process tells its number, then is the program. */
const tellingPid = (command: readonly string[]): readonly string[] => ['sh', '-c', 'echo "pid $$" >&2; exec "$0" "$@"', ...command];
const pidsIn = (text: string): readonly number[] => [...text.matchAll(/pid (\d+)/g)].map(([, pid]) => Number(pid));

describe.each(launchers)('under the mpirun of $name', (launcher) => {
  const missing = isMissing(launcher);
  const group = (groups: readonly Ranks[], options: Omit<LaunchOptions, 'cwd'> = {}): Promise<Launched> =>
    launch(launcher, groups, { cwd: folder, ...options });

  it.skipIf(missing)('d3pm train trains what one process does', { timeout: 90_000 }, async () => {
    expect(alone('train', 'text.yaml', '--out', 'one', ...cpu).code).toBe(0);
    const { code, out, err } = await group([{ count: 2, command: d3pm('train', 'text.yaml', '--out', 'two', ...cpu) }]);
    expect([code, out.trim().split('\n').at(-1)]).toEqual([0, join(folder, 'two', 'metrics.jsonl')]);
    // One of them tells of the run.
    expect(err.match(/^engine /gm)).toHaveLength(1);
    expect(err).toMatch(new RegExp(`group of 2, 2 on this host: ${launcher.name} \\d`));
    const [one, two] = [metrics('one'), metrics('two')];
    expect(two.map(({ kind, step }) => [kind, step])).toEqual(one.map(({ kind, step }) => [kind, step]));
    for (const [i, line] of two.entries()) {
      for (const [name, value] of Object.entries(line)) {
        expect(name === 'kind' ? 0 : Math.abs(Number(value) / Number(one[i]![name]) - 1)).toBeLessThan(1e-5);
      }
    }
  });

  it.skipIf(missing)('[71] a rank that is killed ends all, and the run goes on without it', { timeout: 120_000 }, async () => {
    let killed = 0;
    const onError = (text: string): void => {
      if (killed !== 0 || !text.includes('training: ')) return;
      killed = Date.now();
      process.kill(pidsIn(text).at(-1)!, 'SIGKILL');
    };
    const command = tellingPid(d3pm('train', 'long.yaml', '--out', 'run', ...cpu));
    const { code, err } = await group([{ count: 2, command }], { onError });
    const seconds = (Date.now() - killed) / 1000;
    expect(code).not.toBe(0);
    expect(seconds).toBeLessThan(30);
    await vi.waitFor(() => expect(pidsIn(err).filter((pid) => existsSync(`/proc/${pid}`))).toEqual([]), { timeout: 20_000 });
    const last = Math.max(...checkpointsOf(join(folder, 'run')));
    expect(last).toBeGreaterThan(0);
    const resumed = alone('train', 'long.yaml', '--out', 'run', '--set', `training.numSteps=${last + 4}`, '--allow-change', ...cpu);
    expect([resumed.code, resumed.err]).toEqual([0, expect.stringContaining(`going on from step ${last} of ${last + 4}`)]);
    expect(resumed.err).toContain('processes: 2 before, absent now');
  });

  it.skipIf(missing)('[71] a rank that is told to end stops all in order', { timeout: 90_000 }, async () => {
    let isTold = false;
    const onError = (text: string): void => {
      if (isTold || !text.includes('training: ')) return;
      isTold = true;
      process.kill(pidsIn(text).at(-1)!, 'SIGTERM');
    };
    const { code, err } = await group([{ count: 2, command: tellingPid(d3pm('train', 'long.yaml', '--out', 'run', ...cpu)) }], { onError });
    expect(code).not.toBeNull();
    const [, step] = /stopped at step (\d+)/.exec(err)!;
    expect(readdirSync(join(folder, 'run'))).toContain(`ckpt-${step!.padStart(8, '0')}`);
  });

  it.skipIf(missing || !canMount)('[73] a full disk ends all, and the run goes on once there is room', { timeout: 120_000 }, async () => {
    const run = join(folder, 'run');
    mkdirSync(run);
    mount('-t', 'tmpfs', '-o', 'size=200k', 'tmpfs', run);
    try {
      const { code, err } = await group([{ count: 2, command: d3pm('train', 'long.yaml', '--out', 'run', ...cpu) }]);
      expect(code).not.toBe(0);
      expect(err).toMatch(/^error CHECKPOINT: saveCheckpoint: .*: the disk is full \(ENOSPC\); nothing was replaced/m);
      expect(err).toMatch(/^rank 0 of 2 ends without close\(\), with exit code 3: the whole group is aborted$/m);
      const last = Math.max(...checkpointsOf(run));
      expect(last).toBeGreaterThan(0);
      mount('-o', 'remount,size=2m', run);
      const numSteps = `training.numSteps=${last + 4}`;
      const again = d3pm('train', 'long.yaml', '--out', 'run', '--set', numSteps, '--allow-change', ...cpu);
      const resumed = await group([{ count: 2, command: again }]);
      expect([resumed.code, resumed.err]).toEqual([0, expect.stringContaining(`going on from step ${last} of ${last + 4}`)]);
    } finally {
      execFileSync('umount', [run]);
    }
  });

  it.skipIf(missing)('[74] ranks that are not alike end before the first step, by name', { timeout: 90_000 }, async () => {
    const train = (...args: readonly string[]): readonly string[] => d3pm('train', 'text.yaml', '--out', 'run', '--threads', '1', ...args);
    const configs = await group([
      { count: 1, command: train('--engine', 'cpu') },
      { count: 1, command: train('--engine', 'cpu', '--set', 'seed=2') },
    ]);
    expect(configs.code).not.toBe(0);
    expect(configs.err).toContain('error GROUP: trainRun: the members of the group are not alike; nothing was trained');
    expect(configs.err).toContain('config.seed: 1 on rank 0, 2 on rank 1');
    const engines = await group([
      { count: 1, command: train('--engine', 'cpu') },
      { count: 1, command: train('--engine', 'wasm') },
    ]);
    expect(engines.code).not.toBe(0);
    expect(engines.err).toContain('environment.backend: "cpu" on rank 0, "wasm" on rank 1');
    expect(existsSync(join(folder, 'run'))).toBe(false);
  });

  it.skipIf(missing)('[75] a batch that the ranks cannot share is refused', { timeout: 60_000 }, async () => {
    const { code, err } = await group([{ count: 3, command: d3pm('train', 'text.yaml', '--out', 'run', ...cpu) }]);
    expect(code).not.toBe(0);
    expect(err).toContain('a batch has 8 examples, which a group of 3 cannot share; choose a multiple of 3');
  });

  it.skipIf(missing)('shards of samples are its ranks', { timeout: 90_000 }, async () => {
    expect(alone('train', 'text.yaml', '--out', 'run', '--quiet', ...cpu).code).toBe(0);
    const sample = (out: string, ...args: readonly string[]): readonly string[] => [
      'sample',
      'run',
      '--count',
      '10',
      '--batch-size',
      '4',
      '--out',
      out,
      '--quiet',
      ...cpu,
      ...args,
    ];
    expect(alone(...sample('whole')).code).toBe(0);
    expect((await group([{ count: 2, command: d3pm(...sample('parts', '--shard', 'auto')) }])).code).toBe(0);
    expect(readdirSync(join(folder, 'parts')).sort()).toEqual(['shard-0-of-2', 'shard-1-of-2']);
    expect(alone('merge', 'parts').code).toBe(0);
    const bytes = (out: string): Buffer => readFileSync(join(folder, out, 'samples.safetensors'));
    expect(bytes('parts').equals(bytes('whole'))).toBe(true);
  });
});
