import { readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { LabError } from "../core/errors";

/**
 * A client as one script: compiled CommonJS modules of `folder`, each in a function, with a `require` of five lines. Only what `entry` reaches is taken, and only
 * modules below the folder can be: a client uses nothing that a browser does not have. Default: the explorer's.
 */
export function clientScript(folder: string = join(__dirname, "client"), entry: string = "main"): string {
  const sources = new Map<string, string>();
  const take = (name: string): void => {
    if (sources.has(name)) return;
    // Its place, before its text: modules may import each other.
    sources.set(name, "");
    const source = readFileSync(join(folder, `${name}.js`), "utf8").replace(
      /^\/\/# sourceMappingURL.*$/m,
      "",
    );
    const bundled = source.replace(/\brequire\("([^"]+)"\)/g, (_, target: string) => {
      const found = posix.join(posix.dirname(name), target);
      if (!/^\.{1,2}\//.test(target) || found.startsWith("..")) {
        throw new LabError(
          `Cannot bundle ${name}: it may import modules of its own folder, current value is ${target}`,
        );
      }
      take(found);
      return `require(${JSON.stringify(`./${found}`)})`;
    });
    sources.set(name, bundled);
  };
  take(entry);
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
load(${JSON.stringify(`./${entry}`)});
})();
`;
  // Either would end or hide the script element.
  if (/<\/script|<!--/i.test(script)) {
    throw new LabError("Cannot bundle the client: its text must not hold the end of a script element");
  }
  return script;
}
