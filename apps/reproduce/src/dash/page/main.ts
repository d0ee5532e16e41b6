import type { DashMessages } from '../dash-message.ts';
import { noData, withPoints, type ChartData } from './chart-data.ts';
import { createCharts } from './charts.ts';
import { element, elementOf } from './element.ts';
import { createSamplesView } from './show-samples.ts';
import { showLeft, showNumbers, showRun, showStatus } from './show-run.ts';

const charts = createCharts(element('charts'));
const showSamples = createSamplesView();
const [logSteps, logValues] = [elementOf('log-steps', HTMLInputElement), elementOf('log-values', HTMLInputElement)];
let data: ChartData = noData;
let endsAt: number | undefined;

const draw = (): void => charts.show(data, { logSteps: logSteps.checked, logValues: logValues.checked });
for (const box of [logSteps, logValues]) box.addEventListener('change', draw);

const handlers: { readonly [Name in keyof DashMessages]: (message: DashMessages[Name]) => void } = {
  run: showRun,
  status: (message) => {
    ({ endsAt } = message);
    showStatus(message);
  },
  points: (message) => {
    data = withPoints(data, message);
    draw();
    showNumbers(data);
  },
  samples: showSamples,
  log: ({ text }) => {
    const log = element('log');
    const isAtEnd = log.scrollTop + log.clientHeight >= log.scrollHeight - 4;
    log.textContent = text;
    if (isAtEnd) log.scrollTop = log.scrollHeight;
  },
};

const events = new EventSource('/events');
for (const [name, handle] of Object.entries(handlers) as [string, (message: unknown) => void][]) {
  events.addEventListener(name, ({ data: text }: MessageEvent<string>) => handle(JSON.parse(text)));
}
const connection = element('connection');
events.addEventListener('open', () => (connection.hidden = true));
events.addEventListener('error', () => {
  const isOver = events.readyState === EventSource.CLOSED;
  connection.textContent = isOver
    ? 'd3pm dash lets no more pages look on; close one, and load this page again.'
    : 'No answer from d3pm dash: what is shown is what it last told. It is asked again.';
  connection.hidden = false;
});
setInterval(() => showLeft(endsAt), 1000);
draw();
