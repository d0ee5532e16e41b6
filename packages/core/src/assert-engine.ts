import { engine } from '@tensorflow/tfjs-core';
import { D3pmError } from './errors.ts';

/** Throws `ENGINE` when tfjs has no back end to compute with. */
export function assertEngine(caller: string): void {
  if (Object.keys(engine().registryFactory).length === 0) {
    throw new D3pmError('ENGINE', `${caller}: tfjs has no back end; call prepareEngine() of @d3pm/engine first, or import one`);
  }
}
