/// <reference lib="dom" />

/** The element of the page with this id. */
export function byId<T extends HTMLElement = HTMLElement>(id: string): T {
  const found = document.getElementById(id);
  if (!found) throw new Error(`Cannot find the element ${id}`);
  return found as T;
}

/** A new element. Text only ever becomes text: names are data, never markup. */
export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  options: { readonly text?: string; readonly className?: string } = {},
  ...children: readonly Node[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  if (options.text !== undefined) element.textContent = options.text;
  if (options.className) element.className = options.className;
  element.append(...children);
  return element;
}

/** Says something to a screen reader. */
export function announce(text: string): void {
  byId("live").textContent = text;
}

/** A whole number with its thousands apart. */
export function grouped(value: number): string {
  return value.toLocaleString("en");
}
