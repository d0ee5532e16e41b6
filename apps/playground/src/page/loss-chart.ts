import { drawLineChart, niceTicks } from '../draw/line-chart.ts';

export interface LossPoint {
  readonly step: number;
  readonly lossBits: number;
}

const HEIGHT = 190;

/** A loss against updates, drawn again when the page changes its width. */
export function createLossChart(svg: SVGSVGElement): { show(points: readonly LossPoint[], updates: number): void } {
  let last: { readonly points: readonly LossPoint[]; readonly updates: number } = { points: [], updates: 1 };
  const draw = (): void => {
    const { points, updates } = last;
    const width = svg.clientWidth;
    if (width === 0) return;
    // The first losses may be so high that nothing is to be seen of the others.
    const sorted = points
      .map(({ lossBits }) => lossBits)
      .filter((loss) => Number.isFinite(loss))
      .sort((a, b) => a - b);
    const most = Math.min(sorted.at(-1) ?? 1, 2.5 * (sorted[Math.floor(sorted.length / 2)] ?? 1));
    const yDomain = [0, most * 1.08] as const;
    drawLineChart(svg, {
      width,
      height: HEIGHT,
      xDomain: [0, updates],
      xTicks: points.length > 0 ? niceTicks([0, updates], 4) : [],
      yDomain,
      yTicks: points.length > 0 ? niceTicks(yDomain, 4) : [],
      yFormat: (value) => String(value),
      lines: [{ className: 'line-1', points: points.map(({ step, lossBits }) => ({ x: step, y: Math.min(lossBits, yDomain[1]) })) }],
    });
  };
  new ResizeObserver(draw).observe(svg);
  return {
    show: (points, updates) => {
      last = { points: [...points], updates };
      const now = points.at(-1);
      svg.setAttribute(
        'aria-label',
        now ? `Loss after ${now.step} of ${updates} updates: ${now.lossBits.toFixed(3)} bits per dimension` : 'No loss yet',
      );
      draw();
    },
  };
}
