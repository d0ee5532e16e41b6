import { cardFacts, type Card } from './card-facts.ts';
import { cardObstacle } from './card-obstacle.ts';
import { findCompiler } from './compile-binding.ts';
import { findPip } from './fetch-with-pip.ts';
import { firstCommand } from './first-command.ts';
import { fileSizes } from './file-sizes.ts';
import { freeBytes } from './free-bytes.ts';
import { nativeRoot } from './native-folder.ts';
import { otherInstallations } from './other-installations.ts';
import { platformObstacle } from './platform-obstacle.ts';

/** What {@link describeMachine} has found. */
export interface MachineReport {
  /** Why TensorFlow's library cannot run here at all; absent when it can. */
  readonly platformObstacle?: string;
  /** How many NVIDIA cards are plugged in, whether something can use them or not. */
  readonly cardsOnBus: number;
  /** NVIDIA cards that can be used. */
  readonly cards: readonly Card[];
  /** Version of NVIDIA's driver; absent when none is loaded. */
  readonly driver?: string;
  /** Why the variant for cards would find none; absent when it would. */
  readonly cardObstacle?: string;
  /** The programs that {@link provisionNative} would use, as commands; absent where there is none. */
  readonly programs: { readonly compiler?: string; readonly pip?: string; readonly maven?: string; readonly npm?: string };
  readonly cacheFolder: string;
  /** How much is in it. */
  readonly cacheBytes: number;
  /** Folders in it that another version of this package would use, and this one does not. */
  readonly otherInstallations: readonly string[];
  /** How much may still be written on its disk. */
  readonly freeBytes: number;
}

/** What of this machine matters to {@link provisionNative}. Changes nothing. */
export async function describeMachine(cacheFolder?: string): Promise<MachineReport> {
  const root = nativeRoot(cacheFolder);
  const obstacle = platformObstacle();
  const [card, compiler, pip, maven, npm] = await Promise.all([
    cardFacts(),
    findCompiler(),
    findPip(),
    firstCommand([['mvn']]),
    firstCommand([['npm']]),
  ]);
  const noCard = cardObstacle(card);
  return {
    ...(obstacle === undefined ? {} : { platformObstacle: obstacle }),
    cardsOnBus: card.onBus,
    cards: card.cards,
    ...(card.driver === undefined ? {} : { driver: card.driver }),
    ...(noCard === undefined ? {} : { cardObstacle: noCard }),
    programs: {
      ...(compiler && { compiler }),
      ...(pip && { pip: pip.join(' ') }),
      ...(maven && { maven: maven.join(' ') }),
      ...(npm && { npm: npm.join(' ') }),
    },
    cacheFolder: root,
    cacheBytes: (await fileSizes(root)).reduce((total, size) => total + size, 0),
    otherInstallations: await otherInstallations(root),
    freeBytes: await freeBytes(root),
  };
}
