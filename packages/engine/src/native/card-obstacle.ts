import type { CardFacts } from './card-facts.ts';
import { isVersionAtLeast } from './is-version-at-least.ts';

/** The oldest driver for Linux that runs programs of CUDA 12. */
const OLDEST_DRIVER = '525.60.13';
/** Of the oldest cards that the library has kernels for. */
const OLDEST_CAPABILITY = '6.0';

/** Why the variant for NVIDIA cards would find no card, in a few words with what is missing; undefined when it finds one. */
export function cardObstacle({ onBus, driver, cards }: CardFacts): string | undefined {
  if (driver === undefined) {
    if (onBus === 0) return 'there is no NVIDIA card';
    return `there is an NVIDIA card without its driver: install NVIDIA's driver ${OLDEST_DRIVER} or newer`;
  }
  if (!isVersionAtLeast(driver, OLDEST_DRIVER)) return `the NVIDIA driver is ${driver}, CUDA 12 needs ${OLDEST_DRIVER} or newer`;
  if (cards.length === 0)
    return `the NVIDIA driver ${driver} is there, but no card to be seen (a container must be given it: docker run --gpus all)`;
  const { name, computeCapability } = cards[0]!;
  if (cards.some((card) => card.computeCapability === undefined || isVersionAtLeast(card.computeCapability, OLDEST_CAPABILITY)))
    return undefined;
  return `${name} has compute capability ${computeCapability}, the library has kernels for ${OLDEST_CAPABILITY} and newer`;
}
