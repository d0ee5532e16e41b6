import { runFused, withGradient } from '@d3pm/core';
import { add, matMul, reshape, sum, type Tensor } from '@tensorflow/tfjs-core';

/**
 * `x W + b` over the last axis, as one product of matrices.
 *
 * @param x float32 `[…, inputs]`.
 * @param weight float32 `[inputs, outputs]`.
 * @param bias float32 `[outputs]`.
 * @returns float32 `[…, outputs]`; the caller disposes it.
 */
export function linear(x: Tensor, weight: Tensor, bias?: Tensor): Tensor {
  const [inputs, outputs] = weight.shape as [number, number];
  const asRows = (tensor: Tensor, columns: number): Tensor => reshape(tensor, [-1, columns]);
  return withGradient(
    bias ? [x, weight, bias] : [x, weight],
    (input, factor, offset) => {
      const rows = asRows(input!, inputs);
      const product = matMul(rows, factor!);
      const value = reshape(offset ? withBias(product, offset) : product, [...x.shape.slice(0, -1), outputs]);
      return { value, saved: [rows, factor!] };
    },
    (dy, rows, factor) => {
      const upstream = asRows(dy, outputs);
      const dInput = reshape(matMul(upstream, factor!, false, true), x.shape);
      const dWeight = matMul(rows!, upstream, true, false);
      return bias ? [dInput, dWeight, sumOfRows(upstream)] : [dInput, dWeight];
    },
  );
}

function withBias(rows: Tensor, bias: Tensor): Tensor {
  return runFused('D3pmAddRow', { x: rows, row: bias })?.[0] ?? add(rows, bias);
}

function sumOfRows(rows: Tensor): Tensor {
  return runFused('D3pmSumOfRows', { x: rows })?.[0] ?? sum(rows, 0);
}
