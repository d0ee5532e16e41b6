import { tensor, type Tensor } from '@tensorflow/tfjs-core';
import { assertClassAxis, assertStates, stepPairs, withGradient, type Steps, type Transition } from '@d3pm/core';
import type { ActionTask } from './action-task.ts';
import type { ActionRow, ExponentialAction } from './exponential-action.ts';

export interface SparseMapsOptions {
  readonly name: string;
  readonly numStates: number;
  readonly numSteps: number;
  /** α(s→t) */
  rate(s: number, t: number): number;
  readonly action: ExponentialAction;
  /** Row `state` of exp(α R) for each pair; the rows are valid until the next call. */
  stateRows(pairs: readonly StateRate[]): ActionRow[];
}

export interface StateRate {
  readonly state: number;
  readonly rate: number;
}

/** Rows that are held in float64 at a time: 16 MB at K = 8192. */
const ROWS = 256;

/**
 * The four maps of exp(α R), R symmetric, on the host in float64: tensors are read, their rows mapped, and the logarithms
 * given back as float32. `pull` is `push`, and columns are rows.
 */
export function sparseMaps({
  name,
  numStates,
  numSteps,
  rate,
  action,
  stateRows,
}: SparseMapsOptions): Pick<Transition, 'pull' | 'pullStates' | 'push' | 'pushStates'> {
  /** α of each row of a batch. */
  const ratesOf = (caller: string, x: Tensor, numRows: number, s: Steps, t: Steps): Float64Array => {
    const pairs = stepPairs(`${name}.${caller}`, s, t, { batchSize: x.shape[0]!, numSteps });
    const rates = Array.from(pairs.s, (from, b) => rate(from, pairs.t[b]!));
    const perExample = numRows / rates.length;
    return Float64Array.from({ length: numRows }, (_, row) => rates[Math.floor(row / perExample)]!);
  };

  const mapStates = (caller: string, states: Tensor, s: Steps, t: Steps): Tensor => {
    assertStates(`${name}.${caller}`, 'states', states, numStates);
    const rates = ratesOf(caller, states, states.size, s, t);
    const values = states.dataSync<'int32'>();
    const places = new Map<string, number[]>();
    values.forEach((state, at) => {
      const key = `${rates[at]} ${state}`;
      const known = places.get(key);
      if (known) known.push(at);
      else places.set(key, [at]);
    });
    const distinct = [...places.values()].sort(([a], [b]) => rates[a!]! - rates[b!]!);
    const logs = new Float32Array(states.size * numStates);
    for (let first = 0; first < distinct.length; first += ROWS) {
      const part = distinct.slice(first, first + ROWS);
      const rows = stateRows(part.map(([at]) => ({ state: values[at!]!, rate: rates[at!]! })));
      part.forEach(([at, ...copies], k) => {
        writeLogs(logs, at! * numStates, rows[k]!);
        for (const copy of copies) logs.copyWithin(copy * numStates, at! * numStates, (at! + 1) * numStates);
      });
    }
    return tensor(logs, [...states.shape, numStates]);
  };

  const mapRows = (caller: 'pull' | 'push', x: Tensor, s: Steps, t: Steps): Tensor => {
    assertClassAxis(`${name}.${caller}`, caller === 'push' ? 'logProbs' : 'logLikelihood', x, numStates);
    const numRows = x.size / numStates;
    const rates = ratesOf(caller, x, numRows, s, t);
    const order = [...rates.keys()].sort((a, b) => rates[a]! - rates[b]!);
    return withGradient(
      [x],
      (input) => {
        const value = tensor(mapLogs(action, order, rates, input.dataSync<'float32'>(), numStates), x.shape);
        return { value, saved: [input, value] };
      },
      (dy, input, value) => [
        tensor(
          gradient(
            action,
            order,
            rates,
            { upstream: dy.dataSync<'float32'>(), input: input.dataSync<'float32'>(), value: value.dataSync<'float32'>() },
            numStates,
          ),
          x.shape,
        ),
      ],
    );
  };

  return {
    push: (logProbs, s, t) => mapRows('push', logProbs, s, t),
    pull: (logLikelihood, s, t) => mapRows('pull', logLikelihood, s, t),
    pushStates: (states, s, t) => mapStates('pushStates', states, s, t),
    pullStates: (states, s, t) => mapStates('pullStates', states, s, t),
  };
}

/** log (exp(x) E) of each row; one of −∞ stays one. */
function mapLogs(
  action: ExponentialAction,
  order: readonly number[],
  rates: Float64Array,
  x: Float32Array,
  numStates: number,
): Float32Array {
  const logs = new Float32Array(x.length).fill(-Infinity);
  for (let first = 0; first < order.length; first += ROWS) {
    const part = order.slice(first, first + ROWS).flatMap((row) => {
      const task = logTask(Float64Array.from(x.subarray(row * numStates, (row + 1) * numStates)), rates[row]!);
      return task ? [{ row, ...task }] : [];
    });
    action(part.map(({ task }) => task)).forEach((mapped, k) => writeLogs(logs, part[k]!.row * numStates, mapped, part[k]!.shift));
  }
  return logs;
}

/**
 * dL/dx_i = Σ_j dy_j exp(x_i + log E_ij − y_j), the share that each input has in an output: positive and negative dy_j
 * apart, each as one more row to map, shifted so that its largest term is 1.
 */
function gradient(
  action: ExponentialAction,
  order: readonly number[],
  rates: Float64Array,
  { upstream, input, value }: { readonly upstream: Float32Array; readonly input: Float32Array; readonly value: Float32Array },
  numStates: number,
): Float32Array {
  const result = new Float32Array(input.length);
  for (let first = 0; first < order.length; first += ROWS / 2) {
    const part = order.slice(first, first + ROWS / 2).flatMap((row) =>
      [1, -1].flatMap((sign) => {
        const terms = Float64Array.from({ length: numStates }, (_, j) => {
          const at = row * numStates + j;
          const share = sign * upstream[at]!;
          return share > 0 && value[at]! > -Infinity ? Math.log(share) - value[at]! : -Infinity;
        });
        const task = logTask(terms, rates[row]!);
        return task ? [{ row, sign, ...task }] : [];
      }),
    );
    action(part.map(({ task }) => task)).forEach((mapped, k) => {
      const { row, sign, shift } = part[k]!;
      for (let i = 0; i < numStates; i++) {
        const log = mapped.logProbs ? mapped.logProbs[i]! : Math.log(mapped.probs[i]!);
        result[row * numStates + i]! += sign * Math.exp(input[row * numStates + i]! + shift + log);
      }
    });
  }
  return result;
}

/** exp(logs) as a task, and the logarithm of what it was divided by; undefined when all are −∞. */
function logTask(logs: Float64Array, rate: number): { readonly task: ActionTask; readonly shift: number } | undefined {
  const shift = logs.reduce((most, log) => Math.max(most, log), -Infinity);
  if (shift === -Infinity) return undefined;
  const logStart = (): Float64Array => logs.map((log) => log - shift);
  return { task: { start: logs.map((log) => Math.exp(log - shift)), logStart, rate }, shift };
}

function writeLogs(logs: Float32Array, from: number, { probs, logProbs }: ActionRow, shift: number = 0): void {
  for (let i = 0; i < probs.length; i++) logs[from + i] = shift + (logProbs ? logProbs[i]! : Math.log(probs[i]!));
}
