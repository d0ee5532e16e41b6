export interface KeptPoints<T> {
  /** All that are kept, in the order in which they came. */
  readonly all: readonly T[];
  /** @returns whether the point is kept; `'thinned'` when earlier ones were dropped for it. */
  add(point: T): boolean | 'thinned';
  clear(): void;
}

/** Keeps at most `max` points of a series without end, evenly spaced: when there are more, every second one goes, and from then on every second is kept. */
export function keptPoints<T>(max: number): KeptPoints<T> {
  let [all, count, every]: [T[], number, number] = [[], 0, 1];
  return {
    get all() {
      return all;
    },
    add: (point) => {
      if (count++ % every !== 0) return false;
      all.push(point);
      if (all.length <= max) return true;
      all = all.filter((_, i) => i % 2 === 0);
      every *= 2;
      return 'thinned';
    },
    clear: () => {
      [all, count, every] = [[], 0, 1];
    },
  };
}
