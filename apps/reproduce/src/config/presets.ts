import { D3pmError, nearestName } from '@d3pm/core';
import { table1DataSets, table2DataSets, table3DataSets } from '../choices.ts';
import { table3 } from '../tables/images/table-3.ts';
import type { Published, Table, TableRow } from '../tables/table.ts';
import { table1 } from '../tables/text/table-1.ts';
import { table2 } from '../tables/text/table-2.ts';
import type { TrainConfig } from './train-config.ts';

/** A config that comes with the program: a row of a table of the paper, on its data or on a stand-in. */
export interface Preset {
  /** `text8/absorbing`: the data and the row. */
  readonly name: string;
  readonly title: string;
  /** All but the seed. */
  readonly config: Omit<TrainConfig, 'seed'>;
  /** The paper's numbers by steps of the chain, where the row is the paper's and its data too. */
  readonly published: Readonly<Record<number, Published>>;
  readonly unit: Table['unit'];
}

/** What the paper trained on is at the size of the paper, and everything else trains in minutes. */
const OF_THE_PAPER: readonly string[] = ['text8', 'lm1b', 'cifar10'];

const tables = {
  text: { make: table1, data: table1DataSets },
  pieces: { make: table2, data: table2DataSets },
  images: { make: table3, data: table3DataSets },
} as const;

/** All presets, those of a table together. */
export function presets(): readonly Preset[] {
  return Object.values(tables).flatMap(({ make, data }) =>
    data.flatMap((name) => {
      const isOfThePaper = OF_THE_PAPER.includes(name);
      const { rows, unit } = make({ size: isOfThePaper ? 'paper' : 'small', data: name });
      return rows.map((row) => presetOf(row, { data: name, isOfThePaper, unit }));
    }),
  );
}

/** @throws {D3pmError} `UNKNOWN_NAME` with the nearest name. */
export function findPreset(name: string): Preset {
  const all = presets();
  const preset = all.find((each) => each.name === name);
  if (preset) return preset;
  const near = nearestName(
    name,
    all.map((each) => each.name),
  );
  throw new D3pmError(
    'UNKNOWN_NAME',
    `no preset or file is named "${name}"; ${near === undefined ? '' : `did you mean "${near}"? `}d3pm config list shows the presets`,
  );
}

interface PresetOf extends Pick<Preset, 'unit'> {
  readonly data: string;
  readonly isOfThePaper: boolean;
}

function presetOf({ name, title, config, published }: TableRow, { data, isOfThePaper, unit }: PresetOf): Preset {
  return { name: `${data}/${name}`, title, config, published: isOfThePaper ? published : {}, unit };
}
