import { sizeOf, type ActionTask } from './action-task.ts';
import { createBlockRecurrence, type BlockRecurrence } from './block-recurrence.ts';
import { chebyshevDegree, chebyshevRows } from './chebyshev.ts';
import { hopsAtMost } from './hops.ts';
import { logUniformizedRow } from './log-uniformization.ts';
import { isModal, modalRow } from './modal-row.ts';
import { slowModes, type SlowModes } from './slow-modes.ts';
import { spectralRadius } from './spectral-radius.ts';
import type { SymmetricGenerator } from './symmetric-generator.ts';
import { massKept, uniformization, uniformizationTerms } from './uniformization.ts';

/** A row p exp(α R), float64 `[K]`. */
export interface ActionRow {
  readonly probs: Float64Array;
  /** Its logarithm, when `probs` has underflowed somewhere. */
  readonly logProbs: Float64Array | undefined;
}

/** The rows asked for, in order. What one of them is does not depend on the others, nor on what came before. */
export type ExponentialAction = (tasks: readonly ActionTask[]) => ActionRow[];

/** Rows made together, so that their blocks stay in a cache of 512 KiB at K = 8192; and where only one or two are left. */
const WIDTH = 4;
const NARROW = 2;
/** Up to this many terms, or this many multiplications, uniformisation is taken, which is right relatively. */
const FEW_TERMS = 32;
const FEW_MULTIPLICATIONS = 2 ** 20;
/** How much of an entry the last term of uniformisation may be: where terms cost little, and what float32 logarithms can show. */
const PRECISE = 2 ** -50;
const COARSE = 2 ** -16;
/** From this degree on the slow modes are looked for, which takes a few seconds once. */
const MANY_TERMS = 160;
/** What an entry by Chebyshev or by modes may be off, in units of ‖p‖, with its rounding. */
const NOISE = 2e-15;
/** Entries must be this many times as large, else the row is made by uniformisation. */
const SIGNAL = 2 ** 20;
/** Multiplications that a row may take for the sake of its small entries, a tenth of a second; in logarithms some seconds. */
const AFFORDABLE = 2 ** 28;
/** Below this a float64 loses digits to denormals. */
const FLOAT64_SAFE = 2 ** -960;
const SMALLEST = 2 ** -1022;

/**
 * Rows p exp(α R) of a connected generator of any size, without a K×K matrix. Which way is taken depends on α alone, or on
 * how small the entries came out:
 *
 *     few terms: αΛ ≤ 8, and more         uniformisation, each entry right relatively: for small graphs to 1e-13, for
 *       for small graphs                    large ones to 1e-6
 *     up to α ρ = 740                     Chebyshev, 2e-15 ‖p‖ in each entry
 *     beyond, where α λ > 34.5 for        slow modes, 2e-15 ‖p‖ in each entry
 *       the first λ not found
 *     entries below 2e-9 ‖p‖ came out     uniformisation, if αΛ times the number of jumps is below 2²⁸, else an entry below
 *                                         the bound is set to it
 *     entries underflow a float64         uniformisation in logarithms, within the same limit, else 2⁻¹⁰²²
 *
 * with Λ the largest exit rate, ρ ≤ 2Λ the spectral radius. A row sums to what p sums to, and no entry is 0 for α > 0.
 */
