import { D3pmError } from '@d3pm/core';
import { broadcast_util, util, type TensorInfo } from '@tensorflow/tfjs-core';
import { multiplyRegions, type ProductRegion } from './multiply-regions.ts';
import { transposeMatrices } from './transpose-matrices.ts';
import { walkAxes } from './walk-axes.ts';
import { addressOf, withScratch, type WasmKernel, type WasmModule } from './wasm-backend.ts';

interface Inputs {
  readonly a: TensorInfo;
  readonly b: TensorInfo;
}
interface Attributes {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

/**
 * a [...A, m, k] b [...B, k, n] → [...broadcast(A, B), m, n], float32; with `transposeA` a is [...A, k, m],
 * with `transposeB` b is [...B, n, k]. Leading axes broadcast as in NumPy.
 *
 * The stock kernel takes a scalar loop as soon as an operand is transposed or a batch axis is longer than 1.
 * Here a transposed operand is written out once, and every product goes to XNNPACK.
 */
export const batchMatMul: WasmKernel<Inputs, Attributes> = {
  kernelName: 'BatchMatMul',
  run: ({ inputs, attrs, backend }) => {
    const { wasm } = backend;
    const left = operand('a', inputs.a, attrs.transposeA);
    const right = operand('b', inputs.b, attrs.transposeB);
    if (left.columns !== right.rows) {
      throw new D3pmError(
        'SHAPE',
        `matMul: a is ${describe(inputs.a, attrs.transposeA)}, b is ${describe(inputs.b, attrs.transposeB)}; the inner sizes ${left.columns} and ${right.rows} must agree`,
      );
    }
    const batchShape = broadcast_util.assertAndGetBroadcastShape(left.batchShape, right.batchShape);
    const out = backend.makeOutput([...batchShape, left.rows, right.columns], 'float32');
    if (left.columns === 0) backend.typedArrayFromHeap(out).fill(0);
    if (left.columns === 0 || util.sizeFromShape(out.shape) === 0) return out;
    withRowMajor(wasm, left, addressOf(backend, inputs.a), (a) =>
      withRowMajor(wasm, right, addressOf(backend, inputs.b), (b) =>
        multiplyStacks(wasm, { left, right, batchShape, a, b, out: addressOf(backend, out) }),
      ),
    );
    return out;
  },
};

/** A stack of matrices as it enters the product: after its transpose, if it has one. */
interface Operand {
  readonly batchShape: number[];
  readonly rows: number;
  readonly columns: number;
  readonly transposed: boolean;
}

function operand(name: string, tensor: TensorInfo, transposed: boolean): Operand {
  if (tensor.dtype !== 'float32') {
    throw new D3pmError(
      'DTYPE',
      `matMul: ${name} is ${tensor.dtype}, the wasm back end multiplies float32 only; use cast(${name}, 'float32')`,
    );
  }
  const batchShape = tensor.shape.slice(0, -2);
  const [rows, columns] = tensor.shape.slice(-2) as [number, number];
  return transposed ? { batchShape, rows: columns, columns: rows, transposed } : { batchShape, rows, columns, transposed };
}

function describe(tensor: TensorInfo, transposed: boolean): string {
  return `[${tensor.shape.join(', ')}]${transposed ? ' transposed' : ''}`;
}

/** Gives `use` the address of the matrices without a pending transpose: their own, or that of a copy. */
function withRowMajor(wasm: WasmModule, matrices: Operand, address: number, use: (address: number) => void): void {
  const { rows, columns } = matrices;
  if (!matrices.transposed || rows === 1 || columns === 1) return use(address);
  const count = util.sizeFromShape(matrices.batchShape);
  withScratch(wasm, count * rows * columns, (scratch) => {
    transposeMatrices(wasm, { count, rows: columns, columns: rows, from: address, to: scratch });
    use(scratch);
  });
}

interface Stacks {
  readonly left: Operand;
  readonly right: Operand;
  readonly batchShape: readonly number[];
  readonly a: number;
  readonly b: number;
  readonly out: number;
}

function multiplyStacks(wasm: WasmModule, { left, right, batchShape, a, b, out }: Stacks): void {
  const { rows, columns: inner } = left;
  const { columns } = right;
  const count = util.sizeFromShape([...batchShape]);
  if (util.sizeFromShape(right.batchShape) === 1 && util.sizeFromShape(left.batchShape) === count) {
    multiplyRegions(wasm, { rows: count * rows, inner, columns }, [{ a, b, out }]);
    return;
  }
  const regions: ProductRegion[] = [];
  walkAxes(batchShape, broadcastSteps(left.batchShape, batchShape), broadcastSteps(right.batchShape, batchShape), (i, j) => {
    regions.push({ a: a + i * rows * inner * 4, b: b + j * inner * columns * 4, out: out + regions.length * rows * columns * 4 });
  });
  multiplyRegions(wasm, { rows, inner, columns }, regions);
}

/** How many matrices one step along each axis of `to` skips in a stack of shape `from`: 0 where `from` is broadcast. */
function broadcastSteps(from: readonly number[], to: readonly number[]): number[] {
  const steps = new Array<number>(to.length).fill(0);
  for (let axis = from.length - 1, step = 1; axis >= 0; axis--) {
    if (from[axis] !== 1) steps[axis + to.length - from.length] = step;
    step *= from[axis]!;
  }
  return steps;
}
