import { cardFacts } from './card-facts.ts';
import { cardObstacle } from './card-obstacle.ts';
import { freeBytes } from './free-bytes.ts';
import { nativeBuilds, type NativeBuild } from './native-build.ts';
import { installationFolder } from './native-folder.ts';
import { readInstallation } from './native-installation.ts';
import type { StepContext } from './provision-event.ts';

/** The builds to try, in order. What decided, where it was not the caller, is reported. */
export async function chooseBuilds(gpu: boolean | 'auto', root: string, { report, signal }: StepContext): Promise<readonly NativeBuild[]> {
  if (gpu === false) return [nativeBuilds.cpu];
  if (typeof readInstallation(installationFolder(root, nativeBuilds.gpu)) !== 'string') return [nativeBuilds.gpu];
  const obstacle = cardObstacle(await cardFacts('/', signal));
  if (gpu === true) {
    if (obstacle !== undefined)
      report({ step: 'choose', detail: `for cards, as asked for; it will compute on the processor: ${obstacle}` });
    return [nativeBuilds.gpu];
  }
  if (obstacle !== undefined) {
    report({ step: 'choose', detail: `for the processor: ${obstacle}` });
    return [nativeBuilds.cpu];
  }
  const free = await freeBytes(root);
  if (free < nativeBuilds.gpu.diskBytes) {
    const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;
    const room = `the variant for cards needs ${gigabytes(nativeBuilds.gpu.diskBytes)} on the disk of ${root}, ${gigabytes(free)} are free`;
    report({ step: 'choose', detail: `for the processor: ${room}` });
    return [nativeBuilds.cpu];
  }
  report({ step: 'choose', detail: 'for cards: there is one' });
  return [nativeBuilds.gpu, nativeBuilds.cpu];
}
