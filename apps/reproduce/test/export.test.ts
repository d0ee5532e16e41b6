import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { decode } from 'fast-png';
import { parse } from 'yaml';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseTrainConfig } from '../src/config/read-train-config.ts';
import { cliBed } from './cli-bed.ts';

const CONFIG = `
data: { name: moby-dick, length: 8 }
transition: absorbing
schedule: { name: inverse-remaining, numSteps: 4 }
model: { name: transformer, numChannels: 8, numBlocks: 1, numHeads: 2 }
loss: exact-count
training: { numSteps: 4, batchSize: 4, eventEvery: 2, emaDecay: 0.5 }
evaluation: { samples: 2, testExamples: 8 }
`;

/** What a run tells of steps after its newest checkpoint. */
const LATER = [
  { kind: 'train', step: 8, lossBits: 0.001, gradientNorm: 1, learningRate: 1 },
  { kind: 'evaluation', step: 8, boundBits: 0.001, boundStandardErrorBits: 0 },
];

const { at, d3pm, succeed, remove } = cliBed('--quiet');
const sample = (run: string, out: string): Buffer => {
  expect(d3pm('sample', run, '--count', '3', '--out', out, '--engine', 'cpu', '--threads', '1')).toMatchObject({ code: 0, err: '' });
  return readFileSync(at(out, 'samples.safetensors'));
};
beforeAll(() => {
  writeFileSync(at('text.yaml'), CONFIG);
  succeed('train', 'text.yaml', '--out', 'run', '--engine', 'cpu', '--threads', '1');
  succeed('export', 'run', '--out', 'given', '--license', 'cc-by-4.0');
}, 60_000);
afterAll(remove);

describe('d3pm export', () => {
  it('gives weights that sample what the run samples, sealed', () => {
    expect(readdirSync(at('given')).sort()).toEqual(['README.md', 'curves.png', 'model', 'papers.bib', 'samples.txt']);
    expect(readdirSync(at('given/model')).sort()).toEqual(['MANIFEST.json', 'config.json', 'model.safetensors']);
    expect(sample('given/model', 'ours').equals(sample('run', 'theirs'))).toBe(true);
    expect(sample('given', 'also-ours').equals(sample('run', 'theirs'))).toBe(true);
    const weights = readFileSync(at('given/model/model.safetensors'));
    weights[weights.length - 1]! ^= 1;
    writeFileSync(at('given/model/model.safetensors'), weights);
    expect(d3pm('sample', 'given/model', '--out', 'none', '--engine', 'cpu')).toMatchObject({
      code: 3,
      err: expect.stringContaining('model.safetensors') as string,
    });
  });

  it('leaves a manifest that is damaged to who reads checkpoints', () => {
    mkdirSync(at('damaged'));
    writeFileSync(at('damaged/MANIFEST.json'), '{');
    const { code, err } = d3pm('sample', 'damaged', '--out', 'none', '--engine', 'cpu');
    expect([code, err]).toEqual([3, expect.stringMatching(/^error INVALID_DATA: /u)]);
  });

  it('writes a card with the header of the hub, the config, the numbers and a sample', () => {
    const [, header, body] = /^---\n([^]*?)\n---\n([^]*)$/u.exec(readFileSync(at('given/README.md'), 'utf8'))!;
    const bound = /\| held-out bound of the mixture process, bits\/dim, 8 examples, step 4 \| ≤ (\d\.\d{3}) ± \d\.\d{3} /u.exec(body!)![1];
    expect(parse(header!)).toMatchObject({
      license: 'cc-by-4.0',
      tags: ['discrete-diffusion', 'd3pm', 'absorbing'],
      datasets: ['moby-dick'],
      'model-index': [{ results: [{ metrics: [{ value: expect.closeTo(Number(bound), 2) as number }] }] }],
    });
    const [, config] = /```yaml\n([^]*?)```/u.exec(body!)!;
    expect(parse(config!)).toEqual({ ...parseTrainConfig(CONFIG).config, saving: { keepLast: 3, keepBest: 0 } });
    expect(body).toContain(readFileSync(at('given/samples.txt'), 'utf8').trimEnd());
    expect(readFileSync(at('given/papers.bib'), 'utf8')).toMatch(/^@inproceedings\{austin2021structured,/u);
    expect(decode(readFileSync(at('given/curves.png'))).width).toBeGreaterThan(500);
  });

  it('takes numbers and samples of no later step than the weights', () => {
    cpSync(at('run'), at('ahead'), { recursive: true });
    writeFileSync(
      at('ahead/metrics.jsonl'),
      `${readFileSync(at('ahead/metrics.jsonl'), 'utf8')}${LATER.map((line) => `${JSON.stringify(line)}\n`).join('')}`,
    );
    writeFileSync(at('ahead/samples/step-00000008.txt'), 'of later weights');
    succeed('export', 'ahead', '--out', 'behind', '--license', 'cc-by-4.0');
    expect(readFileSync(at('behind/README.md'), 'utf8')).toBe(readFileSync(at('given/README.md'), 'utf8'));
    expect(readFileSync(at('behind/curves.png')).equals(readFileSync(at('given/curves.png')))).toBe(true);
  });

  it('writes over nothing', () => {
    const { code, err } = d3pm('export', 'run', '--out', 'given');
    expect([code, err]).toEqual([
      2,
      expect.stringMatching(/^error INVALID_OPTIONS: export: .*given is there already; give --out another folder/u),
    ]);
  });

  it('leaves nothing behind where it fails', () => {
    rmSync(at('run/samples/step-00000004.txt'));
    mkdirSync(at('run/samples/step-00000004.txt'));
    const { code, err } = d3pm('export', 'run', '--out', 'halfway');
    expect([code, err]).toEqual([1, expect.stringContaining('EISDIR')]);
    expect(existsSync(at('halfway'))).toBe(false);
  });
});
