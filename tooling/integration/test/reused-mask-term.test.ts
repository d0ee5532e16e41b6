import { boundTermNats, hybridLossNats, leaveOneOut, plugIn, type ReverseProcess, type Transition } from '@d3pm/core';
import { prepareEngine } from '@d3pm/engine';
import { fromArray } from '@d3pm/schedules';
import { absorbing } from '@d3pm/transitions';
import { grad, sum, tensor, tidy, type Tensor } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';

beforeAll(() => prepareEngine());

/** The same process without what the closed form goes by: tables and logarithms. */
const byTables = (transition: Transition): Transition => {
  const { rankOne: _rankOne, absorbing: _absorbing, ...rest } = transition;
  return rest;
};

interface Batch {
  readonly transition: Transition;
  readonly x0: readonly number[];
  readonly xt: readonly number[];
  readonly s: Int32Array;
  readonly t: Int32Array;
  readonly logits: readonly number[];
}

/** Every pair of x_0 and an x_t that can follow from it, each at steps of its own. */
const arbBatch = fc
  .record({
    numStates: fc.integer({ min: 2, max: 6 }),
    betas: fc.array(fc.double({ min: 0.02, max: 0.95, noNaN: true }), { minLength: 2, maxLength: 6 }),
    mask: fc.nat(5),
    ends: fc.tuple(fc.nat(5), fc.nat(5)),
    scale: fc.constantFrom(0.1, 2, 12),
    seed: fc.nat(1e6),
  })
  .map(({ numStates, betas, mask, ends, scale, seed }): Batch => {
    const maskState = mask % numStates;
    const schedule = fromArray({ noise: betas, unit: 'jump-probability' as const });
    const transition = absorbing.create({ numStates, schedule }, { maskState, extraMask: false });
    const pairs = Array.from({ length: numStates }, (_, state) =>
      state === maskState
        ? [[state, state]]
        : [
            [state, state],
            [state, maskState],
          ],
    ).flat();
    const logits = Array.from({ length: pairs.length * numStates }, (_, i) => Math.fround(scale * Math.sin((i + 1) * (seed + 1))));
    const t = Int32Array.from(pairs, (__, i) => 1 + ((ends[1] + i) % betas.length));
    const s = t.map((to, i) => (ends[0] + 2 * i) % to);
    return { transition, x0: pairs.map(([x0]) => x0!), xt: pairs.map(([, xt]) => xt!), s, t, logits };
  });

/** A loss by example, and its gradient. */
function measured(
  { transition, x0, xt, logits }: Batch,
  loss: (transition: Transition, input: { x0: Tensor; xt: Tensor; logits: Tensor }) => Tensor,
) {
  return [transition, byTables(transition)].map((process) =>
    tidy(() => {
      const states = { x0: tensor([...x0], [x0.length, 1], 'int32'), xt: tensor([...xt], [xt.length, 1], 'int32') };
      const given = tensor([...logits], [x0.length, 1, transition.numStates]);
      const nats = (x: Tensor): Tensor => loss(process, { ...states, logits: x });
      return { nats: nats(given).dataSync<'float32'>(), gradient: grad((x) => sum(nats(x)))(given).dataSync<'float32'>() };
    }),
  );
}

/** Logarithms of tables and of f are right to 3e-7 each, of which the table's own way takes the difference, and f has up to 24 of them. */
const TOLERANCE = 1e-5;

function expectAlike([closed, tables]: ReturnType<typeof measured>): void {
  for (const part of ['nats', 'gradient'] as const) {
    closed![part].forEach((value, i) => {
      const expected = tables![part][i]!;
      expect(Math.abs(value - expected), `${part} ${i}: ${value} for ${expected}`).toBeLessThan(
        TOLERANCE * Math.max(1, Math.abs(expected)),
      );
    });
  }
}

