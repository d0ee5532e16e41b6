/** Okabe and Ito (2008), for all kinds of colour vision; without their yellow, which is not seen on white. */
const COLORS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#000000'] as const;
const DASHES = ['', '7 4', '2 3', '9 3 2 3'] as const;
/** One fewer than colours, so that both together tell six times as many apart. */
const SYMBOLS = ['circle', 'square', 'triangle', 'diamond', 'star', 'cross'] as const;

export interface SeriesStyle {
  readonly color: string;
  readonly dash: string;
  /** Of its points, for who sees no colours. */
  readonly symbol: (typeof SYMBOLS)[number];
}

/** How the series of a number looks in every chart: another up to 28, and by colour and symbol alone up to 42. */
export function seriesStyle(index: number): SeriesStyle {
  return {
    color: COLORS[index % COLORS.length]!,
    dash: DASHES[Math.floor(index / COLORS.length) % DASHES.length]!,
    symbol: SYMBOLS[index % SYMBOLS.length]!,
  };
}
