import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  codeLengthNats,
  exactBound,
  exactDenoiser,
  exactDirect,
  exactDirectReverse,
  exactLeaveOneOut,
  exactLeaveOneOutReverse,
  exactMixture,
  exactModelLaw,
  exactNllNats,
  exactPlugIn,
  exactReverseRows,
  forwardChain,
  randomLaw,
  type ExactLogits,
  type ExactModel,
  type ExactReverse,
} from '@d3pm/core/testing';
import { absorbingStep, familyNames, makeFamily, randomLogits, uniformStep, type Family, type FamilyName } from './oracle-families.ts';

const plugIn = exactPlugIn({ firstStep: 'bayes' });
const arbSetting = fc.record({ seed: fc.nat(1_000_000), numSteps: fc.integer({ min: 1, max: 4 }) });
const modelOf = ({ chain, prior }: Family, reverse: ExactReverse, logits: ExactLogits): ExactModel => ({ chain, prior, reverse, logits });

/** The three sound models and the one that the paper ran, with predictions that cannot be improved. */
const optimal = (family: Family): Record<'direct' | 'leaveOneOut' | 'mixture' | 'plugIn', ExactModel> => ({
  leaveOneOut: modelOf(family, exactLeaveOneOutReverse, exactLeaveOneOut(family.chain, family.dataLaw)),
  mixture: modelOf(family, exactMixture, exactDenoiser(family.chain, family.dataLaw)),
  direct: modelOf(family, exactDirectReverse, exactDirect(family.chain, family.dataLaw)),
  plugIn: modelOf(family, plugIn, exactDenoiser(family.chain, family.dataLaw)),
});

/** Largest difference of two laws of x_0 and of two bounds, term by term. */
function distance(a: ExactModel, b: ExactModel, { dataLaw }: Family): number {
  const [lawA, lawB] = [exactModelLaw(a), exactModelLaw(b)];
  const [boundA, boundB] = [exactBound(a, dataLaw), exactBound(b, dataLaw)];
  return Math.max(
    ...lawA.map((prob, i) => Math.abs(prob - lawB[i]!)),
    ...boundA.termNats.map((nats, i) => Math.abs(nats - boundB.termNats[i]!)),
    Math.abs(exactNllNats(a, dataLaw) - exactNllNats(b, dataLaw)),
  );
}

describe.each(familyNames)('reverse processes of %s noise, enumerated', (name) => {
  it('leave-one-out and direct are the mixture of the denoiser: one model in three parameterisations', () => {
    fc.assert(
      fc.property(arbSetting, (setting) => {
        const family = makeFamily(name, setting);
        const { leaveOneOut, mixture, direct } = optimal(family);
        expect(distance(leaveOneOut, mixture, family)).toBeLessThan(1e-12);
        expect(distance(direct, mixture, family)).toBeLessThan(1e-12);
      }),
      { numRuns: 20 },
    );
  });

  it('has entropy ≤ NLL ≤ bound for every process and every prediction', () => {
    fc.assert(
      fc.property(arbSetting, (setting) => {
        const family = makeFamily(name, setting);
        const { chain, dataLaw } = family;
        const wrong = randomLogits(setting.seed, chain.numStates);
        const processes = [exactMixture, plugIn, exactPlugIn({ firstStep: 'denoiser' }), exactLeaveOneOutReverse, exactDirectReverse];
        for (const model of [...Object.values(optimal(family)), ...processes.map((reverse) => modelOf(family, reverse, wrong))]) {
          const nll = exactNllNats(model, dataLaw);
          expect(nll).toBeGreaterThanOrEqual(codeLengthNats(dataLaw, dataLaw) - 1e-12);
          expect(exactBound(model, dataLaw).totalNats).toBeGreaterThanOrEqual(nll - 1e-12);
        }
      }),
      { numRuns: 10 },
    );
  });

  it('converts leave-one-out logits, also wrong ones, to the denoiser whose mixture is the same model', () => {
    fc.assert(
      fc.property(arbSetting, (setting) => {
        const family = makeFamily(name, setting);
        const { chain } = family;
        const wrong = randomLogits(setting.seed, chain.numStates);
        const converted: ExactLogits = (xt, t) =>
          wrong(xt, t).map((logits, position) =>
            exactLeaveOneOutReverse.denoiserLogProbs!(chain, { logits, xt: xt[position]!, position, t }),
          );
        expect(distance(modelOf(family, exactLeaveOneOutReverse, wrong), modelOf(family, exactMixture, converted), family)).toBeLessThan(
          1e-12,
        );
      }),
      { numRuns: 10 },
    );
  });
});

