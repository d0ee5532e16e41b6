import type { MpiFamily } from './mpi-launcher.ts';

/** Open MPI since 1.10 has one; `libmpi.so` is that of a site without version numbers, or of a folder for developers. */
const OF_FAMILY: Readonly<
  Record<'darwin' | 'linux', Readonly<Record<MpiFamily, readonly string[]>> & { readonly any: readonly string[] }>
> = {
  linux: {
    'open-mpi': ['libmpi.so.40'],
    mpich: ['libmpi.so.12', 'libmpich.so.12', 'libmpi_cray.so.12'],
    any: ['libmpi_abi.so.1', 'libmpi_abi.so.0', 'libmpi.so'],
  },
  darwin: {
    'open-mpi': ['libmpi.40.dylib', '/opt/homebrew/lib/libmpi.40.dylib', '/usr/local/lib/libmpi.40.dylib'],
    mpich: ['libmpi.12.dylib', '/opt/homebrew/lib/libmpi.12.dylib', '/usr/local/lib/libmpi.12.dylib'],
    any: ['libmpi_abi.dylib', 'libmpi.dylib'],
  },
};

/** Names under which MPI libraries are installed, in the order in which they are tried: first those that the launcher works with. */
export function libraryNames(platform: string, launchedBy: MpiFamily | undefined): readonly string[] {
  const names = OF_FAMILY[platform === 'darwin' ? 'darwin' : 'linux'];
  const [first, second]: readonly MpiFamily[] = launchedBy === 'mpich' ? ['mpich', 'open-mpi'] : ['open-mpi', 'mpich'];
  return [...names[first!], ...names[second!], ...names.any];
}
