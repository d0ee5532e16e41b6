import { gatherJson } from '../gather-json.ts';
import type { ProcessGroup } from '../process-group.ts';
import { createRng } from '../rng.ts';

declare function setTimeout(callback: () => void, milliseconds: number): unknown;

export interface ProcessGroupLaw {
  readonly name: string;
  readonly ok: boolean;
  /** What came and what was expected, where it is broken. */
  readonly detail: string;
}

/** Enough for every algorithm by which a transport sums: those for short and for long messages. */
const LENGTHS = [0, 1, 7, 1000, 300_001];
const UNTOUCHED = -1;

/**
 * Tries what a {@link ProcessGroup} promises. To be called by all of its members; it ends with the same report on each, where a law holds if it
 * does for all of them. A transport that hangs hangs it.
 */
export async function checkProcessGroup(group: ProcessGroup): Promise<readonly ProcessGroupLaw[]> {
  const report: ProcessGroupLaw[] = [];
  for (const [name, law] of Object.entries(LAWS)) {
    const problems = await gatherJson(group, (await law(group)) ?? '');
    const detail = problems.flatMap((problem, rank) => (problem === '' ? [] : [`rank ${rank}: ${problem}`])).join('; ');
    report.push({ name, ok: detail === '', detail });
  }
  return report;
}

/** What is wrong, or nothing. A law that is broken on one member goes on to its end all the same: the others do. */
type Law = (group: ProcessGroup) => Promise<string | undefined>;

const LAWS: Readonly<Record<string, Law>> = {
  'ranks are 0…size − 1, in their order': async (group) => {
    const all = await gatherJson(group, [group.rank, group.size]);
    const expected = Array.from({ length: group.size }, (_, rank) => [rank, group.size]);
    return differs(all, expected);
  },
  'local ranks are 0…local size − 1': async ({ localRank, localSize, size }) =>
    localRank >= 0 && localRank < localSize && localSize <= size ? undefined : `local rank ${localRank} of ${localSize}, size ${size}`,
  'a sum of float32 is that of all members': (group) => sums(group, Float32Array),
  'a sum of float64 is that of all members': (group) => sums(group, Float64Array),
  'float64 keeps 53 bits': async (group) => {
    const values = Float64Array.of(group.rank === 0 ? 2 ** 53 - group.size : 1);
    await group.sum(values);
    return differs(values[0], 2 ** 53 - 1);
  },
  'a sum has the same bits on all members, and when it is made again': async (group) => {
    const random = createRng(1).split(group.rank);
    const drawn = Float32Array.from({ length: 10_001 }, (_, i) => random.normal(i));
    const [first, again] = [drawn.slice(), drawn.slice()];
    await group.sum(first);
    await group.sum(again);
    const ofRoot = new Uint8Array(first.slice().buffer);
    await group.broadcast(ofRoot);
    const place = firstDifference(new Uint8Array(first.buffer), ofRoot) ?? firstDifference(new Uint8Array(again.buffer), ofRoot);
    return place === undefined ? undefined : `byte ${place} is another`;
  },
  'infinity and NaN go through': async (group) => {
    const values = Float32Array.of(group.rank === 0 ? Infinity : 0, group.rank === group.size - 1 ? NaN : 0, 1);
    await group.sum(values);
    return differs([...values].map(String), ['Infinity', 'NaN', String(group.size)]);
  },
  'a broadcast gives the bytes of its root, whoever that is': async (group) => {
    let problem: string | undefined;
    for (let root = 0; root < group.size; root++) {
      for (const length of LENGTHS) {
        const bytes = new Uint8Array(length).fill(1 + group.rank);
        await group.broadcast(bytes, root);
        const place = bytes.findIndex((byte) => byte !== 1 + root);
        if (place >= 0) problem ??= `byte ${place} of ${length} is ${bytes[place]}, expected ${1 + root}`;
      }
    }
    return problem;
  },
  'only the view is read and written': async (group) => {
    const whole = new Float32Array(9).fill(UNTOUCHED);
    const bytes = new Uint8Array(9).fill(9);
    await group.sum(whole.subarray(3, 6).fill(1));
    await group.broadcast(bytes.subarray(3, 6).fill(group.rank));
    return (
      differs([...whole], [UNTOUCHED, UNTOUCHED, UNTOUCHED, group.size, group.size, group.size, UNTOUCHED, UNTOUCHED, UNTOUCHED]) ??
      differs([...bytes], [9, 9, 9, 0, 0, 0, 9, 9, 9])
    );
  },
  'operations that are begun together go one after the other': async (group) => {
    const sums = Array.from({ length: 20 }, (_, i) => Float64Array.of(i));
    const bytes = Uint8Array.of(group.rank);
    await Promise.all([...sums.map((values) => group.sum(values)), group.barrier(), group.broadcast(bytes, group.size - 1)]);
    return differs([...sums.map(([sum]) => sum), bytes[0]], [...sums.map((_, i) => i * group.size), group.size - 1]);
  },
  'the event loop turns while others are waited for': async (group) => {
    let [turns, isWaiting] = [0, true];
    const count = (): void => {
      turns += 1;
      if (isWaiting) setTimeout(count, 5);
    };
    count();
    if (group.rank === 0) await new Promise<void>((resume) => void setTimeout(resume, 200));
    await group.barrier();
    isWaiting = false;
    return turns >= 4 ? undefined : `${turns} turns of 5 ms in 200 ms`;
  },
};

async function sums(group: ProcessGroup, type: Float32ArrayConstructor | Float64ArrayConstructor): Promise<string | undefined> {
  let problem: string | undefined;
  for (const length of LENGTHS) {
    const values = new type(length);
    for (let i = 0; i < length; i++) values[i] = (i % 1000) + group.rank;
    await group.sum(values);
    const ranks = (group.size * (group.size - 1)) / 2;
    const place = values.findIndex((value, i) => value !== (i % 1000) * group.size + ranks);
    if (place >= 0) problem ??= `entry ${place} of ${length} is ${values[place]}, expected ${(place % 1000) * group.size + ranks}`;
  }
  return problem;
}

function differs(came: unknown, expected: unknown): string | undefined {
  const [left, right] = [JSON.stringify(came), JSON.stringify(expected)];
  return left === right ? undefined : `${left}, expected ${right}`;
}

function firstDifference(left: Uint8Array, right: Uint8Array): number | undefined {
  const place = left.findIndex((byte, i) => byte !== right[i]);
  return place < 0 ? undefined : place;
}
