const BEGIN = '<!-- made by `pnpm test:backends`; not to be edited -->';
const END = '<!-- end of what is made -->';

/** `page` with its generated part replaced. Throws where the marks are not there once, in order. */
export function withGenerated(page: string, generated: string): string {
  const [before, rest, ...more] = page.split(BEGIN);
  const [, after, ...others] = rest?.split(END) ?? [];
  if (after === undefined || more.length + others.length > 0) throw new Error(`docs/backends.md must have ${BEGIN} and ${END} once each`);
  return `${before}${BEGIN}\n\n${generated}\n\n${END}${after}`;
}

/** The generated part of `page`. */
export const generatedOf = (page: string): string => page.split(BEGIN)[1]?.split(END)[0]?.trim() ?? '';
