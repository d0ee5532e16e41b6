/**
 * Time of one `sum`, the median of many. By hand, on a machine with nothing else to do, after `pnpm build`:
 *
 *     mpirun -n 2 --bind-to none node packages/mpi/bench/all-reduce.mjs
 *
 * The lengths are one number, and the parameters of a small network and of one of the paper's size.
 */
import { createMpiGroup } from '@d3pm/mpi';

const LENGTHS = [1, 450_000, 36_000_000];
/** Sums longer than that are few. */
const FLOATS_IN_ALL = 400_000_000;

const group = await createMpiGroup();
const rows = [];
for (const length of LENGTHS) {
  const values = new Float32Array(length);
  /** @type {number[]} */
  const times = [];
  for (let i = 0; i < Math.min(2000, Math.max(10, FLOATS_IN_ALL / length)); i++) {
    values.fill(1);
    await group.barrier();
    const start = performance.now();
    await group.sum(values);
    times.push(performance.now() - start);
  }
  times.sort((a, b) => a - b);
  const at = (/** @type {number} */ quantile) => (times[Math.floor(quantile * (times.length - 1))] ?? 0).toFixed(3);
  rows.push({ float32: length, sums: times.length, 'median ms': at(0.5), '90 % ms': at(0.9) });
}
if (group.rank === 0) {
  console.log(`${group.transport}, ${group.size} ranks, ${group.localSize} of them on this host`);
  console.table(rows);
}
await group.close();
