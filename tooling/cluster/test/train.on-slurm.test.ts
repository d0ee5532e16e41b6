import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectSameTraining, lastCheckpoint } from './run-folder.ts';
import { allEnded, call, idOf, isIdle, jobsOf, slurmSite, until, type SlurmSite } from './slurm-site.ts';

/** Each by the interface that Debian's library of it speaks. */
const implementations = [
  { name: 'Open MPI', mpi: 'pmix', program: 'mpirun.openmpi' },
  { name: 'MPICH', mpi: 'pmi2', program: 'mpirun.mpich' },
];
const isRequired = process.env['CI'] === 'true';

let site: SlurmSite;
const train = (config: string, out: string): readonly string[] => ['train', config, '--out', out, '--engine', 'cpu'];
const isTraining = (job: string, times = 1): Promise<void> =>
  until(
    () => [...site.logOf(job).matchAll(/^training …[^✓]*training: /gm)].length >= times,
    () => `${job} trains:\n${site.logOf(job)}`,
  );
/**
 * Slurm waits two minutes before it starts again what was requeued. Here it is less, but not nothing: sockets have the same names again, and what
 * the first start still reports would count for the second.
 */
const startSoon = async (job: string): Promise<void> => {
  await until(
    () => jobsOf(job)[0] === 'PENDING BeginTime' && isIdle(),
    () => `${job} is requeued:\n${site.logOf(job)}`,
  );
  call('scontrol', ['update', `JobId=${idOf(job)}`, 'StartTime=now+20']);
};

beforeAll(() => {
  site = slurmSite();
  site.d3pm(...train('tiny.yaml', 'one'), '--threads', '1', '--quiet');
});
afterAll(() => site.remove());

describe.each(implementations)('ranks of $name by srun --mpi=$mpi', ({ name, mpi, program }) => {
  const missing = !isRequired && spawnSync('srun', [`--mpi=${mpi}`, 'sh', '-c', `command -v ${program}`]).status !== 0;
  const options = ['--ranks', '2', '--cpus', '2', '--time', '30:00', '--mpi', mpi];

  it.skipIf(missing)('are one group, which trains what one process does', async () => {
    const job = `two-${mpi}`;
    site.submit(job, options, train('tiny.yaml', job));
    await allEnded(job);
    expect([jobsOf(job), site.logOf(job)]).toEqual([
      ['COMPLETED None'],
      expect.stringMatching(new RegExp(`^group of 2, 2 on this host: ${name} \\d`, 'm')),
    ]);
    expectSameTraining(site.at(job), site.at('one'));
  });

  it.skipIf(missing)('that are told to end save, are started again, and go on; cancelled, they are not', async () => {
    const job = `told-${mpi}`;
    site.submit(job, options, train('long.yaml', job));
    await isTraining(job);
    call('scancel', ['--signal=TERM', idOf(job)]);
    await startSoon(job);
    const [, stopped] = /stopped at step (\d+)/.exec(site.logOf(job))!;
    expect(lastCheckpoint(site.at(job))).toBe(Number(stopped));
    expect(site.logOf(job)).toContain('Exited with exit code 143');
    await isTraining(job, 2);
    expect(site.logOf(job)).toContain(`going on from step ${stopped} of 1000000`);
    call('scancel', [idOf(job)]);
    await allEnded(job);
    expect(jobsOf(job)).toEqual(['CANCELLED None']);
  });

  it.skipIf(missing)('end within 30 s when one of them is killed, and are not started again', async () => {
    const job = `killed-${mpi}`;
    site.submit(job, options, train('long.yaml', job));
    await isTraining(job);
    const ranks = [...site.logOf(job).matchAll(/^pid (\d+)/gm)].map(([, pid]) => Number(pid));
    expect(ranks).toHaveLength(2);
    process.kill(ranks[1]!, 'SIGKILL');
    const killed = Date.now();
    await allEnded(job);
    expect((Date.now() - killed) / 1000).toBeLessThan(30);
    expect(jobsOf(job)).toEqual(['FAILED NonZeroExitCode']);
    expect(ranks.filter((pid) => existsSync(`/proc/${pid}`))).toEqual([]);
    expect(lastCheckpoint(site.at(job))).toBeGreaterThan(0);
  });

  it.skipIf(missing)('have all processors that are asked for', async () => {
    const job = `wide-${mpi}`;
    process.env['SLURM_DEBUG'] = '1';
    site.submit(job, options, train('tiny.yaml', `two-${mpi}`));
    delete process.env['SLURM_DEBUG'];
    await allEnded(job);
    expect(site.logOf(job)).toMatch(/^srun: cpus-per-task +: 2$/m);
  });
});

it('a run saves before the end of its time, and goes on', async () => {
  site.submit('timely', ['--ranks', '1', '--cpus', '1', '--time', '2:00'], train('long.yaml', 'timely'));
  await startSoon('timely');
  const [, stopped] = /stopped at step (\d+)/.exec(site.logOf('timely'))!;
  expect(lastCheckpoint(site.at('timely'))).toBe(Number(stopped));
  await isTraining('timely', 2);
  expect(site.logOf('timely')).toContain(`going on from step ${stopped} of 1000000`);
  call('scancel', [idOf('timely')]);
  await allEnded('timely');
});
