import { assertInteger, assertShape, assertStates, D3pmError, type Decoder, type Parameters } from '@d3pm/core';
import { clone, dispose, fill, keep, reshape, tidy, type Tensor } from '@tensorflow/tfjs-core';
import { attendNext, type AttentionCache } from './attend-next.ts';
import { embedStates } from './embed-states.ts';
import type { RelativeBiasOptions } from './relative-bias.ts';
import type { TransformerPass } from './transformer-blocks.ts';

/** What the attention of a block adds to the scores, float32 `[1, heads, L − firstRow, L]`; made once for all blocks that share it. */
export type PositionBias = (parameters: Parameters, rows: Pick<RelativeBiasOptions, 'firstRow' | 'length'>) => (block: string) => Tensor;

export interface TransformerDecoderOptions {
  /** Begins the messages of errors. */
  readonly name: string;
  readonly parameters: Parameters;
  readonly pass: TransformerPass;
  readonly biasOf: PositionBias;
  /** Of the scores. @defaultValue 1 / √d */
  readonly scale?: number;
  /** K; row K of the embedding is what position 0 reads. */
  readonly numStates: number;
  readonly batchSize: number;
}

/**
 * Decodes a causal transformer: the keys and values of every block are kept, so that a position costs what it computes itself and
 * one reading of those before it.
 *
 * @throws {D3pmError} `INVALID_OPTIONS` unless the batch has an example.
 */
export function transformerDecoder(options: TransformerDecoderOptions): Decoder {
  const { name, parameters, pass, biasOf, scale, numStates, batchSize } = options;
  assertInteger(`${name}.startDecoding`, 'batchSize', batchSize, 1);
  // References of its own, so that another `load` does not change the network in the middle of a sequence.
  const held: Parameters = Object.fromEntries(Object.entries(parameters).map(([key, value]) => [key, keep(clone(value))]));
  let caches: readonly AttentionCache[] = [];
  let length = 0;
  let disposed = false;

  const embedded = (states: Tensor | undefined): Tensor => {
    const read = states ? reshape(states, [batchSize, 1]) : fill([batchSize, 1], numStates, 'int32');
    return embedStates(held['embedding.weight']!, read);
  };

  return {
    next: (states) => {
      assertCall(`${name}.next`, { states, length, disposed });
      if (states) {
        assertStates(`${name}.next`, 'states', states, numStates);
        assertShape(`${name}.next`, 'states', states, [batchSize]);
      }
      const { logits, grown } = tidy(() => {
        const grown: AttentionCache[] = [];
        const ofBlock = biasOf(held, { length: length + 1, firstRow: length });
        const logits = pass(held, embedded(states), (x, weights, block) => {
          const bias = ofBlock(block);
          const { output, cache } = attendNext(x, { ...weights, bias, ...(scale !== undefined && { scale }) }, caches[grown.length]);
          grown.push(cache);
          return output;
        });
        return { logits: reshape(logits, [batchSize, numStates]), grown };
      });
      disposeCaches(caches);
      for (const { keys, values } of grown) {
        keep(keys);
        keep(values);
      }
      caches = grown;
      length += 1;
      return logits;
    },
    dispose: () => {
      if (disposed) return;
      disposed = true;
      disposeCaches(caches);
      dispose(Object.values(held));
    },
  };
}

function disposeCaches(caches: readonly AttentionCache[]): void {
  for (const { keys, values } of caches) dispose([keys, values]);
}

function assertCall(
  caller: string,
  { states, length, disposed }: { readonly states: Tensor | undefined; readonly length: number; readonly disposed: boolean },
): void {
  if (disposed) throw new D3pmError('INVALID_OPTIONS', `${caller}: the decoder is disposed; start another with startDecoding`);
  if (states === undefined && length > 0) {
    throw new D3pmError('INVALID_OPTIONS', `${caller}: no states in call ${length + 1}, expected those of position ${length - 1}`);
  }
  if (states !== undefined && length === 0) {
    throw new D3pmError(
      'INVALID_OPTIONS',
      `${caller}: states in the first call, which answers for position 0 and reads none; leave them out`,
    );
  }
}
