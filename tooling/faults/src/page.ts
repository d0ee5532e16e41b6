const begin = (part: string): string => `<!-- ${part}: made by \`pnpm test:faults --only ${part} --write\`; not to be edited -->`;
const end = (part: string): string => `<!-- end of ${part} -->`;

/** `page` with what one part has made replaced. Throws where its marks are not there once, in order. */
export function withGenerated(page: string, part: string, generated: string): string {
  const [before, rest, ...more] = page.split(begin(part));
  const [, after, ...others] = rest?.split(end(part)) ?? [];
  if (after === undefined || more.length + others.length > 0) {
    throw new Error(`docs/reliability.md must have ${begin(part)} and ${end(part)} once each`);
  }
  return `${before}${begin(part)}\n\n${generated}\n\n${end(part)}${after}`;
}

/** What one part has made of `page`. */
export const generatedOf = (page: string, part: string): string => page.split(begin(part))[1]?.split(end(part))[0]?.trim() ?? '';
