import type { OutputFlags } from '../output.ts';
import { writeFiles } from '../write-files.ts';
import { clusterJob, type ClusterJobFlags } from './cluster-job.ts';
import { kubernetesFiles, type KubernetesOptions } from './kubernetes-files.ts';
import { slurmFiles, type SlurmOptions } from './slurm-files.ts';

interface Common extends ClusterJobFlags, Pick<OutputFlags, 'json'> {
  /** Where the files go. */
  readonly to: string;
}

/** `d3pm cluster slurm … -- COMMAND`: writes what a batch engine is handed, and hands nothing in. */
export function runSlurm(command: readonly string[], flags: Common & SlurmOptions): Promise<void> {
  return writeFiles(flags.to, slurmFiles(clusterJob(command, flags), flags), flags);
}

/** `d3pm cluster kubernetes … -- COMMAND` */
export function runKubernetes(command: readonly string[], flags: Common & KubernetesOptions): Promise<void> {
  return writeFiles(flags.to, kubernetesFiles(clusterJob(command, flags), flags), flags);
}
