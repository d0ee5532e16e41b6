import type { PackedPieces } from '../../packed-pieces.ts';

/** What a split holds, in one line. */
export function describeSplit(dataset: PackedPieces): string {
  const { name, size, numTokens, numWords, numSentences, numUnknown, numDroppedTokens, numPadTokens } = dataset;
  const facts = [
    `${size} examples of ${dataset.exampleShape.join('×')}`,
    `${numTokens} tokens`,
    `${Math.round(numWords)} words (the end of each sentence counted)`,
    `${numSentences} sentences`,
    `${numUnknown} tokens unknown`,
    numPadTokens > 0 ? `${numPadTokens} positions filled up` : `${numDroppedTokens} tokens left out at the end`,
  ];
  return `${name}: ${facts.join(', ')}`;
}
