import { D3pmError } from '@d3pm/core';
import type { TableSize } from '../choices.ts';
import { readWeightsFile, type WeightsFile } from '../features/weights-file.ts';
import { runTable, type TableFlags } from './run-table.ts';
import type { Table } from './table.ts';
import { FIGURE_3_ROWS, table3 } from './images/table-3.ts';
import { table1 } from './text/table-1.ts';
import { table2 } from './text/table-2.ts';

export interface PaperTableFlags extends TableFlags {
  readonly size: TableSize;
  readonly smoke: boolean;
  /** Absent: the stand-in, and the data of the paper at the size of the paper. */
  readonly data?: string;
  /** Of Table 3: a file of weights. */
  readonly inception?: string;
  readonly nsfw?: boolean;
}

interface PaperTable {
  readonly make: (options: {
    readonly size: TableSize;
    readonly data: string;
    readonly inception?: WeightsFile | undefined;
    readonly nsfw?: boolean | undefined;
  }) => Table;
  readonly standIn: string;
  readonly ofThePaper: string;
  /** The rows that are run where none are asked for. */
  readonly rows?: readonly string[];
}

export type PaperTableName = 'figure-2' | 'figure-3' | 'table-1' | 'table-2' | 'table-3';

const tables: Readonly<Record<PaperTableName, PaperTable>> = {
  'table-1': { make: table1, standIn: 'sotu', ofThePaper: 'text8' },
  'table-2': { make: table2, standIn: 'sotu-pieces', ofThePaper: 'lm1b' },
  // Of the absorbing model: its perplexity against its steps, new sentences, and completions.
  'figure-2': { make: table2, standIn: 'sotu-pieces', ofThePaper: 'lm1b', rows: ['absorbing'] },
  'table-3': { make: table3, standIn: 'fashion-mnist', ofThePaper: 'cifar10' },
  // What is seen of the two while they sample.
  'figure-3': { make: table3, standIn: 'fashion-mnist', ofThePaper: 'cifar10', rows: FIGURE_3_ROWS },
};

/** `d3pm table-1`, `table-2` and `table-3`, and `figure-2` and `figure-3`, which go on in the folder of their table. */
export async function runPaperTable(name: PaperTableName, flags: PaperTableFlags): Promise<void> {
  if (flags.smoke && flags.size !== 'small') {
    throw new D3pmError('INVALID_OPTIONS', `${name}: --smoke and --size ${flags.size} are two sizes; leave one of them out`);
  }
  const { make, standIn, ofThePaper, rows } = tables[name];
  const size = flags.smoke ? 'smoke' : flags.size;
  const { data = size === 'paper' ? ofThePaper : standIn } = flags;
  const sized = flags.smoke ? '--smoke' : `--size ${size}`;
  const scored = `${flags.inception === undefined ? '' : ' --inception FILE'}${flags.nsfw ? ' --nsfw' : ''}`;
  const command = `d3pm ${name} --data ${data} ${sized} --seeds ${flags.seeds} --engine ${flags.engine}${scored}`;
  const inception = flags.inception === undefined ? undefined : await weightsOf(flags.inception);
  await runTable(make({ size, data, inception, nsfw: flags.nsfw }), { ...(rows && { rows }), ...flags }, command);
}

async function weightsOf(path: string): Promise<WeightsFile> {
  const { file, checksum } = await readWeightsFile(path);
  return { file, checksum };
}
