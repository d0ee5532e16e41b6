import { assertShape, denoiserLogits, positionsOf, toTensor, type Decoder, type Denoiser, type States } from '@d3pm/core';
import { gather, reshape, tensor1d, tidy, type Tensor } from '@tensorflow/tfjs-core';
import type { AllowedStates } from './allowed-states.ts';
import { unmapped } from './map-logits.ts';

/** What a causal network says of the next position. */
export interface NextLogits {
  /** Calls of the network so far. */
  readonly calls: number;
  /**
   * Logits at one position, `[B · K]`, −∞ where a state is not allowed; the caller owns them.
   *
   * @param position Higher than in the call before.
   * @param states `[B, …N]`, of which the positions before this one are read.
   */
  at(position: number, states: States): Promise<Float32Array>;
  dispose(): void;
}

/** By a decoder where the network has one, else by the whole network over again. */
export function nextLogits(
  caller: string,
  denoiser: Denoiser,
  { shape, allowed }: { readonly shape: readonly number[]; readonly allowed: AllowedStates | undefined },
): NextLogits {
  const { denoiser: network, map } = unmapped(denoiser);
  const read = async (logits: Tensor, position: number): Promise<Float32Array> => {
    const rows = tidy(() => map(allowed ? allowed.restrictAt(logits, position) : logits));
    try {
      return (await rows.data<'float32'>()).slice();
    } finally {
      rows.dispose();
      if (rows !== logits) logits.dispose();
    }
  };
  const decoder = network.startDecoding?.(shape[0]!);
  return decoder ? cached(caller, decoder, { rowsShape: [shape[0]!, network.numStates], read }) : whole(caller, network, read);
}

type Read = (logits: Tensor, position: number) => Promise<Float32Array>;

function cached(
  caller: string,
  decoder: Decoder,
  { rowsShape, read }: { readonly rowsShape: readonly [number, number]; readonly read: Read },
): NextLogits {
  let calls = 0;
  const next = (states?: Tensor): Tensor => {
    let logits: Tensor;
    try {
      logits = decoder.next(states);
    } finally {
      states?.dispose();
    }
    calls += 1;
    try {
      assertShape(caller, 'logits of the decoder', logits, rowsShape);
    } catch (error) {
      logits.dispose();
      throw error;
    }
    return logits;
  };
  return {
    get calls() {
      return calls;
    },
    at: async (position, states) => {
      while (calls < position) next(calls === 0 ? undefined : column(states, calls - 1)).dispose();
      return read(next(position === 0 ? undefined : column(states, position - 1)), position);
    },
    dispose: () => decoder.dispose(),
  };
}

function whole(caller: string, denoiser: Denoiser, read: Read): NextLogits {
  let calls = 0;
  return {
    get calls() {
      return calls;
    },
    at: async (position, states) => {
      const [positions, K] = [positionsOf(states), denoiser.numStates];
      const x = toTensor(states);
      try {
        const rows = tidy(() => {
          const logits = reshape(denoiserLogits(caller, denoiser, x, 1), [-1, K]);
          const indices = Array.from({ length: states.shape[0]! }, (_, b) => b * positions + position);
          return gather(logits, tensor1d(indices, 'int32'));
        });
        calls += 1;
        return await read(rows, position);
      } finally {
        x.dispose();
      }
    },
    dispose: () => {},
  };
}

/** The states of every example at one position, int32 `[B]`. */
function column({ values, shape }: States, position: number): Tensor {
  const positions = positionsOf({ shape });
  return toTensor({ values: Int32Array.from({ length: shape[0]! }, (_, b) => values[b * positions + position]!), shape: [shape[0]!] });
}
