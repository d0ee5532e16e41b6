import { load } from 'koffi';
import { describe, expect, it } from 'vitest';
import { findLibrary, firstLibrary } from '../src/find-library.ts';
import { libraryNames } from '../src/library-names.ts';

const linux = process.platform === 'linux';

describe.skipIf(!linux)('findLibrary', () => {
  it('[76] says what it has tried, and why what is there will not do', () => {
    expect(() => firstLibrary(['libnone.so.40', 'libnone.so.12', '/etc/passwd', 'libm.so.6'], load)).toThrow(
      expect.objectContaining({
        code: 'GROUP',
        message: expect.stringMatching(
          /^createMpiGroup: no MPI library was found, of libnone\.so\.40, libnone\.so\.12, \/etc\/passwd \(cannot be loaded: invalid ELF header\), libm\.so\.6 \(is no MPI library: it has no MPI_Init_thread\); install one, as "apt install libopenmpi3" .* or name the library of this site by MPI_LIB or the option library$/,
        ) as string,
      }),
    );
  });

  it('[76] takes the option before MPI_LIB, and tells which has named it', () => {
    const env = { MPI_LIB: '/etc/passwd' };
    const find = (library: string | undefined): unknown => findLibrary({ library, env, load });
    expect(() => find('libnone.so.1')).toThrow(/^createMpiGroup: "libnone\.so\.1", which the option library names, cannot be loaded: /);
    expect(() => find(undefined)).toThrow(/^createMpiGroup: "\/etc\/passwd", which MPI_LIB names, cannot be loaded: invalid ELF header; /);
  });
});

describe('libraryNames', () => {
  it('starts with those of the launcher', () => {
    expect(libraryNames('linux', undefined)[0]).toBe('libmpi.so.40');
    expect(libraryNames('linux', 'open-mpi')[0]).toBe('libmpi.so.40');
    expect(libraryNames('linux', 'mpich')[0]).toBe('libmpi.so.12');
    expect(libraryNames('darwin', 'mpich')[0]).toBe('libmpi.12.dylib');
  });

  it('has all of them, whoever has launched', () => {
    expect(libraryNames('linux', 'mpich').toSorted()).toEqual(libraryNames('linux', 'open-mpi').toSorted());
  });
});
