/** The element of the page with this id, which is of this class. @throws {Error} where the page has none: a mistake in index.html. */
export function element<E extends Element>(id: string, type: abstract new () => E): E {
  const found = document.getElementById(id);
  if (found instanceof type) return found;
  throw new Error(`element: index.html has no ${type.name} with the id ${id}`);
}
