import { dispose, grads, matMul, mean, randomUniform, relu, square, sub, sum, tidy, type Tensor } from '@tensorflow/tfjs-core';

/** What a short test has measured. For orientation: half a second on a machine that may be busy. */
export interface EngineSpeed {
  /** Best of a few square products, in 10⁹ multiplications and additions a second. */
  readonly gigaflops: number;
  /** Loss and gradients of a perceptron, 256 × 128 → 512 → 128, in milliseconds. */
  readonly trainStepMs: number;
}

const SIZES = [128, 256, 512, 1024];
/** A product that takes longer is the last. */
const LONG_MS = 50;
const ROUNDS_MS = 150;

/** Measures the active back end. Takes about a second. */
export async function measureSpeed(): Promise<EngineSpeed> {
  let gigaflops = 0;
  for (const size of SIZES) {
    const square = matrix(size, size);
    const ms = await millisecondsOf(() => matMul(square, square));
    dispose(square);
    gigaflops = Math.max(gigaflops, (2 * size ** 3) / (ms * 1e6));
    if (ms > LONG_MS) break;
  }
  const x = matrix(256, 128);
  const weights = [matrix(128, 512), matrix(512, 128)];
  const slopes = grads((first: Tensor, second: Tensor) => mean(square(sub(matMul(relu(matMul(x, first)), second), x))));
  const trainStepMs = await millisecondsOf(() => slopes(weights)[0]!);
  dispose([x, ...weights]);
  return { gigaflops, trainStepMs };
}

const matrix = (rows: number, columns: number): Tensor => randomUniform([rows, columns], -1, 1, 'float32', 1);

/** Of the fastest call of as many as go into a short time, since others may use the machine. Reads a number of the last one, for back ends that compute behind the program. */
async function millisecondsOf(work: () => Tensor): Promise<number> {
  const finish = async (result: Tensor): Promise<void> => {
    await result.data();
    dispose(result);
  };
  const once = (): Tensor => tidy(() => sum(work()));
  await finish(once());
  const end = performance.now() + ROUNDS_MS;
  let best = Infinity;
  for (let started = performance.now(); started < end; started = performance.now()) {
    await finish(once());
    best = Math.min(best, performance.now() - started);
  }
  return best;
}
