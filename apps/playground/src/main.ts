import { changedChoices } from './choices/changed-choices.ts';
import type { Choices } from './choices/choices.ts';
import { createLearnClient } from './learn/learn-client.ts';
import type { LearnRequest } from './learn/learn-messages.ts';
import { bindControls, showControls } from './page/controls.ts';
import { element } from './page/element.ts';
import { createForwardSection } from './page/forward-section.ts';
import { familyHints, scheduleHints } from './page/hints.ts';
import { createLearnSection } from './page/learn-section.ts';
import { createSampleSection } from './page/sample-section.ts';
import { choicesOfAddress, createShareLink } from './page/share-link.ts';

startPage();

function startPage(): void {
  let choices = choicesOfAddress();
  const setChoices = (next: Choices): void => {
    choices = next;
    showControls(choices);
    element('family-hint', HTMLElement).textContent = familyHints[choices.family];
    element('schedule-hint', HTMLElement).textContent = scheduleHints[choices.schedule];
    forward.show(choices);
    learn.show(choices);
    link.show(choices);
  };
  const choose = (change: Partial<Choices>): void => setChoices(changedChoices(choices, change));

  const forward = createForwardSection(choose);
  const send = (request: LearnRequest): void => {
    if (request.type !== 'stop') setBusy(true);
    client.send(request);
  };
  const learn = createLearnSection(send);
  const sample = createSampleSection(send);
  const setBusy = (isBusy: boolean): void => {
    learn.busy(isBusy);
    sample.busy(isBusy);
  };
  const client = createLearnClient(
    () => new Worker(new URL('./learn-worker.js', import.meta.url), { type: 'module' }),
    (event) => {
      if (event.type !== 'problem' || event.request !== 'sample') learn.handle(event);
      sample.handle(event);
      if (event.type === 'done') setBusy(false);
    },
  );
  const link = createShareLink(setChoices);
  bindControls(choose);
  setChoices(choices);
}
