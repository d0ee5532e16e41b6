import { assertInteger, D3pmError, quoted } from '@d3pm/core';

export interface ArchiveOptions {
  /** The most that may come out, in bytes. An archive that has more is refused before it is unpacked that far. */
  readonly maxBytes: number;
  /** What messages call it, for example its path. @defaultValue `'the archive'` */
  readonly archiveName?: string;
}

/** What a reader of archives needs for its messages. */
export interface ArchiveContext {
  readonly caller: string;
  readonly archiveName: string;
}

/** The checked context of a call. @throws {D3pmError} `INVALID_OPTIONS` */
export function archiveContext(caller: string, { maxBytes, archiveName }: ArchiveOptions): ArchiveContext {
  assertInteger(caller, 'maxBytes', maxBytes, 1);
  return { caller, archiveName: archiveName === undefined ? 'the archive' : quoted(archiveName) };
}

/** The error for an archive that cannot be read. `reason` is our own text, already escaped. */
export function damagedArchive({ caller, archiveName }: ArchiveContext, reason: string, cause?: unknown): D3pmError {
  const message = `${caller}: ${archiveName} is damaged: ${reason}; delete it and fetch it again`;
  return new D3pmError('INVALID_DATA', message, { cause });
}

/** The error for a member that is not what may be read. */
export function refusedMember({ caller, archiveName }: ArchiveContext, member: string, reason: string): D3pmError {
  return new D3pmError('INVALID_DATA', `${caller}: member ${quoted(member)} of ${archiveName} ${reason}`);
}

/** The error for more than `maxBytes`. */
export function tooLarge({ caller, archiveName }: ArchiveContext, what: string, maxBytes: number): D3pmError {
  const message = `${caller}: ${what} of ${archiveName} is more than maxBytes = ${maxBytes}; raise it if so much is expected`;
  return new D3pmError('INVALID_DATA', message);
}

/** The text of an error of a library, which may hold names from the file. */
export function reasonOf(cause: unknown): string {
  return quoted(cause instanceof Error ? cause.message : String(cause)).slice(1, -1);
}
