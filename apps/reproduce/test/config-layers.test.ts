import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assertOptionsTaken } from '../src/config/assert-options-taken.ts';
import type { ConfigLayer, ConfigObject } from '../src/config/config-layer.ts';
import { mergeLayers } from '../src/config/merge-layers.ts';
import { presets } from '../src/config/presets.ts';
import { parseTrainConfig } from '../src/config/read-train-config.ts';

const FILE = `# Begins with a preset.
preset: sotu/absorbing
transition: uniform
schedule: cosine
training:
  numSteps: 12
  clipNorm: null
`;

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

describe('the plugins of a config', () => {
  const checked = (assignment: string): Promise<void> => assertOptionsTaken(parseTrainConfig(FILE, [assignment]).config);

  it.each(['data', 'transition', 'schedule', 'model'])('are looked for in what comes with the program: %s', async (section) => {
    await expect(checked(`${section}.name=nope`)).rejects.toMatchObject({ code: 'UNKNOWN_NAME' });
  });

  it.each([
    ['data.lenght=8', 'no option is named "lenght"; did you mean "length"?'],
    ['model.numChanels=8', 'no option is named "numChanels"; did you mean "numChannels"?'],
    ['transition={name: banded, widht: 3}', 'no option is named "widht"; did you mean "width"?'],
    ['schedule={name: linear, start: 0.1, stpo: 0.2}', 'did you mean "stop"?'],
    ['schedule={name: mutual-information, finalStpe: prior}', 'did you mean "finalStep"?'],
  ])('take their options, and refuse %s', async (assignment, message) => {
    await expect(checked(assignment)).rejects.toMatchObject({
      code: 'INVALID_OPTIONS',
      message: expect.stringContaining(message) as string,
    });
  });

  it('of every preset take what it says', async () => {
    for (const { name } of presets()) await assertOptionsTaken(parseTrainConfig(`preset: ${name}`).config);
  });

  it('of others are not run', async () => {
    const { config } = parseTrainConfig(FILE, ['model={name: acme/table, x: 1}', 'training.batchSize=3']);
    await assertOptionsTaken(config);
    await assertOptionsTaken({ ...config, plugins: ['./is-not-there.ts'], transition: { name: 'uniform-with-mask', x: 1 } });
  });
});
