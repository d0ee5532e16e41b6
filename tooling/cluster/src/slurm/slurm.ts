import { spawnSync } from 'node:child_process';

const TOOLS = ['munged', 'slurmctld', 'slurmd', 'sbatch', 'scancel', 'scontrol', 'sinfo', 'squeue', 'srun'];

/** What this machine or user lacks to have a cluster, in words; undefined where nothing. */
export function missingTools(): string | undefined {
  if (process.platform !== 'linux') return 'Slurm runs on Linux';
  const missing = TOOLS.filter((tool) => spawnSync('sh', ['-c', `command -v ${tool}`]).status !== 0);
  if (missing.length > 0) return `there is no ${missing.join(', ')}; on Debian, apt install slurm-wlm munge`;
  return process.getuid!() === 0 ? undefined : 'the daemons of Slurm are started by root';
}
