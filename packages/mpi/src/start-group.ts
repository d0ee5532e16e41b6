import { assertInteger, D3pmError } from '@d3pm/core';
import { guardExit } from './guard-exit.ts';
import { inPieces } from './in-pieces.ts';
import { inTime } from './in-time.ts';
import type { MpiFunctions } from './mpi-functions.ts';
import type { MpiGroup } from './mpi-group.ts';

export interface StartGroupOptions {
  readonly mpi: MpiFunctions;
  readonly rank: number;
  readonly size: number;
  readonly localRank: number;
  readonly localSize: number;
  readonly transport: string;
  readonly timeoutSeconds: number;
}

/** For a launcher to pass on what this process has printed: that of MPICH drops what it has not read when a member aborts. */
const LAST_WORDS_MS = 300;

/** For `MPI_Abort`, in which MPICH waits for its launcher: where a link is cut until TCP gives up, and with a core. */
const ABORT_SECONDS = 10;

/**
 * For the slowest to end the last barrier. MPICH 4.0 leaves a member alone who ends it when another is in `MPI_Finalize` already, and over UCX
 * and TCP both wait there for ever: pmodels/mpich#6596.
 */
const LEAVE_MS = 100;

/** Why a group does nothing any more. */
interface End {
  readonly reason: string;
  readonly cause?: unknown;
}

/** The group of a library that has been initialised. It watches the end of the process from here on. */
export function startGroup({ mpi, rank, size, localRank, localSize, transport, timeoutSeconds }: StartGroupOptions): MpiGroup {
  const { MPI_COMM_WORLD, MPI_SUM, MPI_FLOAT, MPI_DOUBLE, MPI_BYTE } = mpi.objects;
  const member = `rank ${rank} of ${size}`;
  let last: Promise<void> = Promise.resolve();
  let end: End | undefined;
  let closing: Promise<void> | undefined;

  const abort = (exitCode: number): never => {
    unguard();
    const code = Number.isInteger(exitCode) && exitCode >= 1 && exitCode <= 255 ? exitCode : 1;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LAST_WORDS_MS);
    mpi.endAfter(ABORT_SECONDS);
    mpi.call('MPI_Abort', MPI_COMM_WORLD, code);
    process.exit(code);
  };
  const unguard = guardExit({ member, abort });

  const afterLast = async (operation: string, work: () => Promise<void>, before: Promise<void>): Promise<void> => {
    await before;
    if (end !== undefined) throw new D3pmError('GROUP', `${operation}: ${end.reason}`, { cause: end.cause });
    try {
      await inTime(work(), timeoutSeconds, () => lateError(operation));
    } catch (error) {
      end = { reason: `this group has failed and can do nothing any more but abort(): ${(error as Error).message}`, cause: error };
      throw error;
    }
  };
  /** One operation at a time, in the order in which they were asked for: MPI tells those of two members apart by nothing else. */
  const inTurn = (operation: string, work: () => Promise<void>): Promise<void> => {
    const done = afterLast(operation, work, last);
    last = done.catch(() => undefined);
    return done;
  };
  const lateError = (operation: string): D3pmError =>
    new D3pmError(
      'GROUP',
      `${operation}: has not ended after ${timeoutSeconds} s, ${member} waits (${transport}); another rank has probably died, or does ` +
        'something else. Look into what the others have printed; where they are only slow, raise timeoutSeconds (--group-timeout of d3pm train). Then abort()',
    );
  const close = async (): Promise<void> => {
    // MPI_Finalize wants the thread that has initialised, and would block it until the last member comes: they meet before.
    await inTurn('close', () => mpi.start('MPI_Barrier', MPI_COMM_WORLD));
    end = { reason: 'this group has been closed' };
    if (size > 1) await new Promise((resolve) => setTimeout(resolve, LEAVE_MS));
    unguard();
    mpi.call('MPI_Finalize');
  };
  /** Piece after piece, for as long as somebody waits. */
  const forPieces = async <T extends Float32Array | Float64Array | Uint8Array>(
    array: T,
    work: (piece: T) => Promise<void>,
  ): Promise<void> => {
    for (const piece of inPieces(array)) if (end === undefined) await work(piece);
  };

  return {
    rank,
    size,
    localRank,
    localSize,
    transport,
    async sum(values) {
      if (!(values instanceof Float32Array || values instanceof Float64Array))
        throw typeError('sum', 'values', values, 'a Float32Array or Float64Array');
      const type = values instanceof Float32Array ? MPI_FLOAT : MPI_DOUBLE;
      await inTurn(`sum of ${values.length} ${values instanceof Float32Array ? 'float32' : 'float64'}`, () =>
        forPieces(values, (piece) => mpi.start('MPI_Allreduce', mpi.abi.MPI_IN_PLACE, piece, piece.length, type, MPI_SUM, MPI_COMM_WORLD)),
      );
    },
    async broadcast(bytes, root = 0) {
      if (!(bytes instanceof Uint8Array)) throw typeError('broadcast', 'bytes', bytes, 'a Uint8Array');
      assertInteger('broadcast', 'root', root, 0, size - 1);
      await inTurn(`broadcast of ${bytes.length} bytes of rank ${root}`, () =>
        forPieces(bytes, (piece) => mpi.start('MPI_Bcast', piece, piece.length, MPI_BYTE, root, MPI_COMM_WORLD)),
      );
    },
    barrier: () => inTurn('barrier', () => mpi.start('MPI_Barrier', MPI_COMM_WORLD)),
    close: () => (closing ??= close()),
    abort,
  };
}

function typeError(caller: string, argument: string, value: unknown, expected: string): D3pmError {
  const came = value === null || typeof value !== 'object' ? String(value) : value.constructor.name;
  return new D3pmError('INVALID_OPTIONS', `${caller}: ${argument} is ${came}, expected ${expected}`);
}
