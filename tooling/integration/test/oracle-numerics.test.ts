import { grad, sum, tensor, tidy, type Tensor } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { boundTermNats, hybridLossNats, mixture, posteriorLogProbs, type ReverseProcess } from '@d3pm/core';
import { exactReverseRows, expectAllClose, expectNoLeak, klNats, posterior, type Matrix } from '@d3pm/core/testing';
import { prepareEngine } from '@d3pm/engine';
import { familyNames, makeFamily, randomLogits, type Family } from './oracle-families.ts';
import { processes } from './oracle-processes.ts';

const predictingData = processes.slice(0, 4);

/** All (x_0, x_t, t) of one position that can happen: a batch of sequences of length 1. */
function possible({ chain }: Family): { readonly x0: number; readonly xt: number; readonly t: number }[] {
  const states = Array.from({ length: chain.numStates }, (_, k) => k);
  return states.flatMap((x0) =>
    x0 === chain.extraMask
      ? []
      : states.flatMap((xt) =>
          Array.from({ length: chain.numSteps }, (_, i) => ({ x0, xt, t: i + 1 })).filter(({ t }) => chain.between(0, t, 0)[x0]![xt]! > 0),
        ),
  );
}

function batch(rows: readonly { readonly x0: number; readonly xt: number; readonly t: number }[]) {
  const column = (values: readonly number[]): Tensor => tensor(Int32Array.from(values), [values.length, 1], 'int32');
  return {
    x0: column(rows.map(({ x0 }) => x0)),
    xt: column(rows.map(({ xt }) => xt)),
    s: Int32Array.from(rows, ({ t }) => t - 1),
    t: Int32Array.from(rows, ({ t }) => t),
  };
}

const logitTensor = (rows: Matrix): Tensor => tensor(Float32Array.from(rows.flat()), [rows.length, 1, rows[0]!.length]);

