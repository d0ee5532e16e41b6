import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { parse } from 'yaml';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { configSchema } from '../src/config/config-schema.ts';
import type { ConfigLayer, ConfigObject } from '../src/config/config-layer.ts';
import { mergeLayers } from '../src/config/merge-layers.ts';
import { findPreset, presets } from '../src/config/presets.ts';
import { parseTrainConfig, readTrainConfig } from '../src/config/read-train-config.ts';
import { trainConfigSchema } from '../src/config/train-config-schema.ts';

const CLI = fileURLToPath(new URL('../dist/cli.js', import.meta.url));
const FILE = `# Begins with a preset.
preset: sotu/absorbing
transition: uniform
schedule: cosine
training:
  numSteps: 12
  clipNorm: null
`;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'd3pm-config-'));
  writeFileSync(join(folder, 'text.yaml'), FILE);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const d3pm = (...args: readonly string[]): { readonly code: number | null; readonly out: string; readonly err: string } => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, ...args], { encoding: 'utf8', cwd: folder });
  return { code: status, out: stdout, err: stderr };
};

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

describe('a config in layers', () => {
  it('is the preset, the file on top, then the command line, and knows who has said what', () => {
    const { config, sourceOf } = parseTrainConfig(FILE, ['training.batchSize=3', 'schedule.numSteps=9'], 'text.yaml');
    expect(config).toMatchObject({
      transition: { name: 'uniform' },
      schedule: { name: 'cosine', numSteps: 9 },
      model: { name: 'transformer', numChannels: 128 },
      training: { numSteps: 12, batchSize: 3, learningRate: 3e-3 },
    });
    expect(config.training).not.toHaveProperty('clipNorm');
    const paths = [
      'transition.name',
      'schedule.name',
      'schedule.numSteps',
      'training.numSteps',
      'training.batchSize',
      'model.name',
      'seed',
    ];
    expect(paths.map((path) => sourceOf(path.split('.')))).toEqual([
      'text.yaml:3',
      'text.yaml:4',
      'command line',
      'text.yaml:6',
      'command line',
      'preset sotu/absorbing',
      'default',
    ]);
  });

  it('loses the options of what is named no more, and keeps T', () => {
    const { config, sourceOf } = parseTrainConfig('preset: text8/nearest-neighbor', [
      'transition.name=uniform',
      'schedule=cosine',
      'model=mlp',
    ]);
    expect([config.transition, config.schedule, config.model]).toEqual([
      { name: 'uniform' },
      { name: 'cosine', numSteps: 1000 },
      { name: 'mlp' },
    ]);
    expect([sourceOf(['transition', 'numNeighbors']), sourceOf(['schedule', 'numSteps'])]).toEqual([
      'default',
      'preset text8/nearest-neighbor',
    ]);
  });

  it('keeps the options when the same name is said again', () => {
    const { config } = parseTrainConfig('preset: text8/absorbing', ['model=t5', 'model.numBlocks=2']);
    expect(config.model).toMatchObject({ name: 't5', numBlocks: 2, numChannels: 768 });
  });

  it('has, for every field and nothing else, the layer that said it last', () => {
    const arbValues: fc.Arbitrary<ConfigObject> = fc.letrec<{ value: unknown; object: ConfigObject }>((tie) => ({
      value: fc.oneof({ depthSize: 'small' }, fc.integer(), fc.constant(null), tie('object')),
      object: fc.dictionary(fc.constantFrom('a', 'b', 'c', 'name'), tie('value'), { maxKeys: 3 }),
    })).object;
    fc.assert(
      fc.property(fc.array(arbValues, { minLength: 1, maxLength: 4 }), (all) => {
        const layers = all.map((values, i): ConfigLayer => ({ values, sourceOf: () => String(i) }));
        const { values, layers: said } = mergeLayers(layers);
        const leaves = leavesOf(values);
        expect([...said.keys()].filter((path) => path !== '').sort()).toEqual([...leaves.keys()].filter((path) => path !== '').sort());
        for (const [path, value] of [...leaves].filter(([, value]) => typeof value === 'number')) {
          const from = all[Number(said.get(path)!.sourceOf([]))]!;
          expect(leavesOf(from).get(path)).toEqual(value);
        }
      }),
    );
  });
});

/** Values that are no objects, and objects without fields, by path. */
function leavesOf(value: unknown, path: readonly string[] = []): ReadonlyMap<string, unknown> {
  if (typeof value !== 'object' || value === null || Object.keys(value).length === 0) return new Map([[path.join('.'), value]]);
  return new Map(Object.entries(value).flatMap(([key, inner]) => [...leavesOf(inner, [...path, key])]));
}

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
    const { code, err } = d3pm(
      ...['train', 'text.yaml', ...args, 'training.batchSize=2', '--set', 'evaluation=null', 'saving=null', '--set', 'training.numSteps=1'],
      ...['--out', 'run', '--engine', 'cpu', '--quiet'],
    );
    expect([code, err]).toEqual([0, '']);
    expect(d3pm('train', 'text.yaml', 'training.batchSiz=2', '--quiet')).toMatchObject({
      code: 1,
      err: expect.stringContaining('training.batchSiz is unknown; did you mean "batchSize"?') as string,
    });
  });
});
