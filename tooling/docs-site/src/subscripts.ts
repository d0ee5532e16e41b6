import type { MarkdownRenderer } from 'vitepress';

/** A letter, a letter with a bar or tilde, or a bracket that ends; then an index of one to three letters or digits, or of whatever is in braces. */
const INDEXED = /(?<base>(?<![\p{L}\p{N}_])\p{L}\p{M}?|\])_(?:\{(?<braces>[^{}]+)\}|(?<index>\p{L}{1,2}|\p{N}+)(?![\p{L}\p{N}_]))/gu;

/**
 * A plugin of markdown-it: x_0 and L_{t−1} of the prose have their index below the line. What is not shown stays in the text, so that it is
 * found and copied as it was written.
 */
export function subscripts(md: MarkdownRenderer): void {
  const text = md.renderer.rules.text!;
  md.renderer.rules.text = (...args) => withSubscripts(text(...args));
}

export function withSubscripts(html: string): string {
  return html.replaceAll(INDEXED, (_, base: string, braces?: string, index?: string) => {
    const [before, after] = braces === undefined ? ['_', ''] : ['_{', '<i>}</i>'];
    return `${base}<sub class="index"><i>${before}</i>${braces ?? index}${after}</sub>`;
  });
}
