import type { EngineInfo } from '@d3pm/engine';
import { parseHTML } from 'linkedom';
import { expect, it } from 'vitest';
import { htmlReport } from '../src/report/html-report.ts';

const engine: EngineInfo = {
  name: 'wasm',
  backend: 'wasm',
  reason: 'asked for',
  simd: true,
  threads: 1,
  library: 'TensorFlow.js 4.22.0',
  device: 'processor',
};
const origin = { command: 'd3pm quickstart --out "<x>"', seed: 1, engine, hardware: '2 × something', node: 'v22' };

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
  const [command, , computed] = [...document.querySelectorAll('dd')].map(({ textContent }) => textContent);
  expect([command, computed]).toEqual([origin.command, 'wasm: TensorFlow.js 4.22.0 on the processor, 1 thread (asked for)']);
});
