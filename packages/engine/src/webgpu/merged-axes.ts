import { broadcast_util, util, type TensorInfo } from '@tensorflow/tfjs-core';
import type { WebgpuKernel } from './webgpu-kernel.ts';

const MOST_AXES = 4;

/** Binary kernels of tfjs. */
const NAMES = [
  'Add',
  'Equal',
  'FloorDiv',
  'Greater',
  'GreaterEqual',
  'Less',
  'LessEqual',
  'LogicalAnd',
  'LogicalOr',
  'Maximum',
  'Minimum',
  'Multiply',
  'NotEqual',
  'Pow',
  'RealDiv',
  'SquaredDifference',
  'Sub',
] as const;

/**
 * Two shapes that broadcast, with neighbouring axes made one where both operands have them or the same one has not: [B, h, w, c, K] and [K]
 * are [B h w c, K] and [1, K].
 */
function mergeAxes(a: readonly number[], b: readonly number[]): readonly [a: number[], b: number[]] {
  const rank = Math.max(a.length, b.length);
  const [left, right] = [a, b].map((shape) => [...new Array<number>(rank - shape.length).fill(1), ...shape]) as [number[], number[]];
  const merged: [number[], number[]] = [[], []];
  let last = '';
  for (let axis = 0; axis < rank; axis++) {
    const [m, n] = [left[axis]!, right[axis]!];
    if (m === 1 && n === 1) continue;
    const kind = m === n ? 'both' : m === 1 ? 'right' : 'left';
    if (kind === last) {
      merged[0].push(merged[0].pop()! * m);
      merged[1].push(merged[1].pop()! * n);
    } else {
      merged[0].push(m);
      merged[1].push(n);
    }
    last = kind;
  }
  return merged;
}

/** With five axes some stock shaders, that of an operand of one axis for example, do not compile. */
export const mergedAxes: readonly WebgpuKernel[] = Object.freeze(
  NAMES.map((kernelName): WebgpuKernel => ({
    kernelName,
    over: (stock) => (call) => {
      const { a, b } = call.inputs as unknown as Readonly<Record<'a' | 'b', TensorInfo>>;
      if (Math.max(a.shape.length, b.shape.length) <= MOST_AXES || util.sizeFromShape([...a.shape, ...b.shape]) === 0) return stock(call);
      const [left, right] = mergeAxes(a.shape, b.shape);
      const out = stock({ ...call, inputs: { a: { ...a, shape: left }, b: { ...b, shape: right } } }) as TensorInfo;
      return { ...out, shape: broadcast_util.assertAndGetBroadcastShape(a.shape, b.shape) };
    },
  })),
);
