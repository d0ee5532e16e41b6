import { describe, expect, it } from 'vitest';
import { parseTrainConfig } from '../src/config/read-train-config.ts';
import { assertSavingFits } from '../src/train/assert-saving-fits.ts';
import { buildTraining } from '../src/train/build-training.ts';

const config = (more: string): string => `
data: { name: moby-dick, length: 8 }
transition: { name: absorbing }
schedule: { name: inverse-remaining, numSteps: 4 }
model: { name: transformer, numChannels: 8, numBlocks: 1, numHeads: 2 }
loss: { name: exact-count }
training: { numSteps: 4, batchSize: 4, eventEvery: 2 }
${more}
`;

describe('what a run asks of its options is asked of the fields of the config', () => {
  it.each([
    ['saving: { every: 3 }', 'train: saving.every is 3, expected a multiple of training.eventEvery, which is 2'],
    ['evaluation: { every: 5 }', 'train: evaluation.every is 5, expected a multiple of training.eventEvery, which is 2'],
    [
      'saving: { keepBest: 1 }\nevaluation: { testExamples: 0 }',
      'train: saving.keepBest is 1, and there is no bound to go by: evaluation.testExamples is 0; raise it',
    ],
  ])('%s', async (more, message) => {
    await expect(buildTraining(parseTrainConfig(config(more)).config)).rejects.toMatchObject({ code: 'INVALID_OPTIONS', message });
  });

  it('for data without held-out examples, that there are none', () => {
    const asked = parseTrainConfig(config('saving: { keepBest: 1 }')).config;
    expect(() => assertSavingFits(asked, { evaluated: undefined })).toThrowError(
      'train: saving.keepBest is 1, and there is no bound to go by: the data has no held-out examples; leave it out',
    );
  });
});
