/** A run of a few seconds. */
export const TINY = `
data: { name: moby-dick, length: 16 }
transition: { name: absorbing }
schedule: { name: inverse-remaining, numSteps: 8 }
model: { name: transformer, numChannels: 8, numBlocks: 1, numHeads: 2 }
loss: { name: exact-count }
training: { numSteps: 12, batchSize: 8, eventEvery: 2, emaDecay: 0.9 }
evaluation: { samples: 2, testExamples: 8 }
saving: { every: 4 }
`;

/** The same, longer than any test. */
export const LONG = TINY.replace('numSteps: 12', 'numSteps: 1000000')
  .replace('samples: 2', 'samples: 0')
  .replace('testExamples: 8', 'testExamples: 0');
