/** The element of the page with an id. */
export function element(id: string): HTMLElement {
  return elementOf(id, HTMLElement);
}

/** The element of the page with an id, of a type. */
export function elementOf<T extends HTMLElement>(id: string, type: new () => T): T {
  const found = document.getElementById(id);
  if (!(found instanceof type)) throw new Error(`the page has no ${type.name} "${id}"`);
  return found;
}

/** A new element with a text in it, which is never read as markup. */
export function made<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  { text, className, children = [] }: { readonly text?: string; readonly className?: string; readonly children?: readonly Node[] } = {},
): HTMLElementTagNameMap[K] {
  const node = document.createElement(tag);
  if (text !== undefined) node.textContent = text;
  if (className !== undefined) node.className = className;
  node.append(...children);
  return node;
}
