import type { JsonObject } from '@d3pm/train/node';
import { describe, expect, it } from 'vitest';
import { parseTrainConfig } from '../src/config/read-train-config.ts';
import { modelCard, type ModelCard } from '../src/export/model-card.ts';

const CONFIG = `
data: { name: moby-dick, length: 8 }
transition: absorbing
schedule: { name: inverse-remaining, numSteps: 4 }
model: { name: transformer, numChannels: 8, numBlocks: 1, numHeads: 2 }
loss: exact-count
training: { numSteps: 4, batchSize: 4, eventEvery: 2, emaDecay: 0.5 }
evaluation: { samples: 2, testExamples: 8 }
`;

describe('modelCard', () => {
  const card: ModelCard = {
    config: parseTrainConfig(CONFIG).config,
    step: 3,
    digest: 'ab',
    summary: {
      step: 3,
      numSteps: 4,
      loss: { last: 2.5, best: 2, bestStep: 2 },
      bound: undefined,
      secondsPerStep: undefined,
      parameters: undefined,
      engine: undefined,
    },
    environment: {},
    history: [],
    citations: [],
  };

  it('says nothing that it does not know', () => {
    const text = modelCard(card);
    expect(text).not.toMatch(/undefined|NaN|license/u);
    expect(text).toContain('None were drawn while it was trained.');
    expect(text).toContain('On a machine that it does not tell of.');
    expect(text).not.toContain('held-out bound of');
  });

  it('says what a run was made with before it went on with something else, and that this config alone does not make its bits', () => {
    const { saving: _, ...config } = card.config;
    const before = { ...config, training: { ...config.training, learningRate: 0.5 } } as unknown as JsonObject;
    const text = modelCard({ ...card, history: [{ toStep: 2, config: before, environment: {} }] });
    expect(text).toContain('does not make the same bits');
    expect(text).toContain('Up to step 2:\n\n```text\nconfig.training.learningRate: 0.5 then, 0.001 in the end\n```');
    expect(modelCard(card)).not.toContain('Up to step');
  });

  it('gives the hub no bound of other weights', () => {
    const bound = (step: number): string =>
      modelCard({ ...card, summary: { ...card.summary, bound: { step, bits: 2, standardError: 0.1 } } });
    expect(bound(2)).not.toContain('model-index');
    expect(bound(2)).toContain('step 2 | ≤ 2.000');
    expect(bound(3)).toContain('model-index');
  });

  it('keeps a sample within its fence, whatever it has', () => {
    const text = modelCard({ ...card, sample: { name: 'samples.txt', step: 2, content: Buffer.from('a\n````\n# not a heading') } });
    expect(text).toContain('`````text\na\n````\n# not a heading\n`````');
    expect(modelCard({ ...card, sample: { name: 'samples.png', step: 2, content: Buffer.alloc(1) } })).toContain('![Samples](samples.png)');
  });
});
