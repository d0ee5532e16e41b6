import type { EventTime } from './event-times.ts';

export interface Pace {
  readonly step: number;
  /** Of the steps since the event before, without evaluations in between. */
  readonly secondsPerStep: number;
}

export interface PaceCounter {
  /** @returns undefined where no step has been made since the time before. */
  add(time: EventTime): Pace | undefined;
}

/** Turns times of events into seconds per step. Where a run went on, its steps are counted from there. */
export function createPaceCounter(): PaceCounter {
  let last: EventTime | undefined;
  return {
    add: (time) => {
      const before = last;
      last = time.kind === 'start' ? { ...time, step: time.step - 1 } : time;
      if (before === undefined || time.kind === 'start' || time.step <= before.step) return undefined;
      const secondsPerStep = (time.seconds - before.seconds) / (time.step - before.step);
      return secondsPerStep >= 0 ? { step: time.step, secondsPerStep } : undefined; // a clock was set back
    },
  };
}
