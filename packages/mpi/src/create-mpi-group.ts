import { assertOptionNames, D3pmError, quoted } from '@d3pm/core';
import { findLibrary } from './find-library.ts';
import { loadKoffi } from './load-koffi.ts';
import { mpiFunctions, readInt, readText, type MpiFunctions } from './mpi-functions.ts';
import type { MpiGroup } from './mpi-group.ts';
import { mpiLauncher, tasksWithoutMpi } from './mpi-launcher.ts';
import { prepareEnvironment } from './prepare-environment.ts';
import { startGroup } from './start-group.ts';
import { transportName } from './transport-name.ts';

export interface MpiGroupOptions {
  /** The library of MPI, as a path or a name that the loader finds. The environment's `MPI_LIB` unless given, and then the usual names. */
  readonly library?: string;
  /** How long an operation may take, waiting for slower members included; 1800 unless given, at most 2,000,000. */
  readonly timeoutSeconds?: number;
}

const HALF_AN_HOUR = 1800;
/** Timers of Node count milliseconds in 31 bits. */
const MAX_SECONDS = 2_000_000;

/**
 * Joins the processes that `mpirun`, `mpiexec`, `srun --mpi=…` or a like launcher has started together; alone, it is a group of one. To be
 * called by each of them, once in a process: no library of MPI starts twice. Open MPI, MPICH and what shares its ABI (Intel MPI, Cray
 * MPICH, MVAPICH), and the ABI of MPI 5 are told apart when they are loaded. Waits for the other members, and blocks the event loop meanwhile.
 *
 * A member that ends in any way without `close()` takes the others down: killed, by `process.exit`, by an error that nobody has caught, which is printed.
 * So let an error out instead of closing in a `finally`: the others are not there to close with. Signals keep their meaning, that of
 * the program (`watchProcess` of @d3pm/train) or of the launcher.
 *
 * An operation that has not ended after `timeoutSeconds`, or that the library says has failed, is a `GROUP` error; so is any that is asked for
 * after it, and only `abort` is left.
 *
 * @throws {D3pmError} `GROUP` where there is no library, where it is not that of the launcher, and for the second group of a process;
 *   `INVALID_OPTIONS`.
 */
export async function createMpiGroup(options: MpiGroupOptions = {}): Promise<MpiGroup> {
  const { library, timeoutSeconds } = checkedOptions(options);
  const { load } = await loadKoffi();
  prepareEnvironment();
  const env = { ...process.env }; // before the library adds to it
  const mpi = mpiFunctions(findLibrary({ library, env, load: (name) => load(name, { global: true }) }));
  initialise(mpi);
  const { MPI_COMM_WORLD, MPI_ERRORS_RETURN } = mpi.objects;
  mpi.call('MPI_Comm_set_errhandler', MPI_COMM_WORLD, MPI_ERRORS_RETURN);
  const rank = readInt((value) => mpi.call('MPI_Comm_rank', MPI_COMM_WORLD, value));
  const size = readInt((value) => mpi.call('MPI_Comm_size', MPI_COMM_WORLD, value));
  const transport = transportName(readText((...outputs) => mpi.call('MPI_Get_library_version', ...outputs)));
  const problem = strangerProblem({ size, transport, library: mpi.library, env });
  if (problem !== undefined) {
    mpi.call('MPI_Finalize');
    throw new D3pmError('GROUP', `createMpiGroup: ${problem}`);
  }
  return startGroup({ mpi, rank, size, ...placeOnHost(mpi), transport, timeoutSeconds });
}

function checkedOptions(options: MpiGroupOptions): { readonly library: string | undefined; readonly timeoutSeconds: number } {
  assertOptionNames('createMpiGroup', options, ['library', 'timeoutSeconds']);
  const { library, timeoutSeconds = HALF_AN_HOUR } = options;
  const invalid = (argument: string, value: unknown, expected: string): D3pmError =>
    new D3pmError('INVALID_OPTIONS', `createMpiGroup: ${argument} is ${JSON.stringify(value) ?? String(value)}, expected ${expected}`);
  if (library !== undefined && (typeof library !== 'string' || library === '')) throw invalid('library', library, 'a path or a name');
  if (!(typeof timeoutSeconds === 'number' && timeoutSeconds > 0 && timeoutSeconds <= MAX_SECONDS)) {
    throw invalid('timeoutSeconds', timeoutSeconds, `more than 0 and at most ${MAX_SECONDS}`);
  }
  return { library, timeoutSeconds };
}

function initialise(mpi: MpiFunctions): void {
  if (readInt((flag) => mpi.call('MPI_Initialized', flag)) !== 0) {
    throw new D3pmError(
      'GROUP',
      'createMpiGroup: MPI has been initialised in this process already, and no library does that twice, not after close() either; ' +
        'make one group, and hand it on',
    );
  }
  const wanted = mpi.abi.MPI_THREAD_SERIALIZED;
  const level = readInt((value) => mpi.call('MPI_Init_thread', null, null, wanted, value));
  if (level >= wanted) return;
  mpi.call('MPI_Finalize');
  throw new D3pmError(
    'GROUP',
    `createMpiGroup: ${quoted(mpi.library)} gives thread level ${level}, expected ${wanted} (MPI_THREAD_SERIALIZED) or more, since the ` +
      'event loop turns while it waits; name a library that was built with threads by MPI_LIB or the option library',
  );
}

interface Strangers {
  readonly size: number;
  readonly transport: string;
  readonly library: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** What is wrong where several processes were started and the library sees one: each would work as if it were alone. */
export function strangerProblem({ size, transport, library, env }: Strangers): string | undefined {
  if (size > 1) return undefined;
  const launcher = mpiLauncher(env);
  if (launcher !== undefined && (launcher.size ?? 1) > 1) {
    return (
      `this process is one of ${launcher.size} that ${launcher.name} has started, yet ${transport} (${quoted(library)}) sees only this ` +
      'one: they are of two different installations of MPI. Start the program with the mpirun of that library, or name the ' +
      "launcher's library by MPI_LIB or the option library"
    );
  }
  const tasks = tasksWithoutMpi(env) ?? 1;
  if (tasks === 1) return undefined;
  return (
    `this process is one of ${tasks} that srun has started, yet ${transport} (${quoted(library)}) sees only this one: start it with ` +
    'srun --mpi=pmix for Open MPI or srun --mpi=pmi2 for MPICH ("srun --mpi=list" says what there is)'
  );
}

/** By memory that can be shared, and not by what a launcher has set, which differs. */
function placeOnHost(mpi: MpiFunctions): { readonly localRank: number; readonly localSize: number } {
  const { MPI_COMM_WORLD, MPI_INFO_NULL } = mpi.objects;
  const handle = mpi.abi.handleType === 'int' ? new Int32Array(1) : new BigUint64Array(1);
  mpi.call('MPI_Comm_split_type', MPI_COMM_WORLD, mpi.abi.MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, handle);
  const localRank = readInt((value) => mpi.call('MPI_Comm_rank', handle[0]!, value));
  const localSize = readInt((value) => mpi.call('MPI_Comm_size', handle[0]!, value));
  mpi.call('MPI_Comm_free', handle);
  return { localRank, localSize };
}
