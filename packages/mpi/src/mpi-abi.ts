/** What of MPI this package names, by the names of its standard. */
export type MpiObject = 'MPI_COMM_WORLD' | 'MPI_INFO_NULL' | 'MPI_ERRORS_RETURN' | 'MPI_FLOAT' | 'MPI_DOUBLE' | 'MPI_BYTE' | 'MPI_SUM';

/** How a family of libraries writes what a C compiler would take from its `mpi.h`. */
export interface MpiAbi {
  /** Type in C of a communicator, a datatype, an operation. */
  readonly handleType: 'void *' | 'int';
  /** Numbers, or names of what the library exports, whose addresses they are. */
  readonly objects: Readonly<Record<MpiObject, number | string>>;
  /** Address that stands for the buffer itself. */
  readonly MPI_IN_PLACE: bigint;
  readonly MPI_THREAD_SERIALIZED: number;
  readonly MPI_COMM_TYPE_SHARED: number;
}

/** Open MPI: handles are addresses of its own objects. */
export const openMpiAbi: MpiAbi = Object.freeze({
  handleType: 'void *',
  objects: {
    MPI_COMM_WORLD: 'ompi_mpi_comm_world',
    MPI_INFO_NULL: 'ompi_mpi_info_null',
    MPI_ERRORS_RETURN: 'ompi_mpi_errors_return',
    MPI_FLOAT: 'ompi_mpi_float',
    MPI_DOUBLE: 'ompi_mpi_double',
    MPI_BYTE: 'ompi_mpi_byte',
    MPI_SUM: 'ompi_mpi_op_sum',
  },
  MPI_IN_PLACE: 1n,
  MPI_THREAD_SERIALIZED: 2,
  MPI_COMM_TYPE_SHARED: 0,
});

/** MPICH, and what follows its ABI initiative: Intel MPI, Cray MPICH, MVAPICH. Handles are integers. */
export const mpichAbi: MpiAbi = Object.freeze({
  handleType: 'int',
  objects: {
    MPI_COMM_WORLD: 0x44000000,
    MPI_INFO_NULL: 0x1c000000,
    MPI_ERRORS_RETURN: 0x54000001,
    MPI_FLOAT: 0x4c00040a,
    MPI_DOUBLE: 0x4c00080b,
    MPI_BYTE: 0x4c00010d,
    MPI_SUM: 0x58000003,
  },
  MPI_IN_PLACE: 2n ** 64n - 1n,
  MPI_THREAD_SERIALIZED: 2,
  MPI_COMM_TYPE_SHARED: 1,
});

/** The ABI that MPI 5.0 standardises (`libmpi_abi`): handles are addresses, the predefined ones small numbers. */
export const standardAbi: MpiAbi = Object.freeze({
  handleType: 'void *',
  objects: {
    MPI_COMM_WORLD: 0x101,
    MPI_INFO_NULL: 0x130,
    MPI_ERRORS_RETURN: 0x143,
    MPI_FLOAT: 0x210,
    MPI_DOUBLE: 0x214,
    MPI_BYTE: 0x247,
    MPI_SUM: 0x21,
  },
  MPI_IN_PLACE: 1n,
  MPI_THREAD_SERIALIZED: 2048,
  MPI_COMM_TYPE_SHARED: 221,
});
