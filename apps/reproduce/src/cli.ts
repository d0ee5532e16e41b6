#!/usr/bin/env node
import { createRequire } from 'node:module';
import { isD3pmError } from '@d3pm/core';
import { knownDownloads } from '@d3pm/data/node';
import { engineNames } from '@d3pm/engine';
import { Argument, Command, InvalidArgumentError, Option, type CommanderError } from 'commander';
import { runFetch } from './data/run-fetch.ts';
import { runProbe } from './doctor/probe-engine.ts';
import { runDoctor } from './doctor/run-doctor.ts';
import { runSetup } from './engine/run-setup.ts';
import { runFigure1 } from './experiments/run-figure-1.ts';
import { runInspect } from './experiments/run-inspect.ts';
import { runQuickstart } from './experiments/run-quickstart.ts';
import { estimatorNames, type EvalOptions } from './shards/eval-job.ts';
import { runJob, runMerge, type JobFlags } from './shards/run-job.ts';
import { samplerNames, type SampleOptions } from './shards/sample-job.ts';
import { table3DataSets } from './tables/images/table-3.ts';
import { runPaperTable, type PaperTableFlags } from './tables/run-paper-table.ts';
import { table1DataSets } from './tables/text/table-1.ts';
import { table2DataSets } from './tables/text/table-2.ts';
import { tableSizes } from './tables/table.ts';
import { groupChoices } from './train/open-group.ts';
import { runTrain } from './train/run-train.ts';

const { version } = createRequire(import.meta.url)('../package.json') as { version: string };

const seed = (text: string): number => {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new InvalidArgumentError('expected an integer of 0 or more.');
  return value;
};

const count = (text: string): number => {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new InvalidArgumentError('expected an integer of 1 or more.');
  return value;
};

/** 2 for a command line that is wrong, so that a script can tell it from a run that failed. */
const exitWith = ({ exitCode }: CommanderError): never => process.exit(exitCode === 0 ? 0 : 2);

const command = (name: string, description: string, example: string): Command =>
  new Command(name)
    .exitOverride(exitWith)
    .showHelpAfterError('(add --help for all options and an example)')
    .description(description)
    .addHelpText('after', `\nExample:\n  $ ${example}`);

const threads = (): Option => new Option('--threads <count>', 'threads of the engine (default: the number of cores)').argParser(count);
const engine = (): Option => new Option('--engine <name>', 'what computes').choices(['auto', ...engineNames]).default('auto');

const experiment = (name: string, description: string, example: string): Command =>
  command(name, description, example)
    .option('--out <folder>', 'where the results go', `runs/${name}`)
    .option('--seed <integer>', 'seed of every random number of the run', seed, 1)
    .addOption(engine())
    .addOption(threads())
    .option('--setup', 'prepare the native engine first, where that takes seconds', false)
    .option('--smoke', 'run everything in seconds, on next to nothing; the numbers mean nothing', false)
    .option('--quiet', 'no progress on standard error', false);

interface TableCommand {
  readonly data: readonly string[];
  readonly example: string;
  readonly out?: string;
}

