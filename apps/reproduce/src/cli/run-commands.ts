import { Option, type Command } from 'commander';
import { estimatorNames, featureNames, groupChoices, heldOutNames, referenceNames, samplerNames } from '../choices.ts';
import type { EvalOptions } from '../shards/eval-job.ts';
import type { ExportFlags } from '../export/run-export.ts';
import { jobFolder } from '../shards/job-folder.ts';
import type { PromptFlags } from '../shards/read-prompt.ts';
import type { JobFlags } from '../shards/run-job.ts';
import type { ScoreFlags } from '../shards/run-score.ts';
import type { SampleOptions } from '../shards/sample-job.ts';
import type { TrainFlags } from '../train/run-train.ts';
import { assignments, command, count, deferred, engine, seed, threads, trustPlugins } from './options.ts';

const sharded = (name: string, description: string, example: string): Command =>
  command(name, description, example)
    .option('--out <folder>', `where shards and result go (default: runs/NAME-${name}, by the name of the folder that it is about)`)
    .option('--shard <i/n>', 'this part alone, i in 0…n−1; auto takes it from Slurm, Kubernetes (auto/n) or MPI; d3pm merge follows')
    .addOption(engine())
    .addOption(threads())
    .addOption(trustPlugins())
    .option('--setup', 'prepare the native engine first, where that takes seconds', false)
    .option('--quiet', 'nothing on standard error but errors', false);

const ofRun = (name: string, description: string, example: string): Command =>
  sharded(name, description, example)
    .argument('<run>', 'a run folder of d3pm train, one of its checkpoints, the folder of a row of a table, or what d3pm export made')
    .option('--batch-size <count>', 'examples at a time; shards are made of whole batches', count, 32)
    .option('--seed <integer>', 'seed of every random number', seed, 1);

/** `--out` may be left out. */
type Typed<Flags extends { readonly out: string }> = Omit<Flags, 'out'> & { readonly out?: string };
type SampleFlags = SampleOptions & Typed<JobFlags>;
type InfillFlags = PromptFlags & SampleFlags;
type EvalFlags = EvalOptions & Typed<JobFlags>;

