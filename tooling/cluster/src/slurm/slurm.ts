import { missingPrograms } from '../missing-programs.ts';
import type { Suite } from '../suite.ts';
import { startSlurm } from './start-slurm.ts';

const PROGRAMS = ['munged', 'slurmctld', 'slurmd', 'sbatch', 'scancel', 'scontrol', 'sinfo', 'squeue', 'srun'];

/** What `d3pm cluster slurm` writes, under a real Slurm of one node. */
export const slurm: Suite = {
  name: 'slurm',
  missing: () => {
    if (process.platform !== 'linux') return 'Slurm runs on Linux';
    const missing = missingPrograms(PROGRAMS);
    if (missing.length > 0) return `there is no ${missing.join(', ')}; on Debian, apt install slurm-wlm munge`;
    return process.getuid!() === 0 ? undefined : 'the daemons of Slurm are started by root';
  },
  start: startSlurm,
};
