import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import ts from "typescript";
import { packageRoot } from "../../lib/core/folders";
import { type Notebook, notebooks } from "./read";

const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  lib: ["lib.es2023.d.ts"],
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  types: ["node"],
  strict: true,
  noEmit: true,
  skipLibCheck: true,
};

/** The cells of a notebook as one module, in which no name may be declared twice. */
function moduleOf({ cells }: Notebook): string {
  const code = cells.filter((cell) => cell.kind === "code").map((cell) => cell.source);
  return `${code.join("\n")}\nexport {};\n`;
}

/** What the compiler says of modules that exist in memory only, one list per module. */
function complaints(modules: ReadonlyMap<string, string>): Map<string, string[]> {
  const host = ts.createCompilerHost(OPTIONS);
  const { readFile, fileExists, getSourceFile } = host;
  host.readFile = (path) => modules.get(path) ?? readFile(path);
  host.fileExists = (path) => modules.has(path) || fileExists(path);
  host.getSourceFile = (path, ...rest) => {
    const text = modules.get(path);
    return text === undefined
      ? getSourceFile(path, ...rest)
      : ts.createSourceFile(path, text, ts.ScriptTarget.ES2022);
  };
  const program = ts.createProgram([...modules.keys()], OPTIONS, host);
  const found = new Map([...modules.keys()].map((path) => [path, [] as string[]]));
  for (const { file, start, messageText } of ts.getPreEmitDiagnostics(program)) {
    const line = file ? file.text.slice(0, start).split("\n").length : 0;
    const source = file?.text.split("\n")[line - 1]?.trim() ?? "";
    found.get(file?.fileName ?? "")?.push(`${ts.flattenDiagnosticMessageText(messageText, " ")} — ${source}`);
  }
  return found;
}

const pathOf = (name: string): string =>
  join(packageRoot(), "notebooks", name.replace(/\.ipynb$/, ".cells.ts"));
const WRONG = pathOf("wrong.ipynb");
const modules = new Map(notebooks.map((notebook) => [pathOf(notebook.name), moduleOf(notebook)]));
modules.set(
  WRONG,
  'import * as lab from "facenet-lab";\nconst margin: string = lab.nothing;\nfunction f(x) {}\nexport {};\n',
);
const found = complaints(modules);

for (const { name } of notebooks) {
  test(`the cells of ${name}, one after the other, are strictly typed`, () => {
    assert.deepEqual(found.get(pathOf(name)), []);
  });
}

test("the check of types finds a name that the package does not have, and an implicit any", () => {
  const wrong = (found.get(WRONG) ?? []).join("\n");
  assert.match(wrong, /nothing/);
  assert.match(wrong, /implicitly has an 'any' type/);
});