/** Training, and what is done with a trained run. */
export function runCommands(): readonly Command[] {
  return [
    command(
      'train',
      'Trains what a config says, in a folder of its own; the same command again goes on where it was stopped.',
      'd3pm train text.yaml --out runs/text training.numSteps=2000',
    )
      .argument(
        '<config>',
        'YAML or JSON: seed, data, transition, schedule, model, loss, training, evaluation, saving; or a preset of d3pm config list',
      )
      .argument('[key=value...]', 'fields on top: schedule.numSteps=256 training.learningRate=0.001')
      .option('--out <folder>', 'the run folder: checkpoints, metrics, samples', 'runs/train')
      .option('--set <key=value...>', 'the same: fields on top of the config', assignments, [])
      .option('--dry-run', 'do everything once, keep nothing, and say what the whole would need', false)
      .option('--allow-change', 'go on although the config is another than before', false)
      .addOption(
        new Option('--group <name>', 'processes that train together: those that mpirun has started with this one, or none')
          .choices(groupChoices)
          .default('auto'),
      )
      .option('--group-timeout <seconds>', 'how long one of them may keep the others waiting (default: 1800)', count)
      .addOption(engine())
      .addOption(threads())
      .option('--setup', 'prepare the native engine first, where that takes seconds', false)
      .option('--quiet', 'nothing on standard error but errors', false)
      .action(async (config: string, fields: readonly string[], { set, ...flags }: TrainFlags) => {
        const { runTrain } = await import('../train/run-train.ts');
        return runTrain(config, { ...flags, set: [...set, ...fields] });
      }),
    ofRun('sample', 'Draws samples from a trained run, all at once or in shards.', 'd3pm sample runs/text --count 1000 --shard 2/7')
      .option('--count <count>', 'how many', count, 64)
      .option('--steps <count>', 'steps of the chain (default: all T)', count)
      .addOption(new Option('--sampler <name>', 'how they are drawn').choices(samplerNames).default('ancestral'))
      .action(
        async (
          run: string,
          { count: samples, batchSize, steps, sampler, seed: from, out = jobFolder('sample', run), ...flags }: SampleFlags,
        ) => {
          const { runJob } = await import('../shards/run-job.ts');
          return runJob('sample', run, {
            ...flags,
            out,
            options: { count: samples, batchSize, sampler, seed: from, ...(steps !== undefined && { steps }) },
          });
        },
      ),
    ofRun(
      'infill',
      'Samples of which a part is given: a text with gaps, some states, or a held-out example with a hole.',
      "d3pm infill runs/text --text 'call me ______ some years ago' --count 4",
    )
      .option('--text <text>', 'what is known of a text: _ for each position (character or piece) that is free, and all after its end')
      .option('--states <list>', 'what is known, as numbers: 3 ? 5, with ? for any')
      .option('--example <number>', 'a held-out example, of which --hole is free', seed)
      .option('--hole <place>', 'top,left,height,width of an image; from,length of anything else')
      .option('--count <count>', 'how many', count, 8)
      .option('--steps <count>', 'steps of the chain (default: all T)', count)
      .addOption(new Option('--sampler <name>', 'how they are drawn').choices(samplerNames).default('ancestral'))
      .action(
        async (
          run: string,
          {
            count: samples,
            batchSize,
            steps,
            sampler,
            seed: from,
            text,
            states,
            example,
            hole,
            out = jobFolder('infill', run),
            ...flags
          }: InfillFlags,
        ) => {
          const { runInfill } = await import('../shards/run-infill.ts');
          return runInfill(run, {
            ...flags,
            out,
            prompt: {
              ...(text !== undefined && { text }),
              ...(states !== undefined && { states }),
              ...(example !== undefined && { example }),
              ...(hole !== undefined && { hole }),
            },
            options: { count: samples, batchSize, sampler, seed: from, ...(steps !== undefined && { steps }) },
          });
        },
      ),
    ofRun('eval', 'The likelihood bound of a trained run on held-out data, all at once or in shards.', 'd3pm eval runs/text --steps 256')
      .addOption(
        new Option('--split <name>', 'the held-out examples: test, for the end, or valid, to choose by (default: test)').choices(
          heldOutNames,
        ),
      )
      .option('--examples <count>', 'at most so many, evenly spaced (default: all)', count)
      .option('--steps <count>', 'steps of the chain (default: all T)', count)
      .addOption(
        new Option('--estimate <name>', 'how the sum over steps is taken (default: exact-count for a mask, else stratified)').choices(
          estimatorNames,
        ),
      )
      .option('--replicates <count>', 'independent repetitions, of which two tell the Monte-Carlo error', count, 2)
      .option('--steps-per-example <count>', 'of a stratified estimate', count, 4)
      .action(
        async (
          run: string,
          {
            split,
            examples,
            batchSize,
            steps,
            estimate,
            replicates,
            stepsPerExample,
            seed: from,
            out = jobFolder('eval', run),
            ...flags
          }: EvalFlags,
        ) => {
          const { runJob } = await import('../shards/run-job.ts');
          return runJob('eval', run, {
            ...flags,
            out,
            options: {
              batchSize,
              replicates,
              stepsPerExample,
              seed: from,
              ...(split !== undefined && { split }),
              ...(examples !== undefined && { examples }),
              ...(steps !== undefined && { steps }),
              ...(estimate !== undefined && { estimate }),
            },
          });
        },
      ),
    sharded(
      'score',
      'FID, KID and IS of the samples of d3pm sample against data of their run, all at once or in shards.',
      'd3pm score runs/digits-sample --features digits',
    )
      .argument('<samples>', 'the folder of d3pm sample, its shards merged')
      .addOption(
        new Option('--features <name>', 'the network that measures them, whose name a score bears')
          .choices(featureNames)
          .makeOptionMandatory(),
      )
      .option('--inception <file>', 'weights of the network of the customary FID, safetensors')
      .addOption(
        new Option(
          '--against <split>',
          'what they are compared with: held-out examples, or those of training, not mirrored, as in the paper',
        )
          .choices(referenceNames)
          .default('test'),
      )
      .option('--examples <count>', 'examples of that split, evenly spaced', count, 10_000)
      .action(async (samples: string, { out = jobFolder('score', samples), ...flags }: Typed<ScoreFlags>) => {
        const { runScore } = await import('../shards/run-score.ts');
        return runScore(samples, { ...flags, out });
      }),
    command(
      'export',
      'What of a run is given to others: its weights, a model card, curves, samples and what to cite.',
      'd3pm export runs/text --license mit',
    )
      .argument('<run>', 'a run folder of d3pm train, or the folder of a row of a table')
      .option('--out <folder>', 'a new folder (default: runs/NAME-export, by the name of the run)')
      .addOption(trustPlugins())
      .option('--license <name>', 'of the weights, as the hub names it: mit, cc-by-4.0 (default: none is said)')
      .option('--quiet', 'nothing on standard error but errors', false)
      .action(async (run: string, { out = jobFolder('export', run), ...flags }: Typed<ExportFlags>) => {
        const { runExport } = await import('../export/run-export.ts');
        return runExport(run, { ...flags, out });
      }),
    command(
      'merge',
      'Makes the result of the shards of d3pm sample, eval or score, once they are all there.',
      'd3pm merge runs/text-sample',
    )
      .argument('<folder...>', 'what --out named when they were made')
      .option('--out <folder>', 'where the result goes (default: the first folder)')
      .addOption(trustPlugins())
      .option('--quiet', 'nothing on standard error but errors', false)
      .action(deferred(async () => (await import('../shards/run-job.ts')).runMerge)),
  ];
}
