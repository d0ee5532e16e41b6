import { setBackend } from '@tensorflow/tfjs-core';
import { D3pmError } from '@d3pm/core';

/** Makes a registered back end the active one. @throws {D3pmError} `ENGINE` when tfjs reports that it could not start. */
export async function activateBackend(name: string): Promise<void> {
  if (await setBackend(name)) return;
  throw new D3pmError('ENGINE', `the ${name} back end did not start; tfjs has printed the reason above`);
}
