import { assertShape } from '@d3pm/core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { ParameterLayout } from '../../parameter-layout.ts';
import type { TrainerState } from '../../trainer-state.ts';
import type { CheckpointTensors, NamedTensors } from './checkpoint-content.ts';

/**
 * The tensors of a checkpoint from a trainer's state, bit for bit; {@link trainerStateFrom} is the inverse. The state is only read,
 * and must not be disposed before this returns.
 *
 * @throws {D3pmError} `SHAPE` when the state is of another layout.
 */
export async function trainerTensors(layout: ParameterLayout, state: TrainerState): Promise<CheckpointTensors> {
  const named = async (name: string, vector: Tensor, prefix = ''): Promise<NamedTensors> => {
    assertShape('trainerTensors', `state.${name}`, vector, [layout.size]);
    return pieces(layout, await vector.data<'float32'>(), prefix);
  };
  const { parameters, moment1, moment2, average } = state;
  return {
    model: await named('parameters', parameters),
    ...(average && { ema: await named('average', average) }),
    optimizer: { ...(await named('moment1', moment1, 'moment1/')), ...(await named('moment2', moment2, 'moment2/')) },
  };
}

/** Views of a vector by name, float32. */
function pieces({ names, shapes, sizes }: ParameterLayout, vector: Float32Array, prefix: string): NamedTensors {
  let end = 0;
  return Object.fromEntries(
    names.map((name, i) => [`${prefix}${name}`, { dtype: 'F32', shape: shapes[i]!, data: vector.subarray(end, (end += sizes[i]!)) }]),
  );
}
