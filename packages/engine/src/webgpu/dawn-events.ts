/** Naps of this many microseconds: short beside any work, long enough to leave the core to a driver that is software. */
const NAP_MICROSECONDS = 50;
/** Looks before the first nap. */
const SPINS = 20;

/** The events of Dawn, which the npm package `webgpu` is, taken out of the loop of Node. */
export interface DawnEvents {
  /** Does `call`, which must return a promise of Dawn, and hands its result on. */
  settle<T>(call: () => Promise<T>): Promise<T>;
  /** Does `call` and lets Dawn work for as long as `pending` is true. */
  wait(call: () => void, pending: () => boolean): void;
}

type Turn = () => void;

/**
 * Dawn asks for its turns by the global `setImmediate`, one by one and for as long as a device lives, so that a process with a device would
 * never end, and nothing could be read back in the middle of a function. Here those requests are caught, only while a call of Dawn
 * runs, and the turns are given when somebody waits: then a promise settles without the loop, and a buffer maps within a call.
 */
export function dawnEvents(): DawnEvents {
  let turn: Turn | undefined;
  const catching = <T>(call: () => T): T => {
    const own = globalThis.setImmediate;
    globalThis.setImmediate = ((next: Turn) => void (turn = next)) as unknown as typeof setImmediate;
    try {
      return call();
    } finally {
      globalThis.setImmediate = own;
    }
  };
  return {
    settle: async (call) => {
      const promise = catching(call);
      let settled = false;
      const settle = (): void => void (settled = true);
      promise.then(settle, settle);
      while (!settled) {
        catching(() => turn?.());
        await new Promise((resolve) => setImmediate(resolve));
      }
      return promise;
    },
    wait: (call, pending) =>
      catching(() => {
        call();
        for (let look = 0; pending(); look++) {
          if (look > SPINS) nap();
          turn?.();
        }
      }),
  };
}

const bed = new Int32Array(new SharedArrayBuffer(4));
const nap = (): void => void Atomics.wait(bed, 0, 0, NAP_MICROSECONDS / 1000);
