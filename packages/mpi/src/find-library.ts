import { D3pmError, quoted } from '@d3pm/core';
import type { LibraryHandle } from 'koffi';
import { libraryNames } from './library-names.ts';
import { mpiLauncher } from './mpi-launcher.ts';

/** A library of MPI in this process. */
export interface LoadedLibrary {
  /** As it was found: a path, or a name that the loader knows. */
  readonly name: string;
  readonly handle: LibraryHandle;
}

interface FindLibraryOptions {
  /** The caller's choice; `MPI_LIB` and the usual names come after it. */
  readonly library: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly load: (name: string) => LibraryHandle;
}

/** Loads the library that the caller or the environment names, or else the first of the usual ones. */
export function findLibrary({ library, env, load }: FindLibraryOptions): LoadedLibrary {
  if (library !== undefined) return namedLibrary(library, 'the option library', load);
  const fromEnvironment = env['MPI_LIB'];
  if (fromEnvironment !== undefined && fromEnvironment !== '') return namedLibrary(fromEnvironment, 'MPI_LIB', load);
  return firstLibrary(libraryNames(process.platform, mpiLauncher(env)?.family), load);
}

function namedLibrary(name: string, origin: string, load: FindLibraryOptions['load']): LoadedLibrary {
  const expected = `expected an MPI library for ${process.platform}-${process.arch}, as a path or a name that the loader finds`;
  const loaded = tryToLoad(name, load);
  if ('handle' in loaded) return loaded;
  throw new D3pmError('GROUP', `createMpiGroup: ${quoted(name)}, which ${origin} names, ${loaded.problem}; ${expected}`);
}

/** @throws {D3pmError} `GROUP` where none of the names is that of an MPI library, with what came of each. */
export function firstLibrary(names: readonly string[], load: FindLibraryOptions['load']): LoadedLibrary {
  const problems: string[] = [];
  for (const name of names) {
    const loaded = tryToLoad(name, load);
    if ('handle' in loaded) return loaded;
    problems.push(/no such file/i.test(loaded.problem) ? name : `${name} (${loaded.problem})`);
  }
  throw new D3pmError(
    'GROUP',
    `createMpiGroup: no MPI library was found, of ${problems.join(', ')}; install one, as "apt install libopenmpi3" does on Debian ` +
      'and Ubuntu, or name the library of this site by MPI_LIB or the option library',
  );
}

function tryToLoad(name: string, load: FindLibraryOptions['load']): LoadedLibrary | { readonly problem: string } {
  try {
    const handle = load(name);
    return hasSymbol(handle, 'MPI_Init_thread') ? { name, handle } : { problem: 'is no MPI library: it has no MPI_Init_thread' };
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    return { problem: `cannot be loaded: ${said.replace(/^Failed to load shared library: /, '')}` };
  }
}

/** Whether a library exports the name, itself or through those that it needs. */
export function hasSymbol(library: LibraryHandle, name: string): boolean {
  try {
    library.symbol(name);
    return true;
  } catch {
    return false;
  }
}