describe('numerics', () => {
  beforeAll(async () => {
    await prepareEngine();
  });

  describe.each(familyNames)('%s', (name) => {
    const family = makeFamily(name, { seed: 101, numSteps: 3, numPositions: 1 });
    const { transition, chain } = family;
    const K = chain.numStates;
    const rows = possible(family);

    const gradientOf = (reverse: ReverseProcess, logits: Matrix, lambda: number): Float32Array =>
      tidy(() => {
        const { s, ...input } = batch(rows);
        const loss = (x: Tensor): Tensor =>
          lambda === 0
            ? sum(boundTermNats(transition, reverse, { ...input, s, logits: x }))
            : sum(hybridLossNats(transition, reverse, { ...input, logits: x, lambda }));
        return grad(loss)(logitTensor(logits)).dataSync<'float32'>();
      });

    it.each(processes)('%s: the gradient of every term is that of the float64 formula', (_title, reverse, exact) => {
      const logits = rows.map((row, i) => randomLogits(103 + i, K)([row.xt], row.t)[0]!);
      const term = (index: number, values: readonly number[]): number => {
        const { x0, xt, t } = rows[index]!;
        const model = { chain, prior: family.prior, reverse: exact, logits: () => [values] };
        return klNats(posterior(chain, { x0, xt, s: t - 1, t, position: 0 }), exactReverseRows(model, [xt], t - 1, t)[0]!);
      };
      const step = 1e-4;
      const expected = logits.flatMap((values, i) =>
        values.map((_, c) => {
          const moved = (by: number): number[] => values.map((value, k) => (k === c ? value + by : value));
          return (term(i, moved(step)) - term(i, moved(-step))) / (2 * step);
        }),
      );
      expectAllClose(gradientOf(reverse as ReverseProcess, logits, 0), expected, { rtol: 1e-4, atol: 2e-6 });
    });

    it.each(processes)('%s: no gradient is NaN or infinite at p = 0, with logits of ±10⁴ or −∞, also at x_0 itself', (_title, reverse) => {
      const extremes: Matrix[] = [
        rows.map(({ x0 }) => Array.from({ length: K }, (_, c) => (c === x0 ? -1e4 : 1e4))),
        rows.map(({ x0 }) => Array.from({ length: K }, (_, c) => (c === x0 ? 1e4 : -1e4))),
        rows.map(({ x0 }) => Array.from({ length: K }, (_, c) => (c === x0 ? 0 : -Infinity))),
        rows.map(({ x0 }) => Array.from({ length: K }, (_, c) => (c === x0 ? -Infinity : 0))),
        rows.map((_, i) => Array.from({ length: K }, (__, c) => (c === i % K ? 0 : -Infinity))),
      ];
      for (const logits of extremes) {
        const lambda = reverse.name === 'direct' ? 0 : 0.01;
        expect([...gradientOf(reverse as ReverseProcess, logits, lambda)].every(Number.isFinite)).toBe(true);
      }
    });

    it.each(predictingData)('%s: a confident wrong answer has a finite loss and a gradient that is not 0', (_title, reverse) => {
      const logits = rows.map(({ x0 }) => Array.from({ length: K }, (_, c) => (c === x0 ? -1e4 : 0)));
      const gradients = gradientOf(reverse as ReverseProcess, logits, 0.01);
      const losses = tidy(() => {
        const { s: _s, ...input } = batch(rows);
        return hybridLossNats(transition, reverse as ReverseProcess, { ...input, logits: logitTensor(logits), lambda: 0.01 }).dataSync();
      });
      expect([...losses].every(Number.isFinite)).toBe(true);
      // where x_t leaves a single x_0, a leave-one-out prediction is certain whatever its logits
      const undecided = rows.flatMap(({ x0, xt, t }, i) => {
        const candidates = chain.between(0, t, 0).filter((row, c) => c !== chain.extraMask && row[xt]! > 0);
        return candidates.length > 1 ? [Math.abs(gradients[i * K + x0]!)] : [];
      });
      expect(undecided.length).toBeGreaterThan(0);
      expect(Math.min(...undecided)).toBeGreaterThan(1e-4);
    });

    it.each(predictingData)('%s: the term is 0 when f is the point mass on x_0', (_title, reverse) => {
      tidy(() => {
        const logits = logitTensor(rows.map(({ x0 }) => Array.from({ length: K }, (_, c) => (c === x0 ? 0 : -Infinity))));
        const terms = boundTermNats(transition, reverse as ReverseProcess, { ...batch(rows), logits });
        expectAllClose(terms, new Float64Array(rows.length), { atol: 5e-7, rtol: 0 });
      });
    });

    it.each(processes)('%s: no row is NaN for any x_t, also one that no data reaches; what is possible sums to 1', (_title, reverse) => {
      tidy(() => {
        for (let t = 1; t <= chain.numSteps; t++) {
          const all = Array.from({ length: K }, (_, xt) => ({ x0: 0, xt, t }));
          const logits = logitTensor(all.map(({ xt }) => randomLogits(107, K)([xt], t)[0]!));
          const logProbs = (reverse as ReverseProcess).logProbs(transition, { ...batch(all), logits }).dataSync<'float32'>();
          const posteriors = posteriorLogProbs(transition, batch(all)).dataSync<'float32'>();
          for (const values of [logProbs, posteriors]) {
            for (let xt = 0; xt < K; xt++) {
              const total = values.slice(xt * K, xt * K + K).reduce((mass, logProb) => mass + Math.exp(logProb), 0);
              expect(Math.min(Math.abs(total), Math.abs(total - 1))).toBeLessThan(1e-5);
            }
          }
        }
      });
    });

    // at s = 0 the plug-in with `firstStep: 'denoiser'` is f, whatever x_t
    it.each(predictingData)('%s: the support of the reverse step lies in that of Q(s→t)', (_title, reverse) => {
      tidy(() => {
        for (const [s, t] of [
          [1, 2],
          [1, 3],
          [2, 3],
        ] as const) {
          const xt = tensor(
            Int32Array.from({ length: K }, (_, k) => k),
            [K, 1],
            'int32',
          );
          const logits = logitTensor(Array.from({ length: K }, (_, k) => randomLogits(109, K)([k], t)[0]!));
          const logProbs = (reverse as ReverseProcess).logProbs(transition, { xt, s, t, logits }).dataSync();
          const impossible = Array.from({ length: K * K }, (_, i) => i).filter(
            (i) => chain.between(s, t, 0)[i % K]![Math.floor(i / K)] === 0,
          );
          expect(impossible.map((i) => logProbs[i])).toEqual(impossible.map(() => -Infinity));
        }
      });
    });

    it.each(processes)('%s: a batch with a step per example is the same examples alone', (_title, reverse) => {
      tidy(() => {
        const logits = rows.map((row, i) => randomLogits(113 + i, K)([row.xt], row.t)[0]!);
        const together = boundTermNats(transition, reverse as ReverseProcess, { ...batch(rows), logits: logitTensor(logits) }).dataSync();
        const alone = rows.map((row, i) => {
          const { x0, xt } = batch([row]);
          return boundTermNats(transition, reverse as ReverseProcess, {
            x0,
            xt,
            s: row.t - 1,
            t: row.t,
            logits: logitTensor([logits[i]!]),
          }).dataSync()[0]!;
        });
        expectAllClose(together, alone, { rtol: 1e-6, atol: 1e-6 });
      });
    });

    it.each(processes)('%s: leaves no tensor behind', (_title, reverse) => {
      const logits = logitTensor(rows.map(({ xt, t }) => randomLogits(127, K)([xt], t)[0]!));
      const input = batch(rows);
      expectNoLeak(() => (reverse as ReverseProcess).logProbs(transition, { ...input, logits }));
      expectNoLeak(() => boundTermNats(transition, reverse as ReverseProcess, { ...input, logits }));
      expectNoLeak(() => posteriorLogProbs(transition, input));
      for (const held of [logits, input.x0, input.xt]) held.dispose();
    });
  });

  it('a step that does nothing (β = 0) costs 0, before any noise and between noise, with a finite gradient', () => {
    const family = makeFamily('absorbing, extra mask', { seed: 131, numSteps: 4, betas: [0, 0.5, 0, 1], numPositions: 1 });
    const rows = possible(family);
    tidy(() => {
      const input = batch(rows);
      const logits = logitTensor(rows.map(({ x0 }) => Array.from({ length: 4 }, (_, c) => (c === x0 ? -Infinity : 0))));
      const loss = (x: Tensor): Tensor => boundTermNats(family.transition, mixture(), { ...input, logits: x });
      const terms = loss(logits).dataSync();
      const idle = rows.flatMap(({ t }, i) => (t === 1 || t === 3 ? [terms[i]!] : []));
      expect(idle).toEqual(idle.map(() => 0));
      expect([...grad((x: Tensor) => sum(loss(x)))(logits).dataSync()].every(Number.isFinite)).toBe(true);
    });
  });
});
