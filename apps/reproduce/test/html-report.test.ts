import { parseHTML } from 'linkedom';
import { expect, it } from 'vitest';
import { htmlReport } from '../src/report/html-report.ts';

const origin = { command: 'd3pm quickstart --out "<x>"', seed: 1, engine: 'wasm', hardware: '2 × something', node: 'v22' };

it('shows blocks in order, runs nothing and escapes everything', () => {
  const html = htmlReport(
    'A <title>',
    'lead',
    [
      {
        title: 'One',
        blocks: [
          { kind: 'image', file: 'figure-1.png', alt: 'alt', caption: 'caption' },
          { kind: 'table', head: ['model', 'bits'], rows: [['<script>alert(1)</script>', '2.80']], caption: 'of the test set' },
          { kind: 'text', lines: [{ label: 't = 0', text: 'the & whale' }], caption: 'samples' },
        ],
      },
    ],
    origin,
  );
  const { document } = parseHTML(html);
  expect(document.querySelectorAll('script').length).toBe(0);
  expect(document.querySelector('td')!.textContent).toBe('<script>alert(1)</script>');
  expect(document.querySelector('img')!.getAttribute('src')).toBe('figure-1.png');
  expect(document.querySelector('.samples p')!.textContent).toBe('t = 0 the & whale');
  expect(document.querySelector('dd')!.textContent).toBe(origin.command);
});
