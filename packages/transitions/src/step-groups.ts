import { concat, gather, tensor1d, tidy, type Tensor } from '@tensorflow/tfjs-core';

/** Examples of a batch that go from the same s to the same t. */
export interface StepGroup {
  readonly s: number;
  readonly t: number;
  readonly examples: readonly number[];
}

/** The distinct (s, t) of a batch, in the order in which they first come. */
export function stepGroups({ s, t }: { readonly s: Int32Array; readonly t: Int32Array }): StepGroup[] {
  const groups = new Map<string, { readonly s: number; readonly t: number; readonly examples: number[] }>();
  s.forEach((from, example) => {
    const key = `${from} ${t[example]}`;
    const group = groups.get(key);
    if (group) group.examples.push(example);
    else groups.set(key, { s: from, t: t[example]!, examples: [example] });
  });
  return [...groups.values()];
}

/**
 * Applies `map` to each part of a batch, and puts the results back in order. Not differentiable: it
 * gathers and concatenates inside forward and gradient functions.
 *
 * @param inputs `[B, …]` each.
 * @param parts Every example of the batch once, in ascending order within a part.
 * @returns `[B, …]`, of what `map` returns for `[b, …]`.
 */
export function inParts<P extends { readonly examples: readonly number[] }>(
  inputs: readonly Tensor[],
  parts: readonly P[],
  map: (inputs: Tensor[], part: P) => Tensor,
): Tensor {
  if (parts.length === 1) return tidy(() => map([...inputs], parts[0]!));
  return tidy(() => {
    const results = parts.map((part) =>
      tidy(() => {
        const indices = tensor1d([...part.examples], 'int32');
        return map(
          inputs.map((input) => gather(input, indices)),
          part,
        );
      }),
    );
    const order = parts.flatMap(({ examples }) => examples);
    const place = new Int32Array(order.length);
    order.forEach((example, at) => (place[example] = at));
    return gather(concat(results, 0), tensor1d(place, 'int32'));
  });
}
