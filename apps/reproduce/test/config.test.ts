import { writeFileSync } from 'node:fs';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { parse } from 'yaml';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { configSchema } from '../src/config/config-schema.ts';
import { findPreset, presets } from '../src/config/presets.ts';
import { parseTrainConfig, readTrainConfig } from '../src/config/read-train-config.ts';
import { trainConfigSchema } from '../src/config/train-config-schema.ts';
import { cliBed } from './cli-bed.ts';

const FILE = `# Begins with a preset.
preset: sotu/absorbing
transition: uniform
schedule: cosine
training:
  numSteps: 12
  clipNorm: null
`;

const { at, d3pm, remove } = cliBed();
beforeAll(() => {
  writeFileSync(at('text.yaml'), FILE);
});
afterAll(remove);

describe('presets', () => {
  it('are complete configs, each under a name of its own', async () => {
    const all = presets();
    expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
    for (const { name, config } of all) {
      expect(trainConfigSchema.parse({ seed: 1, ...config })).toEqual({ seed: 1, ...config });
      expect((await readTrainConfig(name, [])).config).toEqual({ seed: 1, ...config });
    }
  });

  it('are a row of each table on the data of the paper, at its size and with its number', () => {
    const numbers = ['text8/absorbing', 'lm1b/uniform', 'cifar10/gauss-logistic'].map((name) => {
      const { config, published, unit } = findPreset(name);
      return [config.training.numSteps, config.training.batchSize, published[1000]!.value, unit];
    });
    expect(numbers).toEqual([
      [1_000_000, 512, 1.45, 'bits/char'],
      [1_000_000, 512, 137.9, 'perplexity per word'],
      [1_500_000, 128, 3.442, 'bits/dim'],
    ]);
    expect(findPreset('sotu/absorbing').published).toEqual({});
  });

  it('that are unknown are told with the nearest', async () => {
    await expect(readTrainConfig('text8/absorbin', [])).rejects.toThrow(
      expect.objectContaining({
        code: 'UNKNOWN_NAME',
        message: 'no preset or file is named "text8/absorbin"; did you mean "text8/absorbing"? d3pm config list shows the presets',
      }),
    );
    expect(() => parseTrainConfig('preset: [1]')).toThrow('config: preset is [1], expected a name, as text8/absorbing');
  });
});

describe('the schema for editors', () => {
  let isValid: ValidateFunction;
  beforeAll(async () => {
    isValid = new Ajv2020().compile(await configSchema());
  });

  it('takes every preset, a file that begins with one, and names alone', () => {
    for (const { name, config } of presets()) {
      expect(isValid(JSON.parse(JSON.stringify(config))), name).toBe(true);
      expect(isValid({ preset: name, training: { numSteps: 3 }, plugins: ['./x.ts'] })).toBe(true);
    }
    expect(isValid({ $schema: 'd3pm.schema.json', transition: 'acme/banded', model: 'mlp', loss: 'exact-count' })).toBe(true);
    expect(isValid({ preset: 'text8/absorbing', loss: { lambda: 0.1 } })).toBe(true);
  });

  it.each([
    ['an unknown part', { trainig: {} }, '', 'additionalProperties'],
    ['an unknown field', { training: { batchsize: 3 } }, '/training', 'additionalProperties'],
    ['a fraction of a step', { training: { numSteps: 2.5 } }, '/training/numSteps', 'type'],
    ['a family that is none', { transition: 'unifrom' }, '/transition', 'anyOf'],
    ['a preset that is none', { preset: 'text8/absorbin' }, '/preset', 'enum'],
    ['a schedule without a step', { schedule: { name: 'cosine', numSteps: 0 } }, '/schedule/numSteps', 'minimum'],
  ])('refuses %s', (_, config, instancePath, keyword) => {
    expect(isValid(config)).toBe(false);
    expect(isValid.errors).toContainEqual(expect.objectContaining({ instancePath, keyword }));
  });

  it('says what every field of training, evaluation and saving is for', async () => {
    const { properties } = (await configSchema()) as { readonly properties: Readonly<Record<string, { readonly properties?: object }>> };
    const fields = ['training', 'evaluation', 'saving'].flatMap((part) => Object.entries(properties[part]!.properties!));
    expect(fields.length).toBeGreaterThan(18);
    const undescribed = fields.filter(([, field]) => (field as { readonly description?: string }).description === undefined);
    expect(undescribed.map(([name]) => name)).toEqual(['learningRate']);
  });
});

describe('d3pm config', () => {
  it('shows YAML that is the same config, with sources in a column, or both as JSON', () => {
    const { code, out } = d3pm('config', 'show', 'text.yaml', 'training.batchSize=3');
    expect(code).toBe(0);
    expect(parse(out)).toEqual(parseTrainConfig(FILE, ['training.batchSize=3']).config);
    const columns = out
      .trim()
      .split('\n')
      .flatMap((line) => (line.includes('#') ? [line.indexOf('# ')] : []));
    expect(new Set(columns).size).toBe(1);
    expect(out).toMatch(/^ {2}batchSize: 3 +# command line$/m);
    expect(out).toMatch(/^ {2}numSteps: 12 +# text\.yaml:6$/m);
    const json = JSON.parse(d3pm('config', 'show', 'text.yaml', '--json').out) as { config: object; sources: Record<string, string> };
    expect(json.config).toEqual(parseTrainConfig(FILE).config);
    expect(json.sources['seed']).toBe('default');
    expect(json.sources['training.numSteps']).toBe('text.yaml:6');
  });

  it('shows no config that names what there is not', () => {
    expect(d3pm('config', 'show', 'text.yaml', 'schedule=cosin')).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringContaining('error UNKNOWN_NAME: registry: no schedule is named "cosin"; did you mean "cosine"?') as string,
    });
  });

  it('shows no config with options that a plugin does not take', () => {
    expect(d3pm('config', 'show', 'text.yaml', 'model.numChanels=8')).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringContaining('no option is named "numChanels"; did you mean "numChannels"?') as string,
    });
  });

  it('lists the presets with the numbers of the paper, and prints the schema', async () => {
    expect(d3pm('config', 'list').out).toContain('| text8/absorbing | D3PM absorbing (L_λ=0.01) | 1,000,000 | 1.45 ± 0.02 bits/char |\n');
    expect((JSON.parse(d3pm('config', 'list', '--json').out) as object[]).length).toBe(presets().length);
    expect(JSON.parse(d3pm('config', 'schema').out)).toEqual(await configSchema());
  });

  it('is what d3pm train reads: fields after the config, and by --set', () => {
    const args = [
      'model.numChannels=8',
      'model.numBlocks=1',
      'model.numHeads=2',
      'schedule.numSteps=4',
      'data={name: moby-dick, length: 8}',
    ];
    const off = ['--set', 'evaluation=null', 'saving=null', '--set', 'training.numSteps=1'];
    const { code, err } = d3pm('train', 'text.yaml', ...args, 'training.batchSize=2', ...off, '--out', 'run', '--engine', 'cpu', '--quiet');
    expect([code, err]).toEqual([0, '']);
    expect(d3pm('train', 'text.yaml', 'training.batchSiz=2', '--quiet')).toMatchObject({
      code: 2,
      err: expect.stringContaining('training.batchSiz is unknown; did you mean "batchSize"?') as string,
    });
  });
});
