import { dispose, memory, type TensorContainer } from '@tensorflow/tfjs-core';

/** Throws unless `work` leaves exactly the tensors that it returns; those are disposed. */
export function expectNoLeak(work: () => TensorContainer): void {
  const before = memory().numTensors;
  const returned = work();
  dispose(returned);
  const left = memory().numTensors - before;
  if (left !== 0) throw new Error(`expectNoLeak: ${left} tensor(s) more than before, besides those returned`);
}
