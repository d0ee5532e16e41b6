import { prepareEngine } from '@d3pm/engine';
import { parameterCount } from '@d3pm/models';
import { beforeAll, describe, expect, it } from 'vitest';
import { table3DataSets, tableSizes } from '../src/choices.ts';
import { pieceName, piecesOf } from '../src/tables/piece-key.ts';
import { FIGURE_3_ROWS, table3 } from '../src/tables/images/table-3.ts';
import { buildTraining } from '../src/train/build-training.ts';
import { trainConfigSchema } from '../src/config/train-config-schema.ts';

const tables = tableSizes.flatMap((size) =>
  (size === 'paper' ? ['cifar10', 'photographs'] : table3DataSets).map((data) => table3({ size, data })),
);
const smoke = table3({ size: 'smoke', data: 'digits' });

beforeAll(() => prepareEngine());

describe('table-3', () => {
  it('has configs that `d3pm train` reads, trained alike', () => {
    for (const { rows } of tables) {
      for (const { config } of rows) {
        expect(trainConfigSchema.parse({ seed: 1, ...config })).toEqual({ seed: 1, ...config });
        expect(config.training).toEqual(rows[0]!.config.training);
      }
    }
  });

  it('has the numbers of the paper at all steps: IS, FID, bits per dimension', () => {
    const { rows } = table3({ size: 'paper', data: 'cifar10' });
    const published = rows.filter(({ isPublished }) => isPublished).map(({ name, published: byStep }) => [name, byStep[1000]]);
    expect(published).toEqual([
      ['uniform', { inceptionScore: 6.09, fid: 48.065, value: 5.11, spread: 0.01 }],
      ['absorbing', { inceptionScore: 6.2, fid: 41.75, value: 4.88, spread: 0.02 }],
      ['absorbing-hybrid', { inceptionScore: 6.7, fid: 30.99, value: 4.45 }],
      ['gauss', { inceptionScore: 7.92, fid: 15.72, value: 3.97 }],
      ['gauss-hybrid', { inceptionScore: 8.54, fid: 8.23, value: 3.985, spread: 0.007 }],
      ['gauss-logistic', { inceptionScore: 8.65, fid: 6.9, value: 3.442, spread: 0.003 }],
    ]);
  });

  it('has the processes of the paper: grey in the middle absorbs, f itself at the first step', () => {
    const { rows } = table3({ size: 'paper', data: 'cifar10' });
    const absorbing = rows.find(({ name }) => name === 'absorbing')!;
    expect(absorbing.config.transition).toEqual({ name: 'absorbing', maskState: 128, extraMask: false });
    for (const { config } of rows) expect(config.loss).toMatchObject({ reverse: 'plug-in', firstStep: 'denoiser' });
  });

  it('draws samples of every row, by every step of one, and scores them with the features that it has', () => {
    const names = (row: string, table = smoke): readonly string[] =>
      piecesOf(
        table,
        table.rows.find(({ name }) => name === row)!,
      ).map(pieceName);
    expect(names('uniform-linear')).toEqual([
      'training',
      'bound-plug-in-8',
      'bound-plug-in-4',
      'bound-mixture-8',
      'bound-mixture-4',
      'images-4',
      'scores-digits-4',
    ]);
    expect(names('gauss-logistic')).toEqual([
      'training',
      'bound-plug-in-8',
      'bound-plug-in-4',
      'bound-mixture-8',
      'bound-mixture-4',
      'images-4',
      'scores-digits-4',
      'progress',
      'images-8',
      'scores-digits-8',
      'difference-digits-8',
      'check-plug-in-8',
      'full-plug-in-8',
      'check-plug-in-4',
      'full-plug-in-4',
    ]);
    expect(names('gauss', table3({ size: 'paper', data: 'cifar10' })).filter((name) => name.startsWith('scores'))).toEqual([]);
    for (const row of FIGURE_3_ROWS) expect(names(row)).toContain('progress');
  });

  it('trains each row: what is added to a transition, a loss or a head is one of theirs', { timeout: 30_000 }, async () => {
    const counts: number[] = [];
    for (const { config } of smoke.rows) {
      const { model, transition, options, dispose } = await buildTraining({ seed: 1, ...config });
      counts.push(parameterCount(model));
      expect(transition.numStates).toBe(17);
      expect(options.batches.batchAt(0).shape).toEqual([4, 8, 8, 1]);
      dispose();
    }
    expect(new Set(counts).size).toBe(2);
  });

  it.each([
    ['fashion-mnist', '28 × 28 × 1 in 256'],
    ['digits', '8 × 8 × 1 in 17'],
  ])('refuses the networks of the paper for %s, naming the data that fit', (data, images) => {
    expect(() => table3({ size: 'paper', data })).toThrow(
      expect.objectContaining({
        code: 'INVALID_OPTIONS',
        message: expect.stringMatching(`${images}; give --data cifar10 or photographs, or --size small`) as string,
      }),
    );
  });

  it('refuses data that it does not know', () => {
    expect(() => table3({ size: 'small', data: 'cifar' })).toThrow('cifar10, fashion-mnist, photographs, digits');
  });
});
