import { createByteCache } from './byte-cache.ts';
import { chainArithmetic, type ChainProduct } from './chain-product.ts';
import { logMatrixProduct } from './log-product.ts';
import type { StepSource } from './step-source.ts';

/** Q(s→t) of one position as tables, made when they are asked for. */
export interface ChainTables {
  /** Q(s→t), float64 `[K·K]`. */
  linear(s: number, t: number): Float64Array;
  /** log Q(s→t), float32 `[K·K]`, right also where float64 underflows; −∞ only where it is impossible. */
  log(s: number, t: number): Float32Array;
  /** One row of Q(s→t), as accurate as the table that is kept; it stays until the next call. */
  row(state: number, s: number, t: number): Float32Array | Float64Array;
  clear(): void;
}

export interface ChainTablesOptions {
  readonly numStates: number;
  readonly centrosymmetric: boolean;
  readonly steps: StepSource;
}

/** Up to this K every Q̄_t is kept in float64; above, in float32, with a float64 product now and then. */
const SMALL_STATES = 64;
/** Steps between two float64 products: getting back to one t takes 16 products on average. */
const CHECKPOINT_EVERY = 32;
/** Below this a float32, and a float64, loses digits to denormals. */
const FLOAT32_SAFE = 2 ** -120;
const FLOAT64_SAFE = 2 ** -960;
/** Of float64 tables made for (s, t) that are not kept otherwise. */
const RECENT_BYTES = 2 ** 24;

export function bytesPerStep(numStates: number, centrosymmetric: boolean): number {
  const entries = numStates * (centrosymmetric ? Math.ceil(numStates / 2) : numStates);
  return numStates <= SMALL_STATES ? entries * 8 : entries * (4 + 8 / CHECKPOINT_EVERY);
}

type Kept = { readonly scale: 'linear' | 'log'; readonly rows: Float32Array };

