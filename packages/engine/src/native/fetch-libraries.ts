import { createAttempts } from './attempts.ts';
import { fetchArchive, type ArchiveSource } from './fetch-archive.ts';
import { fetchWithMaven } from './fetch-with-maven.ts';
import { fetchWithPip } from './fetch-with-pip.ts';
import type { NativeArchive, NativeBuild } from './native-build.ts';
import type { StepContext } from './provision-event.ts';

/** An archive with libraries, at `path`, its checksum verified. */
export interface FetchedArchive {
  readonly requirement: string;
  readonly path: string;
}

const pip: ArchiveSource = { suffix: '.whl', fetch: fetchWithPip };
const maven: ArchiveSource = { suffix: '.jar', fetch: fetchWithMaven };

/**
 * The libraries of a build: its wheels by pip, else its jar by Maven.
 *
 * @throws {D3pmError} `ENGINE` with what each of them lacks
 */
export async function fetchLibraries(
  { wheels, jar }: NativeBuild,
  folder: string,
  context: StepContext,
): Promise<readonly FetchedArchive[]> {
  const all = async (archives: readonly NativeArchive[], source: ArchiveSource): Promise<readonly FetchedArchive[]> => {
    const fetched: FetchedArchive[] = [];
    for (const archive of archives)
      fetched.push({ requirement: archive.requirement, path: await fetchArchive(archive, source, folder, context) });
    return fetched;
  };
  const { attempt, failure } = createAttempts(context);
  const fetched = (await attempt(() => all(wheels, pip))) ?? (jar && (await attempt(() => all([jar], maven))));
  if (fetched === undefined) throw failure();
  return fetched;
}
