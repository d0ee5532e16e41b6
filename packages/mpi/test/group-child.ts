import { setTimeout as sleep } from 'node:timers/promises';
import { checkProcessGroup } from '@d3pm/core/testing';
import { createMpiGroup, type MpiGroup } from '../src/index.ts';

// A member of a group, which does what the argument says. Prints what came of it: one JSON a line.
const print = (line: unknown): boolean => process.stdout.write(`${JSON.stringify(line)}\n`);
const printError = (error: unknown): boolean => {
  const { code, message, cause } = error as Error & { code?: string };
  return print({ code, message, ...(cause instanceof Error ? { cause: cause.message } : {}) });
};
const isLast = ({ rank, size }: MpiGroup): boolean => rank === size - 1;
/** Longer than any of these tests: who is still there then has not been taken down. */
const FOR_EVER = 60_000;

/** `(memory 1) (func (export "load") (param i32) (result i32) local.get 0 i32.load)` */
const LOADS =
  '0061736d01000000' +
  '0106' +
  '0160017f017f' +
  '0302' +
  '0100' +
  '0503' +
  '010001' +
  '0708' +
  '01046c6f61640000' +
  '0a09' +
  '0107002000280200' +
  '0b';

const plays: Readonly<Record<string, (group: MpiGroup) => Promise<unknown>>> = {
  async laws(group) {
    const report = await checkProcessGroup(group);
    if (group.rank === 0) print({ transport: group.transport, size: group.size, localSize: group.localSize, report });
    await Promise.all([group.close(), group.close()]);
  },
  async killed(group) {
    print({ pid: process.pid });
    await group.barrier();
    if (isLast(group)) process.kill(process.pid, 'SIGKILL');
    await group.barrier();
    print('went on');
  },
  /** Under a heap that is small: V8 ends the process without an error. */
  async hoards(group) {
    await group.barrier();
    const kept: string[][] = [];
    while (isLast(group)) kept.push(Array.from({ length: 1e5 }, String));
    await group.barrier();
    print('went on');
  },
  async throws(group) {
    await group.barrier();
    if (isLast(group)) throw new TypeError('the last rank has lost its data', { cause: new Error('because of its disk') });
    await group.barrier();
    print('went on');
  },
  async exits(group) {
    await group.barrier();
    if (isLast(group)) process.exit(3);
    await group.barrier();
    print('went on');
  },
  /** Its event loop is empty: Node ends with code 0. */
  async leaves(group) {
    await group.barrier();
    if (isLast(group)) return;
    await group.barrier();
    print('went on');
  },
  async catches(group) {
    process.once('uncaughtException', (error) => print({ caught: error.message }));
    setTimeout(() => {
      throw new Error('nothing that matters');
    });
    await sleep(50);
    await group.close();
  },
  /** Node makes an error of a signal. */
  async traps(group) {
    const { instance } = await WebAssembly.instantiate(Buffer.from(LOADS, 'hex'));
    try {
      (instance.exports['load'] as (address: number) => number)(2 ** 28);
    } catch (error) {
      print({ caught: String(error) });
    }
    await group.close();
  },
  async late(group) {
    print({ pid: process.pid });
    if (isLast(group)) await sleep(FOR_EVER);
    await group.sum(new Float32Array(3)).catch(printError);
    await group.barrier().catch(printError);
    await group.close().catch(printError);
    group.abort(7);
  },
  /** Until one of the sums fails. */
  async sums(group) {
    await group.barrier();
    print({ rank: group.rank });
    try {
      for (;;) await group.sum(new Float32Array(3000));
    } catch (error) {
      printError(error);
      group.abort(7);
    }
  },
  async aborts(group) {
    await group.barrier();
    if (isLast(group)) group.abort(0);
    await group.barrier();
    print('went on');
  },
  async arguments(group) {
    await group.sum([1, 2] as unknown as Float32Array).catch(printError);
    await group.broadcast(new Float32Array(2) as unknown as Uint8Array).catch(printError);
    await group.broadcast(new Uint8Array(2), group.size).catch(printError);
    const values = Float32Array.of(1);
    await group.sum(values);
    print([...values]);
    await group.close();
  },
  async again(group) {
    await createMpiGroup().catch(printError);
    await group.close();
    await group.barrier().catch(printError);
    await createMpiGroup().catch(printError);
  },
};

const [, , play = '', options = '{}'] = process.argv;
try {
  await plays[play]!(await createMpiGroup(JSON.parse(options) as object));
} catch (error) {
  if ((error as { readonly code?: string }).code === undefined) throw error;
  printError(error);
}
