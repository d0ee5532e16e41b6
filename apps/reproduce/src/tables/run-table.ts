import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { D3pmError, suggestName } from '@d3pm/core';
import { startEngine, type EngineFlags } from '../engine/start-engine.ts';
import { withProgress } from '../progress.ts';
import { notes, printResult } from '../output.ts';
import { provenance } from '../report/provenance.ts';
import { createRunFolder } from '../run-folder.ts';
import { writeFiles } from '../write-files.ts';
import { measureTraining } from '../train/measure-training.ts';
import { dryTable, type DryRow } from './dry-table.ts';
import { rowConfigFiles } from './row-config-files.ts';
import { jobsOf, openQueue, type Job } from './queue.ts';
import { runRow } from './run-row.ts';
import type { Table } from './table.ts';
import { withinTime } from './within-time.ts';
import { ngramBaselines } from './text/ngram-baselines.ts';
import { writeTextReport } from './text/write-text-report.ts';
import { dataScores } from './images/data-scores.ts';
import { writeImageReport } from './images/write-image-report.ts';

export interface TableFlags extends EngineFlags {
  readonly out: string;
  readonly rows?: readonly string[];
  readonly seeds: number;
  /** Ends after so many minutes, when the step or the piece is done. */
  readonly minutes?: number;
  readonly reportOnly: boolean;
  readonly dryRun: boolean;
  /** A folder for the configs of the rows, instead of running them. */
  readonly configs?: string;
}

/** Trains, evaluates and samples the rows of a table one after the other, each where it was left, and writes the report after each. */
export async function runTable(table: Table, flags: TableFlags, command: string): Promise<void> {
  const names = table.rows.map(({ name }) => name);
  const chosen = flags.rows ?? names;
  for (const row of chosen) {
    if (!names.includes(row)) throw new D3pmError('UNKNOWN_NAME', `${table.name}: there is no row "${row}"; ${suggestName(row, names)}`);
  }
  if (flags.dryRun) return dryRun(table, chosen, flags);
  const seeds = Array.from({ length: flags.seeds }, (_, i) => i + 1);
  if (flags.configs !== undefined) {
    return writeFiles(flags.configs, rowConfigFiles(table, jobsOf(chosen, seeds), flags.out), flags);
  }
  if (flags.reportOnly && !existsSync(join(flags.out, 'queue.yaml'))) {
    throw new D3pmError(
      'INVALID_OPTIONS',
      `${table.name}: there is no table in ${flags.out}; give --out the folder of one, or leave --report-only out`,
    );
  }
  const folder = await createRunFolder(flags.out, 'report.md');
  const queue = await openQueue(folder.path, jobsOf(names, seeds), names);
  const report = (): Promise<string> =>
    table.kind === 'text' ? writeTextReport(table, { folder, queue }) : writeImageReport(table, { folder, queue });
  const page = await report(); // what is there and cannot be read is told before any work
  if (!flags.reportOnly) {
    sayMissing(jobsOf(chosen, seeds), { queue, flags });
    const engine = await startEngine(flags);
    const made = provenance(command, seeds.join(', '), engine);
    const end = await withProgress(flags, (progress) =>
      withinTime(flags, async (signals) => {
        const beside = { folder, progress, signal: signals.process };
        await (table.kind === 'text' ? ngramBaselines(table, beside) : dataScores(table, beside));
        for (const { row: name, seed } of queue.filter(({ row }) => chosen.includes(row))) {
          const row = table.rows.find((each) => each.name === name)!;
          const ended = await runRow({ table, row, seed, folder: folder.path, made, engine, progress, say: notes(flags), signals });
          await report();
          if (ended) return ended;
        }
        return undefined;
      }),
    );
    if (end) process.exitCode = end.exitCode;
  }
  printResult(flags, { text: `${page}\n`, value: { report: page } });
}

/** The queue is what runs: rows and seeds that are asked for and not in it are told. */
function sayMissing(asked: readonly Job[], { queue, flags }: { readonly queue: readonly Job[]; readonly flags: TableFlags }): void {
  const missing = asked.filter(({ row, seed }) => !queue.some((job) => job.row === row && job.seed === seed));
  if (missing.length === 0) return;
  notes(flags)(`queue.yaml lacks ${missing.map(({ row, seed }) => `${row} seed ${seed}`).join(', ')}: add lines to run them`);
}

async function dryRun(table: Table, chosen: readonly string[], flags: TableFlags): Promise<void> {
  await startEngine(flags);
  const rows: DryRow[] = [];
  await withProgress(flags, async (progress) => {
    for (const row of table.rows.filter(({ name }) => chosen.includes(name)))
      rows.push({ row: row.name, ...(await measureTraining({ seed: 1, ...row.config }, row.name, progress)) });
  });
  printResult(flags, { text: `${table.title}, size ${table.size}: ${table.dataNote}\n\n${dryTable(rows)}`, value: rows });
}
