import { decode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import { viridis } from '../src/figures/color-scale.ts';
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
