/** Escapes text for XML and HTML, in content and in attributes. */
export function escapeMarkup(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`);
}

export interface LabelOptions {
  readonly size?: number;
  readonly weight?: 'bold' | 'normal';
  readonly anchor?: 'end' | 'middle' | 'start';
  readonly color?: string;
}

/** One line of text with its baseline at (x, y). */
export function label(
  x: number,
  y: number,
  text: string,
  { size = 13, weight = 'normal', anchor = 'middle', color = '#222' }: LabelOptions = {},
): string {
  return `<text x="${x}" y="${y}" font-size="${size}" font-weight="${weight}" text-anchor="${anchor}" fill="${color}">${escapeMarkup(text)}</text>`;
}

/** Moves markup by (x, y). */
export function translate(x: number, y: number, markup: string): string {
  return `<g transform="translate(${x} ${y})">${markup}</g>`;
}

/** A whole SVG document on white. */
export function svgDocument(width: number, height: number, body: string): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="DejaVu Sans">
<rect width="${width}" height="${height}" fill="#fff"/>
${body}
</svg>
`;
}
