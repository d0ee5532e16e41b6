import { assertInteger, assertOptionNames, D3pmError, type Prediction, type Rng, type TrainableDenoiser } from '@d3pm/core';
import { trainOptionNames, type TrainOptions } from '../../train-options.ts';
import type { FileSystem } from '../checkpoint/file-system.ts';
import { jsonProblem, type JsonObject } from '../checkpoint/json-value.ts';

/** What an evaluation is given. */
export interface EvaluationContext<P extends Prediction = Prediction> {
  readonly step: number;
  /** With the parameters of this step: the moving average where one is kept. */
  readonly model: TrainableDenoiser<P>;
  /** The same at every evaluation, so that two pictures differ by the model alone. */
  readonly rng: Rng;
  /** Folder for what people look at, as `samples/step-00001000.png`; it exists. */
  readonly samplesFolder: string;
  /** Aborted when the run is to stop, as by Ctrl-C. Let the event loop turn, look at it after each call of the network, and return undefined. */
  readonly signal: { readonly aborted: boolean };
}

export interface TrainRunOptions<P extends Prediction = Prediction> extends Omit<TrainOptions<P>, 'state'> {
  /** The run folder. It is made when it is missing; while the run lasts no other process can have it. */
  readonly folder: string;
  /** All that decides the result, as JSON. A run goes on only with the same, key by key. */
  readonly config: JsonObject;
  /**
   * What may move bits and decides nothing else: versions, engine. A run that goes on with another is warned of it, and the members of a group
   * must all have the same.
   */
  readonly environment: JsonObject;
  /** More of it, in which the members of a group may differ: processor, threads. @defaultValue {} */
  readonly machine?: JsonObject;
  /** A multiple of `eventEvery`. A checkpoint is also saved at the end and whenever the run is stopped. @defaultValue 20 · eventEvery */
  readonly saveEvery?: number;
  /** How many of the newest checkpoints stay. @defaultValue 3 */
  readonly keepLast?: number;
  /** How many of those with the lowest score stay besides. @defaultValue 0 */
  readonly keepBest?: number;
  /**
   * Numbers by name, which become part of the metrics; undefined where its `signal` has stopped it. It comes after the checkpoint of its step, where
   * there is one. When it throws or is stopped, the next run begins with it.
   */
  readonly evaluate?: (context: EvaluationContext<P>) => Promise<Readonly<Record<string, number>> | undefined>;
  /** A multiple of `eventEvery`; the last step is evaluated as well. @defaultValue saveEvery */
  readonly evaluateEvery?: number;
  /** Which number of the evaluation is the score that `keepBest` goes by; lower is better, and one that is not finite is none. */
  readonly scoreBy?: string;
  /** Goes on although `config` is another than that of the checkpoint. @defaultValue false */
  readonly allowChange?: boolean;
  /** The time, for the log and for TensorBoard; no result depends on it. */
  readonly now: () => Date;
  /** For checkpoints. @defaultValue nodeFileSystem */
  readonly fileSystem?: FileSystem;
}

type OwnName = Exclude<keyof TrainRunOptions, keyof TrainOptions>;

const OWN_NAMES: Readonly<Record<OwnName, true>> = {
  folder: true,
  config: true,
  environment: true,
  machine: true,
  saveEvery: true,
  keepLast: true,
  keepBest: true,
  evaluate: true,
  evaluateEvery: true,
  scoreBy: true,
  allowChange: true,
  now: true,
  fileSystem: true,
};

/** @throws {D3pmError} `INVALID_OPTIONS`, naming the field, also for one that is not known. */
export function assertTrainRunOptions<P extends Prediction>(options: TrainRunOptions<P>): void {
  assertOptionNames('trainRun', options, [...Object.keys(OWN_NAMES), ...trainOptionNames.filter((name) => name !== 'state')]);
  const {
    eventEvery = 50,
    saveEvery,
    evaluateEvery,
    evaluate,
    scoreBy,
    keepLast = 3,
    keepBest = 0,
    config,
    environment,
    machine = {},
  } = options;
  const refuse = (problem: string): never => {
    throw new D3pmError('INVALID_OPTIONS', `trainRun: ${problem}`);
  };
  assertInteger('trainRun', 'eventEvery', eventEvery, 1);
  for (const [name, value] of Object.entries({ saveEvery, evaluateEvery })) {
    if (value === undefined) continue;
    assertInteger('trainRun', name, value, 1);
    if (value % eventEvery !== 0) refuse(`${name} is ${value}, expected a multiple of eventEvery, which is ${eventEvery}`);
  }
  assertInteger('trainRun', 'keepLast', keepLast, 1);
  assertInteger('trainRun', 'keepBest', keepBest, 0);
  if (scoreBy !== undefined && evaluate === undefined) refuse(`scoreBy is "${scoreBy}" without an evaluation; give evaluate`);
  if (keepBest > 0 && scoreBy === undefined) refuse(`keepBest is ${keepBest} without a score; give evaluate and scoreBy`);
  // They go into each checkpoint: what cannot be saved is refused before the first step.
  const problem = jsonProblem(config, 'config') ?? jsonProblem(environment, 'environment') ?? jsonProblem(machine, 'machine');
  if (problem !== undefined) refuse(problem);
}
