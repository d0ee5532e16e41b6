import { matMul, reshape, sum, util, type GradConfig, type NamedAttrMap, type Tensor } from '@tensorflow/tfjs-core';

/**
 * For c = a b, with dy of the shape of c: da = dy bᵀ and db = aᵀ dy, transposed back for an operand that entered transposed,
 * and summed over the leading axes that were broadcast. tfjs leaves that sum out, so that the gradient of
 * `matMul([B, L, d], [1, d, n])` has the wrong shape and throws.
 */
export const batchMatMulGradient: GradConfig = {
  kernelName: 'BatchMatMul',
  inputsToSave: ['a', 'b'],
  gradFunc: (dy, saved, attributes: NamedAttrMap) => {
    const [a, b] = saved as [Tensor, Tensor];
    const { transposeA, transposeB } = attributes as unknown as { readonly transposeA: boolean; readonly transposeB: boolean };
    const d = dy as Tensor;
    return {
      a: () => (transposeA ? reduced(b, transposeB, d, true, a.shape) : reduced(d, false, b, !transposeB, a.shape)),
      b: () => (transposeB ? reduced(d, true, a, transposeA, b.shape) : reduced(a, !transposeA, d, false, b.shape)),
    };
  },
};

/** left right, summed over leading axes until it has the shape of the operand. Where that is a single matrix, left and right are as many as dy. */
function reduced(left: Tensor, transposeLeft: boolean, right: Tensor, transposeRight: boolean, shape: number[]): Tensor {
  const single = util.sizeFromShape(shape.slice(0, -2)) === 1;
  if (single && transposeLeft && !transposeRight) {
    return reshape(matMul(asRows(left), asRows(right), true, false), shape);
  }
  const product = matMul(left, right, transposeLeft, transposeRight);
  const extra = product.rank - shape.length;
  const axes = product.shape
    .map((_, axis) => axis)
    .filter((axis) => axis < extra || (shape[axis - extra] === 1 && product.shape[axis] !== 1));
  return axes.length === 0 ? product : reshape(sum(product, axes), shape);
}

/** [...batch, rows, columns] → [batch · rows, columns]: with it Σ_batch leftᵀ right is one product. */
function asRows(matrices: Tensor): Tensor {
  return reshape(matrices, [-1, matrices.shape.at(-1)!]);
}
