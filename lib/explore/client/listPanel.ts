/// <reference lib="dom" />
import type { Points } from "./decode";
import { announce, byId, grouped, make } from "./dom";
import { spreadsheetCsv } from "./lasso";
import { matches } from "./search";
import type { Store } from "./store";
import { type Thumbs, tile } from "./thumbs";

/** Identities and pictures that are listed; the CSV holds all. */
const LISTED = 60;

/** The search box: points that match stand out on the map. */
export function searchBox(points: Points, store: Store): void {
  const find = byId<HTMLInputElement>("find");
  find.addEventListener("input", () => {
    const found = matches(points, find.value);
    const people = new Set(found.map((point) => points.labels[point])).size;
    const words = `${grouped(found.length)} images, ${grouped(people)} identities`;
    byId("found").textContent = find.value.trim() === "" ? "" : words;
    store.set({ found });
  });
  find.addEventListener("keydown", (event) => {
    const [first] = store.state.found;
    if (event.key !== "Enter" || first === undefined) return;
    store.set({ chosen: first, focus: first });
  });
}

/** What the lasso caught: counts per identity, pictures, and the list as CSV to copy or to keep. */
export function listPanel(points: Points, store: Store, thumbs: () => Thumbs | undefined): void {
  const panel = byId("selection");
  const csv = (): string => selectionCsv(points, store.state.selected);
  const button = (text: string, act: () => void): HTMLButtonElement => {
    const made = make("button", { text });
    made.type = "button";
    made.addEventListener("click", act);
    return made;
  };
  store.on(["selected"], () => {
    const { selected } = store.state;
    if (selected.length === 0) {
      const help = "Press Lasso (or hold shift) and draw around points to list them.";
      panel.replaceChildren(make("p", { text: help, className: "soft" }));
      return;
    }
    const sizes = new Map<number, number>();
    for (const point of selected) sizes.set(points.labels[point], (sizes.get(points.labels[point]) ?? 0) + 1);
    const people = [...sizes].sort((a, b) => b[1] - a[1] || a[0] - b[0]);
    const told = `${grouped(selected.length)} images of ${grouped(people.length)} identities`;
    announce(`Selected: ${told}`);
    const rows = people
      .slice(0, LISTED)
      .map(([label, size]) =>
        make(
          "li",
          {},
          make("bdi", { text: points.identities[label] }),
          make("span", { text: grouped(size), className: "soft" }),
        ),
      );
    panel.replaceChildren(
      make("p", { text: told, className: "told" }),
      make(
        "div",
        { className: "tools" },
        button("Copy", () => copy(csv())),
        button("Save CSV", () => save(csv())),
        button("Clear", () => store.set({ selected: [] })),
      ),
      make(
        "div",
        { className: "tiles" },
        ...(thumbs() ? selected.slice(0, LISTED).map((point) => tile(thumbs(), point)) : []),
      ),
      make("ul", { className: "people" }, ...rows),
      ...(people.length > LISTED
        ? [make("p", { text: `and ${people.length - LISTED} more identities`, className: "soft" })]
        : []),
    );
  });
}

/** name, identity and every column of the points, safe for a spreadsheet. */
export function selectionCsv(
  { names, identities, labels, columns }: Points,
  selected: readonly number[],
): string {
  const head = ["name", "identity", ...columns.map(({ name }) => name)];
  const rows = selected.map((i) => [
    names[i],
    identities[labels[i]],
    ...columns.map(({ values, codes }) => values[codes[i]]),
  ]);
  return spreadsheetCsv([head, ...rows]);
}

function save(csv: string): void {
  const link = make("a");
  link.href = URL.createObjectURL(new Blob([csv], { type: "text/csv" }));
  link.download = "selection.csv";
  link.click();
  URL.revokeObjectURL(link.href);
}

/** Browsers without a clipboard for pages from disk still copy what is selected. */
async function copy(csv: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(csv);
  } catch {
    const area = make("textarea");
    area.value = csv;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
  announce("Copied");
}
