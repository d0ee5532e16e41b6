import { decode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import { viridis } from '../src/figures/color-scale.ts';
import { matrixKey } from '../src/figures/matrix-key.ts';
import { matrixWords } from '../src/figures/matrix-words.ts';
import { seriesStyle } from '../src/figures/series-style.ts';
import { rowsChart } from '../src/tables/rows-chart.ts';
import { matrixPanel } from '../src/figures/matrix-panel.ts';
import { renderPng } from '../src/figures/render-png.ts';
import { scatterPanel } from '../src/figures/scatter-panel.ts';
import { stepsChart } from '../src/figures/steps-chart.ts';
import { escapeMarkup, label, svgDocument, translate } from '../src/figures/svg.ts';

/** Fraction of pixels in a rectangle that are not white. */
function inked(png: Uint8Array, [left, top, right, bottom]: readonly [number, number, number, number]): number {
  const { width, data, channels } = decode(png);
  let count = 0;
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) if (data[(y * width + x) * channels]! < 250) count++;
  }
  return count / ((right - left) * (bottom - top));
}

describe('pictures', () => {
  it('have the size asked for, and text without any font of the system', () => {
    const png = renderPng(svgDocument(200, 50, label(100, 30, 't = 100', { size: 20 })), { scale: 2 });
    const { width, height } = decode(png);
    expect([width, height]).toEqual([400, 100]);
    expect(inked(png, [100, 20, 300, 80])).toBeGreaterThan(0.05);
    expect(inked(png, [0, 0, 80, 100])).toBe(0);
  });

  it('put each point into its cell, the second variable upwards, and masked ones on the margin', () => {
    const corner = (x: number, y: number, maskState?: number): Uint8Array =>
      renderPng(
        svgDocument(
          120,
          120,
          translate(
            10,
            10,
            scatterPanel(
              { values: Int32Array.of(x, y), shape: [1, 2] },
              { size: 100, numStates: 4, colors: ['#000'], ...(maskState === undefined ? {} : { maskState }) },
            ),
          ),
        ),
        { scale: 1 },
      );
    expect(inked(corner(0, 3), [12, 12, 33, 33])).toBeGreaterThan(0.4);
    expect(inked(corner(3, 0), [87, 87, 108, 108])).toBeGreaterThan(0.4);
    expect(inked(corner(0, 3), [87, 87, 108, 108])).toBe(0);
    expect(inked(corner(4, 2, 4), [26, 12, 108, 100])).toBe(0);
  });

  it('draw a matrix with its rows from the top', () => {
    const png = renderPng(svgDocument(100, 100, matrixPanel(Float64Array.of(0, 1, 1, 0), { size: 100, numStates: 2 })), { scale: 1 });
    const { data, channels, width } = decode(png);
    const green = (x: number, y: number): number => data[(y * width + x) * channels + 1]!;
    expect(green(75, 25)).toBeGreaterThan(200);
    expect(green(25, 25)).toBeLessThan(20);
  });

  it('have a key of the colours of matrices: a share of the largest entry stands where its colour does', () => {
    const key = matrixKey(200);
    expect(key).toContain('its share of the largest');
    const png = decode(renderPng(svgDocument(200, 40, key), { scale: 1 }));
    const colorAt = (x: number): readonly number[] => [
      ...png.data.subarray((19 * png.width + x) * png.channels, (19 * png.width + x) * png.channels + 3),
    ];
    for (const share of [0.01, 0.1, 0.25, 0.5]) {
      const x = Number(new RegExp(`<text x="([\\d.]+)"[^>]*>${share}<`, 'u').exec(key)![1]);
      const expected = viridis(Math.sqrt(share)).match(/\d+/gu)!.map(Number);
      colorAt(Math.round(x)).forEach((channel, c) => expect(Math.abs(channel - expected[c]!)).toBeLessThan(8));
    }
    expect(matrixWords('Q', Float64Array.of(0.125, 0.0625), { from: 'x_0' })).toEqual({
      title: 'Q, largest 0.125',
      axes: '↓ from x_0, → to x_t',
    });
  });

  it('tell series apart by colour and symbol, 42 of them, and by colour and dash 28', () => {
    const looks = Array.from({ length: 42 }, (_, i) => seriesStyle(i));
    expect(new Set(looks.map(({ color, symbol }) => `${color} ${symbol}`)).size).toBe(42);
    expect(new Set(looks.slice(0, 28).map(({ color, dash }) => `${color} ${dash}`)).size).toBe(28);
  });

  it('name every number of steps, and each row with its symbol, its bars and its axis beside it', () => {
    const steps = [10, 64, 256, 512, 1000];
    const points = ['a, mixture', 'b, plug-in'].flatMap((row, i) =>
      steps.map((each) => ({ row, steps: each, value: 2 + i + 1 / each, error: i === 0 ? 1e-6 : 0 })),
    );
    const svg = rowsChart({ points, lines: [], yLabel: 'bits (bars: 2 standard errors)' });
    for (const text of [...steps.map(String), 'a, mixture', 'b, plug-in', 'reverse steps']) expect(svg).toContain(`>${text}<`);
    for (const color of ['#0072b2', '#d55e00']) expect(svg).toContain(`fill="${color}"`);
    const linesIn = (text: string): number => text.split('<line ').length;
    const without = rowsChart({ points: points.map((point) => ({ ...point, error: 0 })), lines: [], yLabel: 'bits' });
    expect(linesIn(svg) - linesIn(without)).toBe(steps.length);
  });

  it('clamp colours', () => {
    expect(viridis(-1)).toBe(viridis(0));
    expect(viridis(2)).toBe('rgb(253,231,37)');
  });

  it('draw the bound against the number of steps', () => {
    const svg = stepsChart({
      bounds: [
        { steps: 1000, bits: 2.8, standardError: 0.02 },
        { steps: 20, bits: 3, standardError: 0.02 },
      ],
      baselines: [{ name: 'bigram', bits: 3.3 }],
      yLabel: 'bits/char',
    });
    expect(svg).toContain('bigram');
    expect(svg).not.toContain('NaN');
    expect(inked(renderPng(svg, { scale: 1 }), [60, 20, 540, 360])).toBeGreaterThan(0.005);
  });

  it('escape what they are given', () => {
    expect(escapeMarkup(`<b a="1">'&`)).toBe('&#60;b a=&#34;1&#34;&#62;&#39;&#38;');
  });
});
