import { hostname } from 'node:os';
import { isD3pmError } from '@d3pm/core';
import { acquireRunLock, type RunLock } from '../../src/node/run/run-lock.ts';

// Takes and gives back the lock of a folder as its parent says, and answers each message with one.
const [folder, staleMs] = [process.argv[2]!, Number(process.argv[3])];
let held: RunLock | undefined;

process.on('message', (message: 'release' | 'take') => {
  void (async () => {
    if (message === 'release') {
      await held?.release();
      held = undefined;
      process.send!('released');
      return;
    }
    try {
      held = await acquireRunLock(folder, { staleMs, onLost: ({ code, message }) => process.send!(`lost: ${code}: ${message}`) });
      process.send!('taken');
    } catch (error) {
      process.send!(isD3pmError(error) ? `${error.code}: ${error.message}` : String(error));
    }
  })();
});
process.send!(`ready on ${hostname()}`);
