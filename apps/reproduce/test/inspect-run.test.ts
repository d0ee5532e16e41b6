import { readFileSync, writeFileSync } from 'node:fs';
import { decode } from 'fast-png';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stepCostsChart } from '../src/figures/step-costs-chart.ts';
import { cliBed } from './cli-bed.ts';

const CONFIG = `
data: { name: moby-dick, length: 8 }
transition: absorbing
schedule: { name: inverse-remaining, numSteps: 4 }
model: { name: transformer, numChannels: 8, numBlocks: 1, numHeads: 2 }
loss: exact-count
training: { numSteps: 2, batchSize: 4 }
evaluation: { samples: 0, testExamples: 0 }
`;

const { at, d3pm, succeed, remove } = cliBed('--engine', 'cpu');
beforeAll(() => {
  writeFileSync(at('text.yaml'), CONFIG);
  succeed('train', 'text.yaml', '--out', 'run', '--quiet');
}, 60_000);
afterAll(remove);

describe('d3pm inspect RUN', () => {
  it('shows every parameter, the parts of the bound and what each step costs', () => {
    const { code, out } = d3pm('inspect', 'run', '--out', 'costs.png', '--quiet');
    expect(code).toBe(0);
    expect(out).toMatch(/^absorbing, inverse-remaining, transformer: step 2, 1,558 parameters\n/u);
    expect(out).toMatch(/^embedding\.weight +\[28, 8\] +224 +\S+ +\S+$/mu);
    expect(out).toMatch(/^≤ \d\.\d{4} ± \d\.\d{4} bits\/dim on 16 held-out examples, 4 of 4 steps, mixture$/mu);
    expect(decode(readFileSync(at('costs.png'))).width).toBeGreaterThan(700);
  });

  it('as JSON has numbers that add up: parameters to the whole, steps to the bound', () => {
    const { parameters, bound } = JSON.parse(d3pm('inspect', 'run', '--json', '--quiet', '--examples', '8').out) as {
      parameters: { shape: number[]; numbers: number }[];
      bound: { perStepNats: number[]; positions: number; total: { nats: number }; prior: { nats: number } };
    };
    for (const { shape, numbers } of parameters) expect(shape.reduce((product, size) => product * size, 1)).toBe(numbers);
    expect(parameters.reduce((sum, { numbers }) => sum + numbers, 0)).toBe(1558);
    expect(bound.perStepNats).toHaveLength(4);
    expect(bound.perStepNats.reduce((sum, nats) => sum + nats, 0) + bound.prior.nats).toBeCloseTo(bound.total.nats, 6);
  });

  it('wants a run, or a process', () => {
    expect(d3pm('inspect')).toMatchObject({
      code: 2,
      err: expect.stringContaining('give a run folder, or --transition and --schedule') as string,
    });
    expect(d3pm('inspect', 'nowhere')).toMatchObject({ code: 2 });
  });
});

it('a picture of costs leaves out what is not known, and what is infinite', () => {
  const chart = {
    title: 'a',
    subtitle: 'b',
    numSteps: 2,
    measured: [
      { t: 1, bits: 1 },
      { t: 2, bits: Infinity },
    ],
  };
  expect(stepCostsChart({ ...chart, alone: [] })).not.toMatch(/NaN|Infinity|one symbol/u);
  expect(stepCostsChart({ ...chart, alone: [{ t: 1, bits: 2 }] })).toContain('who knows one symbol at a time');
});
