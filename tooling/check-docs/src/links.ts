import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { headingSlug } from './heading-slug.ts';

const LINK =
  /!?\[(?:[^\]\\]|\\.)*\]\(\s*<?(?<target>[^)\s>]+)>?(?:\s+["'][^)]*)?\)|^\[[^\]]+\]:\s*(?<reference>\S+)|<(?:img|a)\b[^>]*\b(?:src|href)="(?<html>[^"]+)"/gm;

/** What is wrong with the links of a page: a file that is not there, or a heading that its page does not have. */
export function brokenLinks(root: string, page: string): readonly string[] {
  const text = withoutCode(readFileSync(join(root, page), 'utf8'));
  return [...text.matchAll(LINK)].flatMap((match) => {
    const target = match.groups?.['target'] ?? match.groups?.['reference'] ?? match.groups?.['html'] ?? '';
    if (/^[a-z][a-z+.-]*:/i.test(target)) return [];
    const line = text.slice(0, match.index).split('\n').length;
    const fault = linkFault(root, page, target);
    return fault === undefined ? [] : [`${page}:${line}: ${fault}`];
  });
}

function linkFault(root: string, page: string, target: string): string | undefined {
  const [path = '', anchor] = target.split('#');
  const file = path === '' ? join(root, page) : join(root, dirname(page), decodeURIComponent(path));
  if (relative(root, file).startsWith('..')) return `${target} leaves the repository`;
  if (!existsSync(file)) return `${target} does not exist`;
  if (anchor === undefined || anchor === '' || statSync(file).isDirectory() || !file.endsWith('.md')) return undefined;
  return headingAnchors(readFileSync(file, 'utf8')).has(anchor) ? undefined : `${target}: there is no such heading`;
}

/** The anchors of a page's headings, those of one name numbered. */
export function headingAnchors(markdown: string): ReadonlySet<string> {
  const seen = new Map<string, number>();
  const anchors = new Set<string>();
  for (const [, title = ''] of withoutCode(markdown, 'keep inline').matchAll(/^#{1,6}\s+(.+?)\s*#*$/gm)) {
    const anchor = headingSlug(title.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1'));
    const count = seen.get(anchor) ?? 0;
    seen.set(anchor, count + 1);
    anchors.add(count === 0 ? anchor : `${anchor}-${count}`);
  }
  return anchors;
}

/** The text with code blanked, so that lines keep their numbers. */
function withoutCode(markdown: string, inline: 'blank inline' | 'keep inline' = 'blank inline'): string {
  const blank = (code: string): string => code.replaceAll(/[^\n]/g, ' ');
  const prose = markdown.replaceAll(/^(?<ticks>`{3,}|~{3,})[^\n]*\n[\s\S]*?^\k<ticks>[ \t]*$/gm, blank);
  return inline === 'keep inline' ? prose : prose.replaceAll(/`[^`\n]+`/g, blank);
}
