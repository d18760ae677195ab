import { readFileSync } from "node:fs";
import { join } from "node:path";
import { LabError } from "../core/errors";

/**
 * The client as one script: the compiled CommonJS modules of `client/`, each in a function, with a `require` of five lines. Only what `main` reaches is taken,
 * and only modules of that folder can be: the client uses nothing that a browser does not have.
 */
export function clientScript(folder: string = join(__dirname, "client")): string {
  const sources = new Map<string, string>();
  const take = (name: string): void => {
    if (sources.has(name)) return;
    const source = readFileSync(join(folder, `${name}.js`), "utf8").replace(
      /^\/\/# sourceMappingURL.*$/m,
      "",
    );
    sources.set(name, source);
    for (const [, target] of source.matchAll(/\brequire\("([^"]+)"\)/g)) {
      if (!/^\.\/\w+$/.test(target)) {
        throw new LabError(
          `Cannot bundle ${name}: it may import modules of its own folder, current value is ${target}`,
        );
      }
      take(target.slice(2));
    }
  };
  take("main");
  const modules = Array.from(
    sources,
    ([name, source]) => `${JSON.stringify(`./${name}`)}: function (exports, require) {\n${source}\n}`,
  );
  const script = `(function () {
var modules = {
${modules.join(",\n")}
};
var loaded = {};
function load(name) {
  if (!loaded[name]) modules[name]((loaded[name] = {}), load);
  return loaded[name];
}
load("./main");
})();
`;
  // Either would end or hide the script element.
  if (/<\/script|<!--/i.test(script)) {
    throw new LabError("Cannot bundle the client: its text must not hold the end of a script element");
  }
  return script;
}
