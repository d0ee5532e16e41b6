import type { SamplesMessage } from '../dash-message.ts';
import { element, elementOf, made } from './element.ts';

/** Shows the newest sample, or the one that was chosen: a text as text, a picture as a picture. */
export function createSamplesView(): (message: SamplesMessage) => void {
  const choice = elementOf('sample', HTMLSelectElement);
  let [isNewest, wanted]: [boolean, string | undefined] = [true, undefined];
  const show = async (name: string | undefined): Promise<void> => {
    if (name === wanted) return;
    wanted = name;
    const [text, picture] = [element('sample-text'), elementOf('sample-picture', HTMLImageElement)];
    const url = name === undefined ? '' : `/samples/${encodeURIComponent(name)}`;
    const isText = name?.endsWith('.txt') === true;
    const content = isText ? await textOf(url) : '';
    if (name !== wanted) return; // another was chosen meanwhile
    text.textContent = content;
    [text.hidden, picture.hidden] = [!isText, isText || name === undefined];
    if (picture.hidden) picture.removeAttribute('src');
    else picture.src = url;
    picture.alt = name === undefined ? '' : `Samples, ${name}`;
  };
  choice.addEventListener('change', () => {
    isNewest = choice.selectedIndex === 0;
    void show(choice.value);
  });
  return ({ names }) => {
    const chosen = isNewest || !names.includes(choice.value) ? names[0] : choice.value;
    choice.replaceChildren(...names.map((name) => made('option', { text: name })));
    choice.selectedIndex = chosen === undefined ? -1 : names.indexOf(chosen);
    [element('sample-choice').hidden, element('no-samples').hidden] = [names.length === 0, names.length > 0];
    void show(chosen);
  };
}

async function textOf(url: string): Promise<string> {
  try {
    const response = await fetch(url);
    return response.ok ? await response.text() : 'It cannot be read.';
  } catch {
    return 'It cannot be read now.';
  }
}
