import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';

/** A plot as an SVG text, in the font that comes along, on white. */
export function plotSvg({
  style,
  ...options
}: Omit<Plot.PlotOptions, 'style'> & { readonly style?: Readonly<Record<string, string>> }): string {
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  const chart = Plot.plot({
    document: document as unknown as Document,
    style: { fontFamily: 'DejaVu Sans', fontSize: '12px', background: '#fff', ...style },
    ...options,
  });
  chart.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  return chart.outerHTML;
}
