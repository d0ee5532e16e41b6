import type { MarkdownRenderer } from 'vitepress';

/**
 * A plugin of markdown-it: `### mixture() {#mixture}` gives a heading its id, as typedoc writes it. That and no more, in place of
 * markdown-it-attrs, which takes the braces of L_{t−1} for attributes.
 */
export function headingIds(md: MarkdownRenderer): void {
  md.core.ruler.after('inline', 'heading-ids', ({ tokens }) => {
    tokens.forEach((token, index) => {
      const last = tokens[index + 1]?.children?.at(-1);
      if (token.type !== 'heading_open' || last?.type !== 'text') return;
      const { rest, id } = /^(?<rest>.*?)\s*\{#(?<id>[\w.-]+)\}$/s.exec(last.content)?.groups ?? {};
      if (rest === undefined || id === undefined) return;
      last.content = rest;
      token.attrSet('id', id);
    });
  });
}
