import type { MarkdownRenderer } from 'vitepress';

/** A plugin of markdown-it: a block that other blocks import, ` ```ts file=banded.ts `, has its name above it. */
export function fileNames(md: MarkdownRenderer): void {
  const fence = md.renderer.rules.fence!;
  md.renderer.rules.fence = (tokens, index, ...rest) => {
    const name = /\sfile=(?<name>[\w.-]+)/.exec(tokens[index]!.info)?.groups?.['name'];
    const block = fence(tokens, index, ...rest);
    return name === undefined ? block : `<p class="file-name">${name}</p>${block}`;
  };
}
