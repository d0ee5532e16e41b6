export interface Line {
  /** A class of the style sheet: `line-1`, `line-2`. */
  readonly className: string;
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

export interface LineChart {
  readonly width: number;
  readonly height: number;
  readonly xDomain: readonly [number, number];
  readonly yDomain: readonly [number, number];
  readonly yTicks: readonly number[];
  readonly xTicks: readonly number[];
  readonly yFormat: (value: number) => string;
  readonly lines: readonly Line[];
  /** An x that is pointed at, with a dot on each line. */
  readonly marker?: { readonly x: number; readonly ys: readonly number[] } | undefined;
}

/** Space for the numbers; the page's slider is as wide as the plot. */
const CHART_MARGIN = { top: 8, right: 12, bottom: 20, left: 44 } as const;

/** Draws lines over a grid into an SVG element. What it says in words is the caller's part. */
export function drawLineChart(svg: SVGSVGElement, chart: LineChart): void {
  const { width, height, xDomain, yDomain, xTicks, yTicks, yFormat, lines, marker } = chart;
  const { top, right, bottom, left } = CHART_MARGIN;
  const x = scale(xDomain, [left, width - right]);
  const y = scale(yDomain, [height - bottom, top]);
  svg.setAttribute('viewBox', `0 0 ${width} ${height}`);
  svg.setAttribute('height', String(height));
  svg.replaceChildren(
    ...yTicks.flatMap((tick) => [
      shape('line', { class: 'grid', x1: left, x2: width - right, y1: y(tick), y2: y(tick) }),
      text(left - 8, y(tick) + 4, yFormat(tick), 'end'),
    ]),
    ...xTicks.map((tick) => text(x(tick), height - 4, String(tick), 'middle')),
    ...(marker ? [shape('line', { class: 'marker', x1: x(marker.x), x2: x(marker.x), y1: top, y2: height - bottom })] : []),
    ...lines.map(({ className, points }) => shape('path', { class: className, d: path(points.map((point) => [x(point.x), y(point.y)])) })),
    ...(marker?.ys ?? []).flatMap((value, i) =>
      Number.isFinite(value) ? [shape('circle', { class: `${lines[i]?.className ?? ''} dot`, cx: x(marker!.x), cy: y(value), r: 4 })] : [],
    ),
  );
}

/** Round numbers between two, about as many as asked for. */
export function niceTicks([from, to]: readonly [number, number], count: number): readonly number[] {
  const rough = (to - from) / count;
  if (!(rough > 0)) return [from];
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10);
  const first = Math.ceil(from / step - 1e-9);
  const last = Math.floor(to / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

function scale([from, to]: readonly [number, number], [start, end]: readonly [number, number]): (value: number) => number {
  return (value) => Number((start + ((value - from) / (to - from || 1)) * (end - start)).toFixed(2));
}

/** Broken where a number is not finite. */
function path(points: readonly (readonly [number, number])[]): string {
  let pen = 'M';
  return points
    .map(([x, y]) => {
      const part = Number.isFinite(y) ? `${pen}${x} ${y}` : '';
      pen = part === '' ? 'M' : 'L';
      return part;
    })
    .join('');
}

function text(x: number, y: number, content: string, anchor: string): SVGElement {
  const element = shape('text', { x, y, 'text-anchor': anchor });
  element.textContent = content;
  return element;
}

function shape(name: string, attributes: Readonly<Record<string, number | string>>): SVGElement {
  const element = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  return element;
}