describe('absorbing into a state of the data', () => {
  it.each([
    ['plug-in', plugIn()],
    ['plug-in whose first step is f', plugIn({ firstStep: 'denoiser' })],
    ['leave-one-out', leaveOneOut()],
  ] as const)('%s: every term and its gradient are those of the tables, from any t to any s', (_, reverse) => {
    fc.assert(
      fc.property(arbBatch, (batch) => {
        const { s, t } = batch;
        expectAlike(measured(batch, (transition, input) => boundTermNats(transition, reverse as ReverseProcess, { ...input, s, t })));
      }),
      { numRuns: 60 },
    );
  });

  it.each([plugIn(), plugIn({ firstStep: 'denoiser' })])('with the cross-entropy beside it too', (reverse) => {
    fc.assert(
      fc.property(arbBatch, fc.constantFrom(0.001, 0.5), (batch, lambda) => {
        const { t } = batch;
        expectAlike(measured(batch, (transition, input) => hybridLossNats(transition, reverse, { ...input, t, lambda })));
      }),
      { numRuns: 40 },
    );
  });

  it('keeps the closed form in a batch whose last steps are from 1 and from later', () => {
    const schedule = fromArray({ noise: [0.2, 0.3, 0.4], unit: 'jump-probability' });
    const transition = absorbing.create({ numStates: 4, schedule }, { maskState: 3, extraMask: false });
    const steps = { s: Int32Array.of(0, 0), t: Int32Array.of(1, 3) };
    for (const reverse of [plugIn(), plugIn({ firstStep: 'denoiser' }), leaveOneOut()] as readonly ReverseProcess[]) {
      expect(reverse.closedForms!.map((form) => form.holds(reverse, transition, steps))).toEqual([true]);
      expect(reverse.closedForms!.map((form) => form.holds(reverse, byTables(transition), steps))).toEqual([false]);
    }
  });

  it('is NaN where x_t can follow from nothing, and 0 where it was not absorbed', () => {
    const transition = absorbing.create(
      { numStates: 4, schedule: fromArray({ noise: [0.2, 0.3], unit: 'jump-probability' }) },
      { maskState: 3, extraMask: false },
    );
    const nats = tidy(() =>
      boundTermNats(transition, plugIn(), {
        x0: tensor([0, 1], [2, 1], 'int32'),
        xt: tensor([1, 1], [2, 1], 'int32'),
        logits: tensor([3, 1, 0, 2, 9, -9, 4, 1], [2, 1, 4]),
        s: 1,
        t: 2,
      }).dataSync(),
    );
    expect([...nats]).toEqual([NaN, 0]);
  });

  it('is infinite where f excludes what q does not, whatever else it excludes', () => {
    const transition = absorbing.create(
      { numStates: 3, schedule: fromArray({ noise: [0.2, 0.3], unit: 'jump-probability' }) },
      { maskState: 2, extraMask: false },
    );
    const at = (x0: number, logits: readonly number[], s: number): number =>
      tidy(
        () =>
          boundTermNats(transition, plugIn(), {
            x0: tensor([x0], [1, 1], 'int32'),
            xt: tensor([2], [1, 1], 'int32'),
            logits: tensor([...logits], [1, 1, 3]),
            s,
            t: s + 1,
          }).dataSync()[0]!,
      );
    for (const s of [0, 1]) {
      expect(at(0, [-Infinity, 1, 1], s)).toBe(Infinity);
      expect(at(0, [-Infinity, -Infinity, 1], s)).toBe(Infinity);
      expect(at(0, [1, -Infinity, -Infinity], s)).toBeCloseTo(0, 6);
    }
    // Absorbed or grey from the start: at s = 1 the mask stays possible, at s = 0 it is x_0 or not.
    expect(at(2, [1, 1, -Infinity], 0)).toBe(Infinity);
    expect(at(2, [1, 1, -Infinity], 1)).toBeCloseTo(Math.log1p((0.3 * 0.8) / 0.2), 6);
    expect(at(2, [-Infinity, -Infinity, 0], 0)).toBe(0);
  });
});