const table = (name: string, description: string, { data, example, out = `runs/${name}` }: TableCommand): Command =>
  command(name, description, example)
    .addOption(
      new Option('--data <name>', 'the stand-in, or the data of the paper as `d3pm fetch` keeps it (default: the stand-in)').choices(data),
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
    .option('--report-only', 'write the report of what is there, and compute nothing', false)
    .option('--out <folder>', 'where queue, runs and report are', out)
    .addOption(engine())
    .addOption(threads())
    .option('--setup', 'prepare the native engine first, where that takes seconds', false)
    .option('--quiet', 'nothing on standard error but errors', false);

const job = (name: string, description: string, example: string): Command =>
  command(name, description, example)
    .argument('<run>', 'the run folder of d3pm train, or one of its checkpoints')
    .option('--out <folder>', 'where shards and result go', `runs/${name}`)
    .option('--batch-size <count>', 'examples at a time; shards are made of whole batches', count, 32)
    .option('--seed <integer>', 'seed of every random number', seed, 1)
    .option('--shard <i/n>', 'this part alone, i in 0…n−1; auto takes it from Slurm, Kubernetes (auto/n) or MPI; d3pm merge follows')
    .addOption(engine())
    .addOption(threads())
    .option('--setup', 'prepare the native engine first, where that takes seconds', false)
    .option('--quiet', 'nothing on standard error but errors', false);

type SampleFlags = JobFlags & SampleOptions;
type EvalFlags = EvalOptions & JobFlags;

const program = new Command('d3pm')
  .exitOverride(exitWith)
  .description('Structured denoising diffusion models in discrete state-spaces: the experiments.')
  .version(version)
  .showHelpAfterError('(add --help for all options and an example)')
  .addCommand(
    experiment(
      'quickstart',
      'Figure 1 of the paper, then a D3PM trained on a real book: a few minutes.',
      'd3pm quickstart --out runs/first',
    ).action(runQuickstart),
  )
  .addCommand(
    experiment(
      'figure-1',
      'Forward processes, their matrices and a learned reverse process on a swiss roll.',
      'd3pm figure-1 --seed 7',
    ).action(runFigure1),
  )
  .addCommand(
    command(
      'train',
      'Trains what a config says, in a folder of its own; the same command again goes on where it was stopped.',
      'd3pm train text.yaml --out runs/text --set training.numSteps=2000',
    )
      .argument('<config>', 'YAML or JSON: seed, data, transition, schedule, model, loss, training, evaluation, saving')
      .option('--out <folder>', 'the run folder: checkpoints, metrics, samples', 'runs/train')
      .option('--set <key=value...>', 'fields of the config: training.learningRate=0.001', [])
      .option('--allow-change', 'go on although the config is another than before', false)
      .addOption(
        new Option('--group <name>', 'processes that train together: those that mpirun has started with this one, or none')
          .choices(groupChoices)
          .default('auto'),
      )
      .addOption(engine())
      .addOption(threads())
      .option('--setup', 'prepare the native engine first, where that takes seconds', false)
      .option('--quiet', 'nothing on standard error but errors', false)
      .action(runTrain),
  )
  .addCommand(
    job('sample', 'Draws samples from a trained run, all at once or in shards.', 'd3pm sample runs/text --count 1000 --shard 2/7')
      .option('--count <count>', 'how many', count, 64)
      .option('--steps <count>', 'steps of the chain (default: all T)', count)
      .addOption(new Option('--sampler <name>', 'how they are drawn').choices(samplerNames).default('ancestral'))
      .action((run: string, { count: samples, batchSize, steps, sampler, seed: from, ...flags }: SampleFlags) =>
        runJob('sample', run, {
          ...flags,
          options: { count: samples, batchSize, sampler, seed: from, ...(steps !== undefined && { steps }) },
        }),
      ),
  )
  .addCommand(
    job('eval', 'The likelihood bound of a trained run on held-out data, all at once or in shards.', 'd3pm eval runs/text --steps 256')
      .option('--examples <count>', 'at most so many, evenly spaced (default: all)', count)
      .option('--steps <count>', 'steps of the chain (default: all T)', count)
      .addOption(
        new Option('--estimate <name>', 'how the sum over steps is taken (default: exact-count for a mask, else stratified)').choices(
          estimatorNames,
        ),
      )
      .option('--replicates <count>', 'independent repetitions, of which two tell the Monte-Carlo error', count, 2)
      .option('--steps-per-example <count>', 'of a stratified estimate', count, 4)
      .action((run: string, { examples, batchSize, steps, estimate, replicates, stepsPerExample, seed: from, ...flags }: EvalFlags) =>
        runJob('eval', run, {
          ...flags,
          options: {
            batchSize,
            replicates,
            stepsPerExample,
            seed: from,
            ...(examples !== undefined && { examples }),
            ...(steps !== undefined && { steps }),
            ...(estimate !== undefined && { estimate }),
          },
        }),
      ),
  )
  .addCommand(
    command('merge', 'Makes the result of the shards of d3pm sample or d3pm eval, once they are all there.', 'd3pm merge runs/samples')
      .argument('<folder...>', 'what --out named when they were made')
      .option('--out <folder>', 'where the result goes (default: the first folder)')
      .option('--quiet', 'nothing on standard error but errors', false)
      .action((folders: readonly string[], flags: { readonly out?: string; readonly quiet: boolean }) => runMerge(folders, flags)),
  )
  .addCommand(
    table(
      'table-1',
      'Characters, Table 1: trains, evaluates and samples every row, in as many sittings as you like; the same command goes on.',
      { data: table1DataSets, example: 'd3pm table-1 --rows absorbing uniform --seeds 2 --minutes 60' },
    ).action((flags: PaperTableFlags) => runPaperTable('table-1', flags)),
  )
  .addCommand(
    table('table-2', 'Word pieces, Table 2 and Figure 2: perplexity per word of every row at 1000 to 10 steps.', {
      data: table2DataSets,
      example: 'd3pm table-2 --rows absorbing',
    }).action((flags: PaperTableFlags) => runPaperTable('table-2', flags)),
  )
  .addCommand(
    table('figure-2', 'Perplexity against steps, new sentences and completions of the absorbing model of Table 2.', {
      data: table2DataSets,
      example: 'd3pm figure-2 --out runs/table-2',
      out: 'runs/table-2',
    }).action((flags: PaperTableFlags) => runPaperTable('figure-2', flags)),
  )
  .addCommand(
    table('table-3', 'Images, Table 3: bounds, scores of samples and pictures of every row.', {
      data: table3DataSets,
      example: 'd3pm table-3 --data digits --rows gauss-logistic',
    })
      .option('--inception <file>', 'score samples by the network of the customary FID as well: its weights, safetensors')
      .option('--nsfw', 'score the first and the last row by the Inception of npm nsfwjs as well, once that is installed')
      .action((flags: PaperTableFlags) => runPaperTable('table-3', flags)),
  )
  .addCommand(
    table('figure-3', 'Images while they are sampled, by the absorbing and the Gauss + logistic model of Table 3.', {
      data: table3DataSets,
      example: 'd3pm figure-3 --out runs/table-3',
      out: 'runs/table-3',
    }).action((flags: PaperTableFlags) => runPaperTable('figure-3', flags)),
  )
  .addCommand(
    command(
      'inspect',
      'What a schedule does to a family of Q_t: noise, I(x_t; x_0) and KL to the prior against t.',
      'd3pm inspect --transition uniform --schedule cosine --states 27 --steps 1000 --out cosine.png',
    )
      .requiredOption('--transition <name>', 'family, as uniform, absorbing or discretized-gaussian')
      .requiredOption('--schedule <name>', 'schedule, as cosine, linear or mutual-information')
      .option('--states <count>', 'K (default: the 27 characters of text8, and a mask where the family has one)', count)
      .option('--steps <count>', 'T', count, 1000)
      .option('--set <key=value...>', 'options of either: transition.maskState=3 schedule.start=0.02; @file for JSON in a file', [])
      .option('--text <file>', 'text whose characters give the law of x_0 (default: uniform)')
      .option('--out <file>', 'where the picture goes', 'inspect.png')
      .action(runInspect),
  )
  .addCommand(
    command('fetch', 'Fetches a data set of the paper once for this user; goes on where a download broke off.', 'd3pm fetch text8')
      .addArgument(new Argument('<name>', 'the data set').choices(Object.keys(knownDownloads)))
      .option('--from-file <file>', 'a copy that you have: it is checked, and used where it is')
      .option('--offline', 'make no connection: what is there, or an error that says where to place it', false)
      .option('--folder <folder>', 'where it is kept (default: $D3PM_CACHE/data, else the cache folder of the user)')
      .option('--quiet', 'nothing on standard error but errors', false)
      .action(runFetch),
  )
  .addCommand(
    command(
      'setup',
      'Prepares the native engine (TensorFlow) once for this user: 640 MB in the cache folder, 3.5 GB for cards.',
      'd3pm setup --no-gpu',
    )
      .option('--gpu', 'the variant for NVIDIA cards (default: where there is a card that it can use, and room for it)')
      .option('--no-gpu', 'the variant for the processor')
      .option('--cache <folder>', 'where it is kept (default: $D3PM_CACHE, else the cache folder of the user)')
      .option('--quiet', 'no progress on standard error', false)
      .action(runSetup),
  )
  .addCommand(
    command(
      'doctor',
      'What this machine has to compute with, how fast it is, and what to do about what is missing.',
      'd3pm doctor --json > doctor.json',
    )
      .addOption(threads())
      .option('--json', 'for a program to read', false)
      .action(runDoctor),
  )
  .addCommand(
    command('probe', 'Tries one engine: what doctor runs for each.', 'd3pm probe --engine wasm')
      .addOption(engine())
      .addOption(threads())
      .action(runProbe),
    { hidden: true },
  );

program.parseAsync().catch((error: unknown) => {
  process.stderr.write(
    isD3pmError(error) ? `error ${error.code}: ${error.message}\n` : `${error instanceof Error ? error.stack : String(error)}\n`,
  );
  process.exitCode = isD3pmError(error) && error.code === 'CONFIG_CHANGED' ? 2 : 1;
});