export function chainTables({ numStates, centrosymmetric, steps }: ChainTablesOptions): ChainTables {
  const arithmetic = chainArithmetic(steps, { numStates, centrosymmetric });
  const { storedRows } = arithmetic;
  const every = numStates <= SMALL_STATES ? 1 : CHECKPOINT_EVERY;

  const checkpoints: ChainProduct[] = [arithmetic.identity];
  const kept: (Kept | undefined)[] = [];
  /** log Q̄_t where only log products can hold it; apart from `kept`, so that rows for draws do not depend on what was asked before. */
  const logs: Float32Array[] = [];
  let frontier: { readonly t: number; readonly product: ChainProduct } = { t: 0, product: arithmetic.identity };
  const logIdentity = toLog(new Float64Array(storedRows * numStates), arithmetic.rows(arithmetic.identity));
  let logFrontier: { readonly t: number; readonly rows: Float64Array } = { t: 0, rows: logIdentity };
  /** The row that was asked for last, where it is not a part of a table. */
  let row: Float32Array | undefined;
  const recent = createByteCache<Float64Array>({ limit: RECENT_BYTES, bytesOf: (table) => table.byteLength });
  const recentLogs = createByteCache<Float32Array>({ limit: RECENT_BYTES, bytesOf: (table) => table.byteLength });

  const logRows = (product: ChainProduct): Float32Array => {
    const rows = arithmetic.rows(product);
    return toLog(new Float32Array(rows.length), rows);
  };

  /** The rows as float32, in the scale that can hold them; undefined where only log products can. */
  const keepable = (product: ChainProduct): Kept | undefined => {
    if (product.smallest >= FLOAT32_SAFE) return { scale: 'linear', rows: arithmetic.rows32(product) };
    if (product.smallest >= FLOAT64_SAFE) return { scale: 'log', rows: logRows(product) };
    return undefined;
  };

  const walkTo = (t: number): void => {
    while (frontier.t < t) {
      const next = frontier.t + 1;
      frontier = { t: next, product: arithmetic.next(frontier.product, next) };
      if (next % every === 0) checkpoints[next / every] = frontier.product;
      if (every > 1) kept[next] = keepable(frontier.product);
    }
  };

  /** Q̄_t, by multiplying on from the last checkpoint. */
  const productAt = (t: number): ChainProduct => {
    walkTo(t);
    if (frontier.t === t) return frontier.product;
    const from = Math.floor(t / every);
    return walkOn(checkpoints[from]!, from * every, t);
  };

  const walkOn = (product: ChainProduct, s: number, t: number): ChainProduct => {
    let at = product;
    for (let u = s + 1; u <= t; u++) at = arithmetic.next(at, u);
    return at;
  };

  const logWalk = (rows: Float64Array, s: number, t: number, visit: (u: number, rows: Float64Array) => void = () => {}): Float64Array => {
    let at = rows;
    for (let u = s + 1; u <= t; u++) {
      at = logMatrixProduct(at, steps.log(u), { rows: storedRows, numStates });
      visit(u, at);
    }
    return at;
  };

  /** log Q̄_t as stored rows, by whatever can hold it. */
  const cumulativeLog = (t: number): Float32Array => {
    walkTo(t);
    const known = kept[t];
    if (known) return known.scale === 'log' ? known.rows : toLog(new Float32Array(known.rows.length), known.rows);
    if (every === 1) {
      const product = productAt(t);
      if (product.smallest >= FLOAT64_SAFE) return logRows(product);
    }
    if (logFrontier.t < t) {
      const rows = logWalk(logFrontier.rows, logFrontier.t, t, (u, visited) => {
        if (kept[u] === undefined) logs[u] = new Float32Array(visited);
      });
      logFrontier = { t, rows };
    }
    return logs[t]!;
  };

  const intervalLog = (s: number, t: number): Float32Array => {
    const product = walkOn(arithmetic.identity, s, t);
    if (product.smallest >= FLOAT64_SAFE) return logRows(product);
    return new Float32Array(logWalk(logIdentity, s, t));
  };

  const linear = (s: number, t: number): Float64Array =>
    recent.getOrCreate(`${s} ${t}`, () => {
      if (t === s + 1) return steps.linear(t);
      const product = s === 0 ? productAt(t) : walkOn(arithmetic.identity, s, t);
      return arithmetic.full(arithmetic.rows(product));
    });

  /** Row `state` of stored rows: below them it is the mirror image of one above. */
  const keptRow = ({ scale, rows }: Kept, state: number): Float32Array => {
    const isStored = state < storedRows;
    const from = (isStored ? state : numStates - 1 - state) * numStates;
    if (isStored && scale === 'linear') return rows.subarray(from, from + numStates);
    row ??= new Float32Array(numStates);
    for (let j = 0, at = isStored ? from : from + numStates - 1, by = isStored ? 1 : -1; j < numStates; j++, at += by) row[j] = rows[at]!;
    if (scale === 'log') for (let j = 0; j < numStates; j++) row[j] = Math.exp(row[j]!);
    return row;
  };

  return {
    linear,
    row: (state, s, t) => {
      if (s === 0) walkTo(t);
      const known = s === 0 ? kept[t] : undefined;
      if (!known) return linear(s, t).subarray(state * numStates, (state + 1) * numStates);
      return keptRow(known, state);
    },
    log: (s, t) => {
      if (t === s) return Float32Array.from({ length: numStates ** 2 }, (_, at) => (at % (numStates + 1) === 0 ? 0 : -Infinity));
      if (t === s + 1) return new Float32Array(steps.log(t));
      if (s === 0) return arithmetic.full(cumulativeLog(t));
      return recentLogs.getOrCreate(`${s} ${t}`, () => arithmetic.full(intervalLog(s, t)));
    },
    clear: () => {
      recent.clear();
      recentLogs.clear();
    },
  };
}

function toLog<A extends Float32Array | Float64Array>(target: A, entries: Float32Array | Float64Array): A {
  for (let at = 0; at < entries.length; at++) target[at] = Math.log(entries[at]!);
  return target;
}
