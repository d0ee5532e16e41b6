import { D3pmError } from '@d3pm/core';
import { hasSymbol, type LoadedLibrary } from './find-library.ts';
import { mpichAbi, openMpiAbi, standardAbi, type MpiAbi, type MpiObject } from './mpi-abi.ts';

type Parameter = 'handle' | 'int' | 'pointer';
type MpiFunctionName =
  | 'MPI_Initialized'
  | 'MPI_Init_thread'
  | 'MPI_Finalize'
  | 'MPI_Abort'
  | 'MPI_Comm_set_errhandler'
  | 'MPI_Comm_rank'
  | 'MPI_Comm_size'
  | 'MPI_Comm_split_type'
  | 'MPI_Comm_free'
  | 'MPI_Get_library_version'
  | 'MPI_Error_string'
  | 'MPI_Allreduce'
  | 'MPI_Bcast'
  | 'MPI_Barrier';

/** Parameters of the functions that are called. All of them return an error code. */
const PARAMETERS: Readonly<Record<MpiFunctionName, readonly Parameter[]>> = {
  MPI_Initialized: ['pointer'],
  MPI_Init_thread: ['pointer', 'pointer', 'int', 'pointer'],
  MPI_Finalize: [],
  MPI_Abort: ['handle', 'int'],
  MPI_Comm_set_errhandler: ['handle', 'handle'],
  MPI_Comm_rank: ['handle', 'pointer'],
  MPI_Comm_size: ['handle', 'pointer'],
  MPI_Comm_split_type: ['handle', 'int', 'int', 'handle', 'pointer'],
  MPI_Comm_free: ['pointer'],
  MPI_Get_library_version: ['pointer', 'pointer'],
  MPI_Error_string: ['int', 'pointer', 'pointer'],
  MPI_Allreduce: ['pointer', 'pointer', 'int', 'handle', 'handle', 'handle'],
  MPI_Bcast: ['pointer', 'int', 'handle', 'int', 'handle'],
  MPI_Barrier: ['handle'],
};

/** A number, a handle, an address, or memory: of JavaScript, which the library reads and writes in place. */
export type MpiArgument = number | bigint | NodeJS.TypedArray | null;

interface MpiFunction {
  (...args: readonly MpiArgument[]): number;
  readonly async: (...args: readonly (MpiArgument | ((error: Error | null, code: number) => void))[]) => void;
}

/** A library of MPI as functions and what they take. */
export interface MpiFunctions {
  readonly library: string;
  readonly abi: MpiAbi;
  readonly objects: Readonly<Record<MpiObject, number | bigint>>;
  /** Lets the system end this process after so many seconds, whatever it does: `alarm` of the C library, which that of MPI needs too. */
  endAfter(seconds: number): void;
  /** An error of the library is thrown as `GROUP`, with its own text. */
  call(name: MpiFunctionName, ...args: readonly MpiArgument[]): void;
  /** The same on another thread. Memory is kept until the function has ended, whoever still waits for it. */
  start(name: MpiFunctionName, ...args: readonly MpiArgument[]): Promise<void>;
}

export function mpiFunctions({ name: library, handle }: LoadedLibrary): MpiFunctions {
  const abi = abiOf({ name: library, handle });
  const types: Readonly<Record<Parameter, string>> = { handle: abi.handleType, int: 'int', pointer: 'void *' };
  const functions = Object.fromEntries(
    Object.entries(PARAMETERS).map(([name, parameters]) => [
      name,
      handle.func(
        name,
        'int',
        parameters.map((parameter) => types[parameter]),
      ),
    ]),
  ) as unknown as Readonly<Record<MpiFunctionName, MpiFunction>>;
  const objects = Object.fromEntries(
    Object.entries(abi.objects).map(([name, object]) => [
      name,
      typeof object === 'string' ? (handle.symbol(object) as bigint) : abi.handleType === 'int' ? object : BigInt(object),
    ]),
  ) as Record<MpiObject, number | bigint>;
  const failure = (name: MpiFunctionName, code: number): D3pmError =>
    new D3pmError('GROUP', `${name}: ${readText((...outputs) => functions.MPI_Error_string(code, ...outputs))} (${library})`);
  return {
    library,
    abi,
    objects,
    endAfter: (seconds) => void handle.func('alarm', 'uint', ['uint'])(seconds),
    call(name, ...args) {
      const code = functions[name](...args);
      if (code !== 0) throw failure(name, code);
    },
    start: (name, ...args) =>
      new Promise((resolve, reject) => {
        // koffi does not hold what it is given, only the function that it calls at the end; and this one holds it.
        const held = [...args];
        functions[name].async(...args, (error, code) => {
          held.length = 0;
          if (error !== null) reject(error);
          else if (code === 0) resolve();
          else reject(failure(name, code));
        });
      }),
  };
}

/** Says which of the three ways to write handles the library has. */
function abiOf({ handle }: LoadedLibrary): MpiAbi {
  if (hasSymbol(handle, 'MPI_Abi_get_version')) {
    // −1 where a library of MPI 5 has handles of its own all the same.
    const [major, minor] = [new Int32Array(1), new Int32Array(1)];
    handle.func('MPI_Abi_get_version', 'int', ['void *', 'void *'])(major, minor);
    if (major[0]! >= 1) return standardAbi;
  }
  return hasSymbol(handle, 'ompi_mpi_comm_world') ? openMpiAbi : mpichAbi;
}

/** More than any library says: the standard ABI gives its version 8192 bytes. */
const TEXT_BYTES = 8192;

/** A text that a function writes to memory, and whose length it writes to other memory. */
export function readText(write: (text: Uint8Array, length: Int32Array) => unknown): string {
  const [text, length] = [new Uint8Array(TEXT_BYTES), new Int32Array(1)];
  write(text, length);
  return new TextDecoder().decode(text.subarray(0, length[0])).replace(/\0.*$/s, '');
}

/** A number that a function writes to memory. */
export function readInt(write: (value: Int32Array) => unknown): number {
  const value = new Int32Array(1);
  write(value);
  return value[0]!;
}
