import type { Command } from 'commander';
import { command, count, deferred, group, seed } from './options.ts';

const clusterOf = (name: string, description: string, example: string): Command =>
  command(name, description, example)
    .argument('<command...>', 'after --, as on one machine: train, sample, eval or score with its options')
    .option('--shards <count>', 'parts of sample, eval or score', count)
    .option('--ranks <count>', 'processes that train together', count)
    .option('--cpus <count>', 'of a process', count, 4)
    .option('--gpus <count>', 'of a process', seed, 0)
    .option('--memory <size>', 'of a process', '8Gi')
    .option('--program <name>', 'how the cluster calls d3pm', 'd3pm')
    .option('--name <name>', 'of the job (default: d3pm-COMMAND)')
    .option('--to <folder>', 'where the files go', 'jobs');

/** What writes files for batch engines. */
export function clusterCommands(): readonly Command[] {
  return [
    group('cluster')
      .description('Writes the files with which a batch engine runs d3pm train, sample, eval or score on many processes; hands nothing in.')
      .addCommand(
        clusterOf(
          'slurm',
          'Batch scripts for Slurm: a job of ranks, or an array of shards and what merges them.',
          'd3pm cluster slurm --shards 7 -- sample runs/text --count 10000',
        )
          .option('--time <time>', 'as Slurm writes it', '24:00:00')
          .option('--partition <name>', 'as Slurm knows it (default: its own)')
          .option('--mpi <name>', 'what srun --mpi is given: pmix for Open MPI, pmi2 for MPICH', 'pmix')
          .action(deferred(async () => (await import('../cluster/run-cluster.ts')).runSlurm)),
      )
      .addCommand(
        clusterOf(
          'kubernetes',
          'Manifests for Kubernetes: an Indexed Job of shards and what merges them, or an MPIJob of the MPI operator.',
          'd3pm cluster kubernetes --image site/d3pm --claim work --ranks 4 -- train text.yaml --out runs/text',
        )
          .requiredOption('--image <name>', 'has Node and d3pm; for train also MPI and an SSH server')
          .requiredOption('--claim <name>', 'volume claim that all pods write to; the command is run in its root')
          .option('--namespace <name>', 'where (default: that of kubectl)')
          .action(deferred(async () => (await import('../cluster/run-cluster.ts')).runKubernetes)),
      ),
  ];
}
