import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { Job } from 'kubernetes-models/batch/v1/Job';
import { Pod } from 'kubernetes-models/v1/Pod';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { clusterJob, type ClusterJobFlags } from '../src/cluster/cluster-job.ts';
import { kubernetesFiles } from '../src/cluster/kubernetes-files.ts';
import { shellWords } from '../src/cluster/shell-words.ts';
import { slurmFiles } from '../src/cluster/slurm-files.ts';
import { slurmSeconds } from '../src/cluster/slurm-time.ts';

const CLI = fileURLToPath(new URL('../dist/cli.js', import.meta.url));
const flags: ClusterJobFlags = { program: 'd3pm', cpus: 4, gpus: 0, memory: '8Gi' };
const sampling = ['sample', 'runs/text', '--count', '1000', '--out', 'runs/it is'];
const training = ['train', 'text.yaml', '--out', 'runs/text'];
const slurm = { time: '2:00:00', mpi: 'pmix' };
const kubernetes = { image: 'site/d3pm:1', claim: 'work' };
const shards = (more: Partial<ClusterJobFlags> = {}) => clusterJob(sampling, { ...flags, shards: 7, ...more });
const ranks = (more: Partial<ClusterJobFlags> = {}) => clusterJob(training, { ...flags, ranks: 4, ...more });

describe('files for Slurm', () => {
  const isShell = (script: string): boolean => spawnSync('bash', ['-n'], { input: script }).status === 0;

  it('of shards are an array, and what merges it once all are there', () => {
    const files = slurmFiles(shards({ gpus: 1 }), { ...slurm, partition: 'long' });
    expect(Object.keys(files)).toEqual(['d3pm-sample.slurm', 'd3pm-sample-merge.slurm', 'submit.sh']);
    const [script, merge, submit] = Object.values(files) as [string, string, string];
    for (const option of [
      '--array=0-6',
      '--cpus-per-task=4',
      '--mem-per-cpu=2048M',
      '--gpus-per-task=1',
      '--time=2:00:00',
      '--partition=long',
    ]) {
      expect(script).toContain(`#SBATCH ${option}\n`);
    }
    expect(script).toContain("exec d3pm sample runs/text --count 1000 --out 'runs/it is' --threads 4 --shard auto\n");
    expect(merge).toContain("exec d3pm merge 'runs/it is'\n");
    expect(merge).not.toContain('gpus');
    expect(submit).toContain('--dependency="afterok:$job" --kill-on-invalid-dep=yes');
    expect(Object.values(files).every(isShell)).toBe(true);
  });

  it('of ranks are one job, which is told to save before its time is over and then goes on', () => {
    const files = slurmFiles(ranks(), slurm);
    expect(Object.keys(files)).toEqual(['d3pm-train.slurm', 'submit.sh']);
    const script = files['d3pm-train.slurm']!;
    for (const option of ['--ntasks=4', '--signal=TERM@300', '--requeue']) expect(script).toContain(`#SBATCH ${option}\n`);
    expect(script).toContain(
      'srun --mpi=pmix --cpus-per-task=4 --kill-on-bad-exit=1 d3pm train text.yaml --out runs/text --threads 4 --group mpi && exit 0\n',
    );
    expect(script).toContain('scontrol requeue "$SLURM_JOB_ID"');
    expect(Object.values(files).every(isShell)).toBe(true);
  });
});

describe('a time as Slurm writes it', () => {
  it.each<[string, number]>([
    ['90', 5400],
    ['5:30', 330],
    ['24:00:00', 86_400],
    ['2-12', 216_000],
    ['1-0:30', 88_200],
    ['1-2:03:04', 93_784],
    ['0', Infinity],
    ['UNLIMITED', Infinity],
  ])('%s is %i seconds', (time, seconds) => {
    expect(slurmSeconds(time)).toBe(seconds);
  });

  it.each(['', '2h', '1:2:3:4', '-5', '1.5'])('%j is none', (time) => {
    expect(() => slurmFiles(ranks(), { ...slurm, time })).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTIONS', message: expect.stringContaining(`--time is "${time}", expected as`) as string }),
    );
  });

  it.each([
    ['5:00', 75],
    ['20:00', 300],
    ['UNLIMITED', 300],
  ])('in %s a run is told to save %i s before the end', (time, notice) => {
    expect(slurmFiles(ranks(), { ...slurm, time })['d3pm-train.slurm']).toContain(`#SBATCH --signal=TERM@${notice}\n`);
  });
});

