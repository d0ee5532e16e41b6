import { D3pmError, suggestName } from '@d3pm/core';
import type { EndOfProcess } from '@d3pm/train/node';
import { startEngine, type EngineFlags } from '../engine/start-engine.ts';
import { createProgress } from '../progress.ts';
import { createRunFolder } from '../run-folder.ts';
import { watchWork } from '../train/watch-work.ts';
import { dryRow, dryTable, type DryRow } from './dry-run.ts';
import { ngramBaselines } from './ngram-baselines.ts';
import { jobsOf, openQueue } from './queue.ts';
import { runRow } from './run-row.ts';
import type { Table } from './table.ts';
import { writeTableReport } from './write-table-report.ts';

export interface TableFlags extends EngineFlags {
  readonly out: string;
  readonly rows?: readonly string[];
  readonly seeds: number;
  /** Ends after so many minutes, at the end of a step or a piece. */
  readonly minutes?: number;
  readonly reportOnly: boolean;
  readonly dryRun: boolean;
}

/** Trains, evaluates and samples the rows of a table one after the other, each where it was left, and writes the report after each. */
export async function runTable(table: Table, flags: TableFlags, command: string): Promise<void> {
  const names = table.rows.map(({ name }) => name);
  const chosen = flags.rows ?? names;
  for (const row of chosen) {
    if (!names.includes(row)) throw new D3pmError('UNKNOWN_NAME', `${table.name}: there is no row "${row}"; ${suggestName(row, names)}`);
  }
  if (flags.dryRun) return dryRun(table, chosen, flags);
  const folder = await createRunFolder(flags.out);
  const seeds = Array.from({ length: flags.seeds }, (_, i) => i + 1);
  const queue = await openQueue(folder.path, jobsOf(names, seeds), names);
  const report = (): Promise<string> => writeTableReport(table, { folder, queue, command });
  if (!flags.reportOnly) {
    const engine = await startEngine(flags);
    const progress = createProgress({ quiet: flags.quiet });
    await ngramBaselines(table, { folder, progress });
    const end = await withinTime(flags, async (signal) => {
      for (const { row: name, seed } of queue.filter(({ row }) => chosen.includes(row))) {
        const row = table.rows.find((each) => each.name === name)!;
        const ended = await runRow({
          table,
          row,
          seed,
          folder: folder.path,
          command,
          engine,
          progress,
          quiet: flags.quiet,
          signal,
        });
        await report();
        if (ended) return ended;
      }
      return undefined;
    });
    if (end) process.exitCode = end.exitCode;
  }
  process.stdout.write(`${await report()}\n`);
}

async function dryRun(table: Table, chosen: readonly string[], flags: TableFlags): Promise<void> {
  await startEngine(flags);
  const progress = createProgress({ quiet: flags.quiet });
  const rows: DryRow[] = [];
  for (const row of table.rows.filter(({ name }) => chosen.includes(name))) rows.push(await dryRow(row, progress));
  process.stdout.write(dryTable(table, rows));
}

/** The work until it is done, the process is asked to end, or its time is up, which is an end in order as well. */
async function withinTime(
  { minutes, quiet }: Pick<TableFlags, 'minutes' | 'quiet'>,
  work: (signal: AbortSignal) => Promise<EndOfProcess | undefined>,
): Promise<EndOfProcess | undefined> {
  const watch = watchWork({ quiet });
  const time = new AbortController();
  const end: EndOfProcess = { exitCode: 0 };
  const timer = minutes === undefined ? undefined : setTimeout(() => time.abort(end), minutes * 60_000);
  const signal = AbortSignal.any([watch.signal, time.signal]);
  try {
    return await work(signal);
  } catch (error) {
    if (signal.aborted && error === signal.reason) return error as EndOfProcess;
    throw error;
  } finally {
    clearTimeout(timer);
    watch.dispose();
  }
}
