import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRng, plugIn, type States } from '@d3pm/core';
import { prepareEngine } from '@d3pm/engine';
import { createTransformerDenoiser, parameterCount } from '@d3pm/models';
import { inverseRemaining } from '@d3pm/schedules';
import { hybridLoss } from '@d3pm/train';
import { trainRun, type TrainRunEvent } from '@d3pm/train/node';
import { absorbing } from '@d3pm/transitions';

/** What the child prints as JSON. */
export interface CostReport {
  readonly engine: string;
  readonly parameters: number;
  readonly every: number;
  /** Milliseconds of each save. */
  readonly saves: readonly number[];
  /** Milliseconds of `every` steps, with a save after them and without. */
  readonly withSaves: readonly number[];
  readonly without: readonly number[];
}

const EVERY = 100;
const [rounds, backend] = process.argv.slice(2);
const sizes = { batchSize: 32, length: 128, numStates: 28, numSteps: 1000 };
const { name, library } = await prepareEngine({ backend: backend as 'native' | 'wasm', threads: 2 });
const root = await mkdtemp(join(tmpdir(), 'd3pm-cost-'));
try {
  const saving = await run('saving', EVERY);
  const plain = await run('plain', EVERY * 10_000);
  const report = { engine: `${name}, ${library}`, parameters: saving.parameters, every: EVERY };
  const [saves, withSaves, without]: number[][] = [[], [], []];
  // The first of each warms up.
  for (let round = 0; round <= Number(rounds); round++) {
    const isOddRound = round % 2 === 1;
    const bare = isOddRound ? await until(plain.events, 'step') : 0;
    const steps = await until(saving.events, 'step');
    const save = await until(saving.events, 'saved');
    const after = isOddRound ? bare : await until(plain.events, 'step');
    process.stderr.write(`round ${round} of ${rounds}\n`);
    if (round === 0) continue;
    saves!.push(save);
    withSaves!.push(steps + save);
    without!.push(after);
  }
  process.stdout.write(`${JSON.stringify({ ...report, saves, withSaves, without })}\n`);
  await plain.events.return(undefined);
  await saving.events.return(undefined);
} finally {
  await rm(root, { recursive: true, force: true });
}

/** A training of the small text model, with its moving average. */
async function run(folder: string, saveEvery: number): Promise<{ events: AsyncGenerator<TrainRunEvent>; parameters: number }> {
  const { batchSize, length, numStates, numSteps } = sizes;
  const transition = absorbing.create({ numStates, schedule: inverseRemaining({ numSteps }) }, {});
  const rng = createRng('cost');
  const model = createTransformerDenoiser(
    { numStates, numSteps, exampleShape: [length], rng: rng.split('model') },
    { numChannels: 128, numBlocks: 2, numHeads: 4, numHidden: 512 },
  );
  const values = Int32Array.from({ length: batchSize * length }, (_, i) => rng.split('data').integer(numStates - 1, i));
  const batch: States = { values, shape: [batchSize, length] };
  const events = trainRun(model, {
    folder: join(root, folder),
    config: {},
    environment: {},
    numSteps: Number.MAX_SAFE_INTEGER,
    batches: { batchAt: () => batch },
    loss: hybridLoss({ transition, reverse: plugIn(), lambda: 0.01 }),
    learningRate: 1e-3,
    emaDecay: 0.999,
    rng: rng.split('train'),
    eventEvery: EVERY,
    saveEvery,
    now: () => new Date(),
  });
  return { events, parameters: parameterCount(model) };
}

/** Milliseconds until the next event of a type. */
async function until(events: AsyncGenerator<TrainRunEvent>, type: TrainRunEvent['type']): Promise<number> {
  const started = performance.now();
  for (;;) {
    const { value, done } = await events.next();
    if (done) throw new Error('the run has ended');
    if (value.type === type) return performance.now() - started;
  }
}
