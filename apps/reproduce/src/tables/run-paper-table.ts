import { D3pmError } from '@d3pm/core';
import { runTable, type TableFlags } from './run-table.ts';
import type { Table, TableSize } from './table.ts';
import { table1 } from './table-1.ts';
import { table2 } from './table-2.ts';

export interface TextTableFlags extends TableFlags {
  readonly size: TableSize;
  readonly smoke: boolean;
  /** Absent: the stand-in, and the data of the paper at the size of the paper. */
  readonly data?: string;
}

interface TextTable {
  readonly make: (options: { readonly size: TableSize; readonly data: string }) => Table;
  readonly standIn: string;
  readonly ofThePaper: string;
  /** The rows that are run where none are asked for. */
  readonly rows?: readonly string[];
}

const tables: Readonly<Record<'figure-2' | 'table-1' | 'table-2', TextTable>> = {
  'table-1': { make: table1, standIn: 'sotu', ofThePaper: 'text8' },
  'table-2': { make: table2, standIn: 'sotu-pieces', ofThePaper: 'lm1b' },
  // Of the absorbing model: its perplexity against its steps, new sentences, and completions.
  'figure-2': { make: table2, standIn: 'sotu-pieces', ofThePaper: 'lm1b', rows: ['absorbing'] },
};

/** `d3pm table-1`, `d3pm table-2` and `d3pm figure-2`, which goes on in the folder of Table 2. */
export async function runTextTable(name: keyof typeof tables, flags: TextTableFlags): Promise<void> {
  if (flags.smoke && flags.size !== 'small') {
    throw new D3pmError('INVALID_OPTIONS', `${name}: --smoke and --size ${flags.size} are two sizes; leave one of them out`);
  }
  const { make, standIn, ofThePaper, rows } = tables[name];
  const size = flags.smoke ? 'smoke' : flags.size;
  const { data = size === 'paper' ? ofThePaper : standIn } = flags;
  const sized = flags.smoke ? '--smoke' : `--size ${size}`;
  const command = `d3pm ${name} --data ${data} ${sized} --seeds ${flags.seeds} --engine ${flags.engine}`;
  await runTable(make({ size, data }), { ...(rows && { rows }), ...flags }, command);
}
