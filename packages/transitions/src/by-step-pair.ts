import { concat, gather, tensor1d, tidy, type Tensor } from '@tensorflow/tfjs-core';

/** Examples of a batch that go from the same s to the same t. */
interface Group {
  readonly s: number;
  readonly t: number;
  readonly examples: number[];
}

/**
 * Applies `map` to the examples of each distinct (s, t) together, and puts the results back in
 * order. Not differentiable: it gathers and concatenates inside forward and gradient functions.
 *
 * @param inputs `[B, …]` each.
 * @returns `[B, …]`, of what `map` returns for `[b, …]`.
 */
export function byStepPair(
  inputs: readonly Tensor[],
  pairs: { readonly s: Int32Array; readonly t: Int32Array },
  map: (parts: Tensor[], s: number, t: number) => Tensor,
): Tensor {
  const groups = groupsOf(pairs);
  if (groups.length === 1) return tidy(() => map([...inputs], groups[0]!.s, groups[0]!.t));
  return tidy(() => {
    const parts = groups.map(({ s, t, examples }) =>
      tidy(() => {
        const indices = tensor1d(examples, 'int32');
        return map(
          inputs.map((input) => gather(input, indices)),
          s,
          t,
        );
      }),
    );
    const place = new Int32Array(pairs.s.length);
    groups.flatMap(({ examples }) => examples).forEach((example, at) => (place[example] = at));
    return gather(concat(parts, 0), tensor1d(place, 'int32'));
  });
}

function groupsOf({ s, t }: { readonly s: Int32Array; readonly t: Int32Array }): Group[] {
  const groups = new Map<string, Group>();
  s.forEach((from, example) => {
    const key = `${from} ${t[example]}`;
    const group = groups.get(key);
    if (group) group.examples.push(example);
    else groups.set(key, { s: from, t: t[example]!, examples: [example] });
  });
  return [...groups.values()];
}
