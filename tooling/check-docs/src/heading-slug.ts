/** The anchor of a heading, as code hosts make it: lower case, no punctuation, hyphens for spaces. */
export const headingSlug = (title: string): string =>
  title
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\p{M}\s_-]/gu, '')
    .replaceAll(/\s/g, '-');
