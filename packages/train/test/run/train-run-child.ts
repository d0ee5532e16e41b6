import { writeSync } from 'node:fs';
import { prepareEngine } from '@d3pm/engine';
import { trainRun } from '../../src/node/run/train-run.ts';
import { watchProcess, type EndOfProcess } from '../../src/node/run/watch-process.ts';
import { tinyTrainRun } from './tiny-train-run.ts';

// Trains the tiny run as a program does. It says what happens on descriptor 3, and goes on when its parent has answered each event
// that it is told to wait for. At a step it may do what a careless program does.
const [folder, waitAt = '', misdeed = ''] = process.argv.slice(2);
const say = (line: string): void => void writeSync(3, `${line}\n`);

await prepareEngine({ backend: 'cpu' });
const { model, options } = tinyTrainRun(folder!);
const watch = watchProcess({ onEnd: ({ signal, error }) => say(`end ${signal ?? String(error)}`) });
const answered = (): Promise<void> => new Promise((resolve) => process.once('message', () => resolve()));

const misdeeds: Readonly<Record<string, () => void>> = {
  throws: () =>
    void setImmediate(() => {
      throw new Error('nobody catches this');
    }),
  rejects: () => void Promise.reject(new Error('nobody catches this')),
  throwsOften: () =>
    void setInterval(() => {
      throw new Error('again and again');
    }, 1).unref(),
};

try {
  for await (const event of trainRun(model, { ...options, signal: watch.signal })) {
    const name = event.type === 'warning' ? 'warning' : `${event.type} ${event.step}`;
    process.stdout.write(`${name}\n`);
    process.stderr.write(`${name}\n`);
    say(name);
    if (name === 'step 9') misdeeds[misdeed]?.();
    if (name === waitAt) await answered();
  }
  process.exitCode = watch.signal.aborted ? (watch.signal.reason as EndOfProcess).exitCode : 0;
} catch (error) {
  say(`failed ${String(error)}`);
  process.exitCode = 1;
}
watch.dispose();
process.stdout.write('the end\n');
say('done');
process.channel?.unref();
