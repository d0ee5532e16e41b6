import { runFused, withGradient } from '@d3pm/core';
import { add, matMul, mul, relu, reshape, step, sum, tensor1d, type Tensor } from '@tensorflow/tfjs-core';

/**
 * `x W + b` over the last axis, as one product of matrices.
 *
 * @param x float32 `[…, inputs]`.
 * @param weight float32 `[inputs, outputs]`.
 * @param bias float32 `[outputs]`.
 * @returns float32 `[…, outputs]`; the caller disposes it.
 */
export function linear(x: Tensor, weight: Tensor, bias?: Tensor): Tensor {
  const { asRows, asInput, asOutput } = shapesOf(x, weight);
  return withGradient(
    bias ? [x, weight, bias] : [x, weight],
    (input, factor, offset) => {
      const rows = asRows(input!);
      const product = matMul(rows, factor!);
      return { value: asOutput(offset ? withBias(product, offset, { relu: false }) : product), saved: [rows, factor!] };
    },
    (dy, rows, factor) => {
      const upstream = asRows(dy);
      const gradients = [asInput(matMul(upstream, factor!, false, true)), matMul(rows!, upstream, true, false)];
      return bias ? [...gradients, runFused('D3pmSumOfRows', { x: upstream })?.[0] ?? sum(upstream, 0)] : gradients;
    },
  );
}

/** `relu(x W + b)`, as {@link linear}. */
export function linearRelu(x: Tensor, weight: Tensor, bias: Tensor): Tensor {
  const { asRows, asInput, asOutput } = shapesOf(x, weight);
  return withGradient(
    [x, weight, bias],
    (input, factor, offset) => {
      const rows = asRows(input!);
      const value = withBias(matMul(rows, factor!), offset!, { relu: true });
      return { value: asOutput(value), saved: [rows, factor!, value] };
    },
    (dy, rows, factor, value) => {
      const { upstream, sums } = throughRelu(asRows(dy), value!);
      return [asInput(matMul(upstream, factor!, false, true)), matMul(rows!, upstream, true, false), sums];
    },
  );
}

function shapesOf(
  x: Tensor,
  weight: Tensor,
): {
  readonly asRows: (tensor: Tensor) => Tensor;
  readonly asInput: (rows: Tensor) => Tensor;
  readonly asOutput: (rows: Tensor) => Tensor;
} {
  const outputs = weight.shape[1]!;
  return {
    asRows: (tensor) => reshape(tensor, [-1, tensor.shape.at(-1)!]),
    asInput: (rows) => reshape(rows, x.shape),
    asOutput: (rows) => reshape(rows, [...x.shape.slice(0, -1), outputs]),
  };
}

function withBias(rows: Tensor, bias: Tensor, { relu: isRelu }: { readonly relu: boolean }): Tensor {
  const fused = runFused('D3pmAddRow', { x: rows, row: bias, relu: tensor1d([isRelu ? 1 : 0]) });
  if (fused) return fused[0]!;
  const sums = add(rows, bias);
  return isRelu ? relu(sums) : sums;
}

/** dy where the relu gave more than 0, and its sum over all rows. */
function throughRelu(dy: Tensor, value: Tensor): { readonly upstream: Tensor; readonly sums: Tensor } {
  const fused = runFused('D3pmReluRowsGrad', { dy, y: value });
  if (fused) return { upstream: fused[0]!, sums: fused[1]! };
  const upstream = mul(dy, step(value));
  return { upstream, sums: sum(upstream, 0) };
}