export function exponentialAction(generator: SymmetricGenerator): ExponentialAction {
  const { numStates, exitRates, targets } = generator;
  const fastest = exitRates.reduce((most, exitRate) => Math.max(most, exitRate), 0);
  const radius = spectralRadius(generator);
  const maxHops = hopsAtMost(generator);
  const perTerm = targets.length + numStates;
  const fewTerms = Math.max(FEW_TERMS, FEW_MULTIPLICATIONS / perTerm);
  const relativeTerm = fewTerms > FEW_TERMS ? PRECISE : COARSE;
  const recurrences = new Map<number, BlockRecurrence>();
  const recurrence = (width: number): BlockRecurrence => {
    const made = recurrences.get(width) ?? createBlockRecurrence(generator, width);
    recurrences.set(width, made);
    return made;
  };
  let modes: SlowModes | undefined;
  const modesAt = (rate: number): SlowModes | undefined => {
    if (chebyshevDegree(rate, radius) <= MANY_TERMS) return undefined;
    modes ??= slowModes(generator, recurrence(WIDTH), radius);
    return isModal(modes, rate) ? modes : undefined;
  };

  const uniformize = uniformization(generator, { fastest, maxHops, relativeTerm });
  const uniformized = (tasks: readonly ActionTask[]): Float64Array[] =>
    inBlocks(tasks, (part, width) => uniformize(recurrence(width), part));
  const expanded = (tasks: readonly ActionTask[]): Float64Array[] =>
    inBlocks(tasks, (part, width) => chebyshevRows(recurrence(width), part, { exitRates, radius }));

  const isAffordable = (terms: number): boolean => terms * perTerm <= AFFORDABLE;

  /** Rows whose entries are right absolutely, those with small ones made anew or cut off. */
  const refined = (tasks: readonly ActionTask[], rows: readonly Float64Array[]): Float64Array[] => {
    const noise = tasks.map(({ start }) => NOISE * sizeOf(start).norm);
    const small = tasks.map(
      ({ rate }, k) => smallestOf(rows[k]!) < SIGNAL * noise[k]! && isAffordable(uniformizationTerms(rate * fastest)),
    );
    const anew = uniformized(tasks.filter((_, k) => small[k]));
    return rows.map((row, k) =>
      small[k]
        ? anew.shift()!
        : massKept(
            row.map((entry) => Math.max(entry, noise[k]!)),
            sizeOf(tasks[k]!.start).mass,
          ),
    );
  };

  const withLogs = (task: ActionTask, probs: Float64Array): ActionRow => {
    if (smallestOf(probs) >= FLOAT64_SAFE) return { probs, logProbs: undefined };
    const { rate, logStart } = task;
    const terms = Math.max(uniformizationTerms(rate * fastest), maxHops);
    if (!isAffordable(terms)) return { probs: probs.map((prob) => Math.max(prob, SMALLEST)), logProbs: undefined };
    return { probs, logProbs: logUniformizedRow(generator, logStart?.() ?? logsOf(task.start, numStates), { rate, fastest, maxHops }) };
  };

  const ways: Readonly<Record<Way, (tasks: readonly ActionTask[]) => ActionRow[]>> = {
    stay: (tasks) =>
      tasks.map(({ start, logStart }) => {
        const logs = logStart?.();
        return { probs: typeof start === 'number' ? pointMass(start, numStates) : start.slice(), logProbs: logs };
      }),
    limit: (tasks) =>
      tasks.map(({ start }) => ({ probs: new Float64Array(numStates).fill(sizeOf(start).mass / numStates), logProbs: undefined })),
    uniformization: (tasks) => uniformized(tasks).map((row, k) => withLogs(tasks[k]!, row)),
    chebyshev: (tasks) => refined(tasks, expanded(tasks)).map((row, k) => withLogs(tasks[k]!, row)),
    modes: (tasks) =>
      refined(
        tasks,
        tasks.map((task) => modalRow(modes!, task, numStates)),
      ).map((row, k) => withLogs(tasks[k]!, row)),
  };
  const wayOf = (rate: number): Way => {
    if (rate === 0) return 'stay';
    if (rate * fastest === Infinity) return 'limit';
    if (uniformizationTerms(rate * fastest) <= fewTerms) return 'uniformization';
    return modesAt(rate) ? 'modes' : 'chebyshev';
  };

  return (tasks) => {
    const rows = new Array<ActionRow>(tasks.length);
    const members: Record<Way, number[]> = { stay: [], limit: [], uniformization: [], chebyshev: [], modes: [] };
    tasks.forEach(({ rate }, at) => members[wayOf(rate)].push(at));
    for (const way of Object.keys(members) as Way[]) {
      // Rows of a block take as long as that of the largest α.
      const order = members[way].sort((a, b) => tasks[a]!.rate - tasks[b]!.rate);
      ways[way](order.map((at) => tasks[at]!)).forEach((row, k) => (rows[order[k]!] = row));
    }
    return rows;
  };
}

type Way = 'chebyshev' | 'limit' | 'modes' | 'stay' | 'uniformization';

function inBlocks(tasks: readonly ActionTask[], work: (part: readonly ActionTask[], width: number) => Float64Array[]): Float64Array[] {
  const rows: Float64Array[] = [];
  for (let first = 0; first < tasks.length;) {
    const width = tasks.length - first <= NARROW ? NARROW : WIDTH;
    rows.push(...work(tasks.slice(first, first + width), width));
    first += width;
  }
  return rows;
}

function smallestOf(row: Float64Array): number {
  let smallest = Infinity;
  for (let i = 0; i < row.length; i++) if (row[i]! < smallest) smallest = row[i]!;
  return smallest;
}

function pointMass(state: number, numStates: number): Float64Array {
  const probs = new Float64Array(numStates);
  probs[state] = 1;
  return probs;
}

function logsOf(start: ActionTask['start'], numStates: number): Float64Array {
  const probs = typeof start === 'number' ? pointMass(start, numStates) : start;
  return probs.map(Math.log);
}
