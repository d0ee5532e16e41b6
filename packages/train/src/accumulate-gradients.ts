import { turnsOfEventLoop } from '@d3pm/core';
import { add, dispose, tidy, valueAndGrads, type Tensor } from '@tensorflow/tfjs-core';

export interface ValueAndGradient {
  /** float32 scalar */
  readonly value: Tensor;
  /** float32 of the shape of the parameters. */
  readonly gradient: Tensor;
}

/**
 * The sum of losses and its gradient, one loss after the other, so that only one has its intermediate values in memory at a time.
 * Between two of them the event loop may turn: an update of many parts takes minutes, in which a lock is to be touched and signals are to be heard.
 *
 * @param losses At least one.
 * @returns tensors that the caller disposes.
 */
export async function accumulateGradients(
  parameters: Tensor,
  losses: readonly ((parameters: Tensor) => Tensor)[],
): Promise<ValueAndGradient> {
  const turn = turnsOfEventLoop();
  let total: ValueAndGradient | undefined;
  try {
    for (const loss of losses) {
      const next = valueAndGradient(parameters, loss);
      total = total === undefined ? next : replacedBySum(total, next);
      await turn();
    }
    return total!;
  } catch (error) {
    if (total) dispose([total.value, total.gradient]);
    throw error;
  }
}

function valueAndGradient(parameters: Tensor, loss: (parameters: Tensor) => Tensor): ValueAndGradient {
  return tidy(() => {
    const { value, grads } = valueAndGrads(loss as never)([parameters]);
    return { value, gradient: grads[0]! } as never;
  }) as ValueAndGradient;
}

function replacedBySum(left: ValueAndGradient, right: ValueAndGradient): ValueAndGradient {
  const sum = { value: add(left.value, right.value), gradient: add(left.gradient, right.gradient) };
  dispose([left.value, left.gradient, right.value, right.gradient]);
  return sum;
}
