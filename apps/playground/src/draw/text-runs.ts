const ALPHABET = [...'abcdefghijklmnopqrstuvwxyz '];

/** Neighbouring characters of one kind. */
export interface TextRun {
  readonly kind: 'changed' | 'kept' | 'mask';
  readonly text: string;
}

/** What a masked character looks like. */
const MASK_CHARACTER = '·';

/**
 * States of characters as pieces of text.
 *
 * @param reference x_0, to say which have changed; without, none has.
 */
export function textRuns(states: Int32Array, { reference }: { readonly reference?: Int32Array | undefined } = {}): readonly TextRun[] {
  const runs: { kind: TextRun['kind']; text: string }[] = [];
  states.forEach((state, i) => {
    const character = ALPHABET[state];
    const isKept = reference === undefined || reference[i] === state;
    const kind = character === undefined ? 'mask' : isKept ? 'kept' : 'changed';
    const last = runs.at(-1);
    if (last?.kind === kind) last.text += character ?? MASK_CHARACTER;
    else runs.push({ kind, text: character ?? MASK_CHARACTER });
  });
  return runs;
}
