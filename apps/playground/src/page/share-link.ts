import type { Choices } from '../choices/choices.ts';
import { choicesFromHash } from '../choices/choices-from-hash.ts';
import { choicesToHash, isShared, MOST_SHARED_CHARACTERS } from '../choices/choices-to-hash.ts';
import { defaultChoices } from '../choices/presets.ts';
import { element } from './element.ts';

/** Some browsers let an address be changed a hundred times in half a minute. */
const PAUSE_MS = 300;

/** The choices that the address has; where it cannot be understood, the page says so and is as without one. */
export function choicesOfAddress(): Choices {
  const read = choicesFromHash(location.hash);
  const note = element('link-note', HTMLElement);
  note.hidden = !('problem' in read);
  note.textContent = 'problem' in read ? `The link could not be read: ${read.problem}. The page is as without one.` : '';
  return 'problem' in read ? defaultChoices : read.choices;
}

/** Keeps the choices in the address, and copies it. */
export function createShareLink(changed: (choices: Choices) => void): { show(choices: Choices): void } {
  const note = element('share-note', HTMLElement);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let last: Choices | undefined;
  const write = (): void => {
    clearTimeout(timer);
    if (last) history.replaceState(undefined, '', `#${choicesToHash(last)}`);
  };

  const share = async (): Promise<void> => {
    write();
    const without = last && !isShared(last) ? ` Your own text is not in it: it has more than ${MOST_SHARED_CHARACTERS} characters.` : '';
    note.textContent = `${(await copy(location.href)) ? 'Copied.' : 'It is in the address bar.'}${without}`;
  };

  element('share', HTMLButtonElement).addEventListener('click', () => void share());
  addEventListener('hashchange', () => changed(choicesOfAddress()));

  return {
    show: (choices) => {
      last = choices;
      note.textContent = '';
      clearTimeout(timer);
      timer = setTimeout(write, PAUSE_MS);
    },
  };
}

/** Whether it went well: a page that is not from a secure address may not write to the clipboard. */
async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