describe('the plug-in of a denoiser', () => {
  it('is the mixture for an extra absorbing mask, right or wrong', () => {
    fc.assert(
      fc.property(arbSetting, (setting) => {
        const family = makeFamily('absorbing, extra mask', setting);
        const { mixture, plugIn: plugInModel } = optimal(family);
        const wrong = randomLogits(setting.seed, family.chain.numStates);
        expect(distance(plugInModel, mixture, family)).toBeLessThan(1e-12);
        expect(distance(modelOf(family, plugIn, wrong), modelOf(family, exactMixture, wrong), family)).toBeLessThan(1e-12);
      }),
      { numRuns: 20 },
    );
  });

  it.each<FamilyName>(['uniform', 'discretised Gaussian', 'absorbing, re-used mask', 'dense, asymmetric'])(
    'has a strictly larger bound for %s',
    (name) => {
      // At T = 1 a certain mask leaves one x_1, and the two formulas agree.
      const arbLonger = fc.record({ seed: fc.nat(1_000_000), numSteps: fc.integer({ min: 2, max: 4 }) });
      fc.assert(
        fc.property(arbLonger, (setting) => {
          const family = makeFamily(name, setting);
          const { mixture, plugIn: plugInModel } = optimal(family);
          expect(exactBound(plugInModel, family.dataLaw).totalNats - exactBound(mixture, family.dataLaw).totalNats).toBeGreaterThan(1e-8);
        }),
        { numRuns: 20 },
      );
    },
  );
});

describe('the gap between the bound of a perfect network and the entropy, β_t = (T − t + 1)⁻¹', () => {
  const gapsOf = (numSteps: readonly number[], name: 'absorbing' | 'uniform'): { readonly sound: number; readonly plugIn: number }[] =>
    numSteps.map((T) => {
      const K = name === 'uniform' ? 3 : 4;
      const beta = (t: number): number => 1 / (T - t + 1);
      const chain =
        name === 'uniform'
          ? forwardChain({ numSteps: T, numPositions: 2, step: (t) => uniformStep(K, beta(t)) })
          : forwardChain({ numSteps: T, numPositions: 2, step: (t) => absorbingStep(K, beta(t), 3), extraMask: 3 });
      const dataLaw = randomLaw(5, K ** 2, (x0) => name === 'uniform' || !chain.sequences[x0]!.includes(3));
      const prior = [0, 1].map(() => (name === 'uniform' ? [1 / 3, 1 / 3, 1 / 3] : [0, 0, 0, 1]));
      const gap = (reverse: ExactReverse, logits: ExactLogits): number =>
        exactBound({ chain, prior, reverse, logits }, dataLaw).totalNats - codeLengthNats(dataLaw, dataLaw);
      return { sound: gap(exactLeaveOneOutReverse, exactLeaveOneOut(chain, dataLaw)), plugIn: gap(plugIn, exactDenoiser(chain, dataLaw)) };
    });

  it('closes like 1/T for leave-one-out of uniform noise; for the plug-in of the denoiser it grows with T', () => {
    const [four, sixteen, sixtyFour] = gapsOf([4, 16, 64], 'uniform');
    for (const [coarse, fine] of [
      [four!, sixteen!],
      [sixteen!, sixtyFour!],
    ] as const) {
      expect(coarse.sound / fine.sound).toBeGreaterThan(3);
      expect(coarse.sound / fine.sound).toBeLessThan(4.2);
      expect(fine.plugIn).toBeGreaterThan(coarse.plugIn);
    }
    expect(sixtyFour!.plugIn).toBeGreaterThan(20 * sixtyFour!.sound);
  });

  it('closes like 1/T for both with an extra absorbing mask', () => {
    const [coarse, fine] = gapsOf([8, 32], 'absorbing');
    expect(coarse!.plugIn).toBeCloseTo(coarse!.sound, 12);
    expect(coarse!.sound / fine!.sound).toBeGreaterThan(3.5);
    expect(coarse!.sound / fine!.sound).toBeLessThan(4.2);
  });
});

it('a process never leaves the support of Q_t: whatever the prediction, a step that Q cannot take has probability 0', () => {
  fc.assert(
    fc.property(fc.constantFrom(...familyNames), arbSetting, (name, setting) => {
      const family = makeFamily(name, setting);
      const { chain } = family;
      for (const reverse of [exactMixture, plugIn, exactLeaveOneOutReverse]) {
        const model = modelOf(family, reverse, randomLogits(setting.seed, chain.numStates));
        for (const xt of chain.sequences) {
          exactReverseRows(model, xt, chain.numSteps - 1, chain.numSteps).forEach((row, n) =>
            row.forEach((logProb, j) =>
              expect(logProb === -Infinity || chain.between(chain.numSteps - 1, chain.numSteps, n)[j]![xt[n]!]! > 0).toBe(true),
            ),
          );
        }
      }
    }),
    { numRuns: 20 },
  );
});