describe('files for Kubernetes', () => {
  it('of shards are an Indexed Job, and what merges it, by the published schema', async () => {
    const files = kubernetesFiles(shards({ gpus: 2 }), { ...kubernetes, namespace: 'lab' });
    expect(Object.keys(files)).toEqual(['d3pm-sample.yaml', 'd3pm-sample-merge.yaml', 'submit.sh']);
    const [job, merge] = [new Job(parse(files['d3pm-sample.yaml']!) as never), new Job(parse(files['d3pm-sample-merge.yaml']!) as never)];
    job.validate();
    merge.validate();
    expect(job.spec).toMatchObject({ completions: 7, parallelism: 7, completionMode: 'Indexed', backoffLimitPerIndex: 3 });
    const [container] = job.spec!.template.spec!.containers;
    expect(container!.command).toEqual(['d3pm', ...sampling, '--threads', '4', '--shard', 'auto/7']);
    expect(container!.resources!.limits).toEqual({ cpu: '4', memory: '8Gi', 'nvidia.com/gpu': '2' });
    expect(merge.spec!.template.spec!.containers[0]!.command).toEqual(['d3pm', 'merge', 'runs/it is']);
    expect(files['submit.sh']).toContain('kubectl --namespace lab wait --for=condition=complete --timeout=-1s job/d3pm-sample\n');
  });

  it('of ranks are an MPIJob whose pods are of the published schema', () => {
    const { apiVersion, kind, spec } = parse(kubernetesFiles(ranks(), kubernetes)['d3pm-train.yaml']!) as {
      readonly apiVersion: string;
      readonly kind: string;
      readonly spec: {
        readonly mpiReplicaSpecs: Readonly<Record<string, { readonly replicas: number; readonly template: { readonly spec: never } }>>;
      };
    };
    expect([apiVersion, kind]).toEqual(['kubeflow.org/v2beta1', 'MPIJob']);
    const { Launcher, Worker } = spec.mpiReplicaSpecs;
    expect([Launcher!.replicas, Worker!.replicas]).toEqual([1, 4]);
    for (const { template } of [Launcher!, Worker!]) new Pod({ metadata: { name: 'd3pm' }, spec: template.spec }).validate();
    const [{ command }] = (Launcher!.template.spec as { readonly containers: readonly [{ readonly command: readonly string[] }] })
      .containers;
    expect(command.slice(0, 5)).toEqual(['mpirun', '-n', '4', '--bind-to', 'none']);
    expect(command.slice(5)).toEqual(['d3pm', ...training, '--threads', '4', '--group', 'mpi']);
  });
});

describe('a job for a cluster', () => {
  it.each<[readonly string[], Partial<ClusterJobFlags>, string]>([
    [['table-1'], {}, '"table-1" is none of train, sample, eval, score; give the command after --'],
    [['sample', '--count', '3'], {}, '"sample --count 3" lacks what it is about; give a run after the verb'],
    [['train'], {}, 'give a config after the verb'],
    [training, { shards: 3 }, 'd3pm train is not made of shards; give --ranks'],
    [sampling, { ranks: 3 }, 'd3pm sample is made of shards; give --shards'],
    [[...sampling, '--shard', '2/7'], {}, '--shard is for the batch engine to say; leave it out'],
    [[...training, '--group=none'], {}, '--group=none is for the batch engine to say'],
    [training, { name: 'Text 8' }, '--name is "Text 8", expected lower case'],
    [training, { memory: '8GB' }, '--memory is "8GB", expected as 8Gi'],
  ])('%o with %o is refused', (command, more, message) => {
    expect(() => clusterJob(command, { ...flags, ...more })).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTIONS', message: expect.stringContaining(message) as string }),
    );
  });

  it('keeps the threads that are asked for, and knows where the result goes', () => {
    expect(clusterJob(['eval', 'runs/text', '--threads=2'], flags)).toMatchObject({
      command: ['eval', 'runs/text', '--threads=2', '--out', 'runs/text-eval'],
      split: { kind: 'shards', count: 1, merge: ['merge', 'runs/text-eval'] },
    });
    expect(clusterJob(['eval', 'runs/text', '--out', 'there'], flags).split).toMatchObject({ merge: ['merge', 'there'] });
    const trusting = ['sample', 'runs/text', '--trust-plugins', '--out=runs/a=b'];
    expect(clusterJob(trusting, flags).split).toMatchObject({ merge: ['merge', 'runs/a=b', '--trust-plugins'] });
  });

  it('is words that a shell reads back', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.string({ unit: 'grapheme' }).filter((word) => !word.includes('\0')),
          { minLength: 1 },
        ),
        (words) => {
          const { stdout } = spawnSync('sh', ['-c', `printf '%s\\0' ${shellWords(words)}`], { encoding: 'utf8' });
          expect(stdout.split('\0').slice(0, -1)).toEqual(words);
        },
      ),
      { numRuns: 30 },
    );
  });

  it('is written by d3pm cluster, ready to be handed in', () => {
    const folder = mkdtempSync(join(tmpdir(), 'd3pm-cluster-'));
    const { status, stdout } = spawnSync(
      process.execPath,
      [CLI, 'cluster', 'slurm', '--shards', '3', '--to', 'jobs', '--', 'eval', 'runs/text', '--steps', '20'],
      {
        encoding: 'utf8',
        cwd: folder,
      },
    );
    expect([status, stdout.trim().split('\n').length]).toEqual([0, 3]);
    expect(statSync(join(folder, 'jobs', 'submit.sh')).mode & 0o111).toBe(0o111);
    expect(readFileSync(join(folder, 'jobs', 'd3pm-eval.slurm'), 'utf8')).toContain(
      'exec d3pm eval runs/text --steps 20 --out runs/text-eval --threads 4 --shard auto\n',
    );
    rmSync(folder, { recursive: true });
  });
});
