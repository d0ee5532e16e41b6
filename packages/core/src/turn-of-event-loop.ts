declare function setTimeout(callback: () => void, milliseconds: number): unknown;
declare const setImmediate: ((callback: () => void) => unknown) | undefined;
declare const performance: { now(): number };

/** Signals and keys are answered in what people take for no time, and the turns cost less than a thousandth. */
const EVERY_MS = 20;

/**
 * Lets run what waits: signals, timers, input, painting. An engine whose results are there at once never waits, so long work on it must do
 * this itself. In Node it takes microseconds, in a browser the milliseconds that it makes of 0.
 */
export function turnOfEventLoop(): Promise<void> {
  return new Promise((resolve) => void (typeof setImmediate === 'function' ? setImmediate(resolve) : setTimeout(resolve, 0)));
}

/** For loops whose steps may be short: a {@link turnOfEventLoop} when the last one is 20 ms ago, else nothing. */
export function turnsOfEventLoop(): () => Promise<void> | undefined {
  let last = performance.now();
  return () => {
    if (performance.now() - last < EVERY_MS) return undefined;
    return turnOfEventLoop().then(() => void (last = performance.now()));
  };
}
