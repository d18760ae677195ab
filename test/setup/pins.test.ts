import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { pathToFileURL } from "node:url";
import { packageRoot } from "../../lib/core/folders";

const read = (...parts: string[]): string => readFileSync(join(packageRoot(), ...parts), "utf8");
const plain = (name: string): string => name.toLowerCase().replaceAll(/[-_.]+/g, "-");

interface Package {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly optionalDependencies: Readonly<Record<string, string>>;
}
const { dependencies, devDependencies, optionalDependencies } = JSON.parse(read("package.json")) as Package;

test("package.json names exact versions, and the lock has a SHA-512 for every package and no address", () => {
  for (const [name, version] of Object.entries({
    ...dependencies,
    ...devDependencies,
    ...optionalDependencies,
  }))
    assert.match(version, /^\d+\.\d+\.\d+$/, name);
  const { packages } = JSON.parse(read("package-lock.json")) as {
    packages: Record<string, { version: string; integrity?: string; resolved?: string; link?: boolean }>;
  };
  const locked = Object.entries(packages).filter(([path, { link }]) => path !== "" && !link);
  assert.ok(locked.length > 100);
  for (const [path, { integrity, resolved }] of locked) {
    assert.match(integrity ?? "", /^sha512-/, path);
    assert.equal(resolved, undefined, path);
  }
});

test("wheels.mjs has one exact version and a SHA-256 for every wheel of both builds, of one libtensorflow", async () => {
  const { builds } = (await import(pathToFileURL(join(packageRoot(), "setup", "wheels.mjs")).href)) as {
    builds: Record<"cpu" | "gpu", { wheels: string[][] }>;
  };
  assert.deepEqual(builds.cpu.wheels[0].slice(0, 2), ["tensorflow-cpu", builds.gpu.wheels[0][1]]);
  for (const [name, version, megabytes, sha256, ...rest] of [...builds.cpu.wheels, ...builds.gpu.wheels]) {
    assert.match(name, /^(tensorflow(-cpu)?|nvidia-[a-z]+(-[a-z]+)?-cu12)$/);
    assert.match(version, /^\d+(\.\d+)+$/, name);
    assert.match(megabytes, /^\d+$/, name);
    assert.match(sha256, /^[0-9a-f]{64}$/, name);
    assert.deepEqual(rest, [], name);
  }
});

test("npm runs no script of a package that it installs", () => {
  assert.match(read(".npmrc"), /^ignore-scripts=true$/m);
  assert.match(read("setup", "packages.mjs"), /"--ignore-scripts"/);
});

for (const [name, least] of [
  ["requirements", 80],
  ["requirements-ray", 50],
  // Alone: without what it asks for, see setup/ray.mjs.
  ["requirements-gloo", 0],
] as const) {
  test(`${name}.lock has one exact version and sums for every Python package, and those that ${name}.txt names`, () => {
    const lock = read("setup", `${name}.lock`);
    const entries = lock.split(/\n(?=\S)/).filter((entry) => !entry.startsWith("#"));
    assert.ok(entries.length > least);
    const versions = new Set<string>();
    for (const entry of entries) {
      const [, name, version] =
        /^([\w.-]+)==([\w.!+]+)/.exec(entry) ?? assert.fail(`no exact version: ${entry.slice(0, 80)}`);
      assert.match(entry, /--hash=sha256:[0-9a-f]{64}/, name);
      versions.add(`${plain(name)}==${version}`);
    }
    for (const line of read("setup", `${name}.txt`).trim().split("\n")) {
      const [wanted, version] = line.replace(/\[.*\]/, "").split("==");
      assert.ok(versions.has(`${plain(wanted)}==${version}`), line);
    }
    assert.doesNotMatch(lock, /https?:|--index-url|--find-links/);
  });
}

test("THIRD_PARTY.md names every package that package.json and requirements.txt name", () => {
  const notices = read("THIRD_PARTY.md").toLowerCase();
  const python = read("setup", "requirements.txt")
    .trim()
    .split("\n")
    .map((line) => line.split("==")[0]);
  for (const name of [
    ...Object.keys(dependencies),
    ...Object.keys(devDependencies),
    ...Object.keys(optionalDependencies),
    ...python,
  ]) {
    const shown = { "@biomejs/biome": "biome" }[name] ?? name;
    assert.ok(notices.includes(shown.toLowerCase()), name);
  }
});

test("the message that names how to install the S3 client names the locked version", () => {
  const [, version] = /@aws-sdk\/client-s3@([\d.]+)"/.exec(read("lib", "store", "s3Store.ts")) ?? [];
  assert.equal(version, optionalDependencies["@aws-sdk/client-s3"]);
});
