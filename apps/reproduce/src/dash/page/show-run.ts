import type { FieldText, RunMessage, StatusMessage } from '../dash-message.ts';
import type { ChartData } from './chart-data.ts';
import { element, elementOf, made } from './element.ts';
import { formatLeft, formatNumber, formatPace } from './format.ts';

const NUMBERS = 20;

/** Name, config and environment. */
export function showRun({ name, folder, checkpoint, config, environment }: RunMessage): void {
  document.title = `${name} – d3pm dash`;
  element('name').textContent = name;
  element('folder').textContent = folder;
  element('checkpoint').textContent = checkpoint === undefined ? 'It comes with the first checkpoint.' : `Of ${checkpoint}.`;
  showFields('config', config);
  showFields('environment', environment);
}

/** State, progress, and what a person should know. */
export function showStatus({ state, words, step, numSteps, secondsPerStep, endsAt, notes }: StatusMessage): void {
  const badge = element('state');
  badge.dataset['state'] = state;
  if (badge.textContent !== state) badge.textContent = state; // a screen reader says it again with each change
  element('words').textContent = words;
  element('step').textContent = `${step.toLocaleString('en')}${numSteps === undefined ? '' : ` of ${numSteps.toLocaleString('en')}`}`;
  elementOf('progress', HTMLProgressElement).value = numSteps ? Math.min(1, step / numSteps) : 0;
  element('pace').textContent = secondsPerStep === undefined ? '–' : formatPace(secondsPerStep);
  element('notes').replaceChildren(...notes.map((text) => made('li', { text })));
  showLeft(endsAt);
}

/** What is left of the time, which changes without a message. */
export function showLeft(endsAt: number | undefined): void {
  element('left').textContent = endsAt === undefined ? '–' : `about ${formatLeft(Math.max(0, endsAt - Date.now()))}`;
}

/** The last numbers: beside the progress, and as a table. */
export function showNumbers({ train, bound }: ChartData): void {
  const shown = (value: number | null | undefined): string => (typeof value === 'number' ? formatNumber(value) : '–');
  element('loss').textContent = shown(train.at(-1)?.[2]);
  const [, bits, error] = bound.at(-1) ?? [];
  element('bound').textContent = typeof error === 'number' ? `${shown(bits)} ± ${formatNumber(error)}` : shown(bits);
  const rows = train.slice(-NUMBERS).toReversed();
  element('numbers').replaceChildren(
    ...rows.map(([step, ...values]) =>
      made('tr', {
        children: [made('td', { text: step.toLocaleString('en') }), ...values.map((value) => made('td', { text: shown(value) }))],
      }),
    ),
  );
}

function showFields(id: string, fields: readonly FieldText[]): void {
  element(id).replaceChildren(
    ...fields.map(([field, value]) => {
      const head = made('th', { text: field });
      head.scope = 'row';
      return made('tr', { children: [head, made('td', { text: value })] });
    }),
  );
}
