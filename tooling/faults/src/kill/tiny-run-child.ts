import { prepareEngine, type EngineName } from '@d3pm/engine';
import { trainRun } from '@d3pm/train/node';
import { tinyRun } from './tiny-run.ts';

/** Trains the tiny run in a folder, to its end or until it is killed; a line on standard output for each event, with its step once a checkpoint is kept. Bits repeat with the number of threads. */
const [folder, engine = 'cpu'] = process.argv.slice(2);
await prepareEngine({ backend: engine as EngineName, threads: 2 });
const { model, options } = tinyRun(folder!);
for await (const event of trainRun(model, options))
  process.stdout.write(`${event.type}${event.type === 'saved' ? ` ${event.step}` : ''}\n`);
