import { Option, type Command } from 'commander';
import { table1DataSets, table2DataSets, table3DataSets, tableSizes } from '../choices.ts';
import type { PaperTableFlags, PaperTableName } from '../tables/run-paper-table.ts';
import { command, count, engine, threads } from './options.ts';

interface TableCommand {
  readonly data: readonly string[];
  readonly example: string;
  readonly out?: string;
}

const table = (name: string, description: string, { data, example, out = `runs/${name}` }: TableCommand): Command =>
  command(name, description, example)
    .addOption(
      new Option('--data <name>', 'the stand-in, or the data of the paper as `d3pm download` keeps it (default: the stand-in)').choices(
        data,
      ),
    )
    .option('--rows <name...>', 'only these rows (default: all)')
    .option('--seeds <count>', 'seeds 1, 2, … of each row', count, 2)
    .addOption(
      new Option('--size <name>', 'of models and runs: minutes, or as in the paper')
        .choices(tableSizes.filter((size) => size !== 'smoke'))
        .default('small'),
    )
    .option('--smoke', 'every row in seconds, on next to nothing; the numbers mean nothing', false)
    .option('--minutes <count>', 'end in order after so many minutes; the same command goes on', count)
    .option('--dry-run', 'one update and one example of each row, and what the whole would need', false)
    .option('--configs <folder>', 'write what each row is trained by there, for d3pm train and d3pm cluster, and compute nothing')
    .option('--report-only', 'write the report of what is there, and compute nothing', false)
    .option('--out <folder>', 'where queue, runs and report are', out)
    .addOption(engine())
    .addOption(threads())
    .option('--setup', 'prepare the native engine first, where that takes seconds', false)
    .option('--quiet', 'nothing on standard error but errors', false);

/** What makes a table or figure, loaded when it is asked for. */
const making =
  (name: PaperTableName) =>
  async (flags: PaperTableFlags): Promise<void> =>
    (await import('../tables/run-paper-table.ts')).runPaperTable(name, flags);

/** Tables and figures of the paper, in many sittings. */
export function tableCommands(): readonly Command[] {
  return [
    table(
      'table-1',
      'Characters, Table 1: trains, evaluates and samples every row, in as many sittings as you like; the same command goes on.',
      { data: table1DataSets, example: 'd3pm table-1 --rows absorbing uniform --seeds 2 --minutes 60' },
    ).action(making('table-1')),
    table('table-2', 'Word pieces, Table 2 and Figure 2: perplexity per word of every row at 1000 to 10 steps.', {
      data: table2DataSets,
      example: 'd3pm table-2 --rows absorbing',
    }).action(making('table-2')),
    table('figure-2', 'Perplexity against steps, new sentences and completions of the absorbing model of Table 2.', {
      data: table2DataSets,
      example: 'd3pm figure-2 --out runs/table-2',
      out: 'runs/table-2',
    }).action(making('figure-2')),
    table('table-3', 'Images, Table 3: bounds, scores of samples and pictures of every row.', {
      data: table3DataSets,
      example: 'd3pm table-3 --data digits --rows gauss-logistic',
    })
      .option('--inception <file>', 'score samples by the network of the customary FID as well: its weights, safetensors')
      .option('--nsfw', 'score the first and the last row by the Inception of npm nsfwjs as well, once that is installed')
      .action(making('table-3')),
    table('figure-3', 'Images while they are sampled, by the absorbing and the Gauss + logistic model of Table 3.', {
      data: table3DataSets,
      example: 'd3pm figure-3 --out runs/table-3',
      out: 'runs/table-3',
    }).action(making('figure-3')),
  ];
}
