import { D3pmError } from '@d3pm/core';
import { runTable, type TableFlags } from './run-table.ts';
import type { TableSize } from './table.ts';
import { table1 } from './table-1.ts';

export interface Table1Flags extends TableFlags {
  readonly size: TableSize;
  readonly smoke: boolean;
  /** Absent: the stand-in, and text8 at the size of the paper. */
  readonly data?: string;
}

/** `d3pm table-1`: characters. */
export async function runTable1(flags: Table1Flags): Promise<void> {
  if (flags.smoke && flags.size !== 'small') {
    throw new D3pmError('INVALID_OPTIONS', `table-1: --smoke and --size ${flags.size} are two sizes; leave one of them out`);
  }
  const size = flags.smoke ? 'smoke' : flags.size;
  const { data = size === 'paper' ? 'text8' : 'sotu' } = flags;
  const table = table1({ size, data });
  const command = [
    'd3pm table-1',
    `--data ${data}`,
    flags.smoke ? '--smoke' : `--size ${size}`,
    `--seeds ${flags.seeds}`,
    `--engine ${flags.engine}`,
  ];
  await runTable(table, flags, command.join(' '));
}
