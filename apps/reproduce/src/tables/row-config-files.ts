import { join } from 'node:path';
import { stringify } from 'yaml';
import type { TrainConfig } from '../config/train-config.ts';
import type { Job } from './queue.ts';
import { rowFolder } from './row-pieces.ts';
import type { Table } from './table.ts';

/**
 * What rows are trained by, as configs of `d3pm train` by file name: a row may then be trained by any number of processes, and the table in `out` goes
 * on from it.
 */
export function rowConfigFiles(table: Table, jobs: readonly Job[], out: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    jobs.map((job) => {
      const { title, config } = table.rows.find(({ name }) => name === job.row)!;
      const whole: TrainConfig = { seed: job.seed, ...config };
      const run = join(rowFolder(out, job), 'run');
      return [
        `${job.row}-seed-${job.seed}.yaml`,
        `# ${table.title}. ${title}. Trained with --out ${run}, it is the row of ${out}.\n${stringify(whole)}`,
      ];
    }),
  );
}
