import { join } from "node:path";
import { writeFileAtomic } from "../core/files";
import { clientScript } from "../explore/bundle";
import { netNames } from "../nets/named";
import { escapeHtml, hashOf, headHtml, scriptJson } from "../report/html";
import type { Measured } from "./measured";
import { type AssumptionName, assumptions, type Question } from "./question";
import { PLAN_STYLE } from "./style";

/** What stands in the page as JSON. */
export interface PlanPageData {
  readonly question: Question;
  readonly measured: Measured;
}

/** Writes the calculator as one HTML file that needs nothing else: no network, no other file. Whole or not at all. */
export function writePlanPage(path: string, question: Question, measured: Measured): void {
  writeFileAtomic(path, planHtml(question, measured));
}

/** The calculator as text. Its script is the model that the command line uses; the policy allows it and the style by their hashes, and no request to anywhere. */
export function planHtml(question: Question, measured: Measured): string {
  const script = clientScript(join(__dirname, ".."), "plan/client/main");
  const policy = [
    "default-src 'none'",
    `script-src ${hashOf(script)}`,
    `style-src ${hashOf(PLAN_STYLE)}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  const data: PlanPageData = { question, measured };
  const { machine, date, loadAverage } = measured;
  const load = loadAverage.map((value) => value.toFixed(1)).join(" to ");
  return `${headHtml("Past one machine", policy, PLAN_STYLE)}<body>
<header><h1>Past one machine</h1>
<p>What a job of this laboratory costs on many machines, and what stops it from going faster. Change anything: the model runs in this page.</p>
<p class="soft">Costs per image, pair and step were measured on one core of <bdi>${escapeHtml(machine)}</bdi> on ${escapeHtml(date)} (load average ${load}). Everything else is an assumption and says so.</p></header>
<main>
<form id="inputs" aria-label="assumptions" novalidate>
${inputs()}
</form>
<div>
<p id="problem" role="alert"></p>
<section><h2>Altogether</h2><div id="cards" class="cards"></div></section>
<section><h2>Time by workers</h2><p class="soft" id="figure-note"></p><div id="figure"></div><ul id="key" class="key"></ul></section>
<section><h2>Jobs</h2><p class="soft">Below each time: what limits it.</p><div class="wide" id="jobs" tabindex="0" role="region" aria-label="jobs"></div></section>
<section><h2>Where the model was checked</h2><p class="soft">Runs on the measured machine, seconds, on the cores that each got: other work took the rest. The simulation plays the same job event by event.</p><div class="wide" id="checks" tabindex="0" role="region" aria-label="checks"></div></section>
</div>
</main>
<script type="application/json" id="data">${scriptJson(data)}</script>
<script>${script}</script>
</body>
</html>
`;
}

const GROUPS: readonly (readonly [string, readonly AssumptionName[]])[] = [
  ["Training and search", ["epochs", "batch", "chunk", "checkpoints", "probes", "k"]],
  ["Machines", ["gpuFlops", "coresPerGpu", "linkBytesPerSecond", "storeBytesPerSecond", "latencySeconds"]],
  ["What goes wrong", ["slowShare", "slowdown", "failuresPerWorkerHour"]],
];

const LABELS: Readonly<Record<AssumptionName, string>> = {
  imageBytes: "bytes per image",
  epochs: "epochs",
  batch: "batch",
  chunk: "chunk",
  checkpoints: "checkpoints",
  probes: "probes",
  k: "neighbours",
  gpuFlops: "FLOP/s of a GPU",
  coresPerGpu: "cores per GPU",
  linkBytesPerSecond: "link, bytes/s",
  storeBytesPerSecond: "store, bytes/s",
  latencySeconds: "message, s",
  slowShare: "slow share",
  slowdown: "slowdown",
  failuresPerWorkerHour: "failures per hour",
};

function inputs(): string {
  const field = (id: string, label: string, control: string, note: string = ""): string =>
    `<div class="field"><label for="${id}">${label}</label>${control}${note && `<small id="${id}-note">${escapeHtml(note)}</small>`}</div>`;
  const text = (id: string, described: boolean = false): string =>
    `<input id="${id}" name="${id}" inputmode="decimal" autocomplete="off"${described ? ` aria-describedby="${id}-note"` : ""}>`;
  const assumed = (name: AssumptionName): string =>
    field(name, LABELS[name], text(name, true), assumptions[name].meaning);
  const nets = netNames.map((name) => `<option>${name}</option>`).join("");
  const work = [
    field("images", "images", text("images")),
    field("identities", "identities", text("identities")),
    field("net", "net", `<select id="net" name="net">${nets}</select>`),
    field("size", "side of the input, px", text("size")),
    field("embedding", "dimensions", text("embedding")),
    field("workers", "numbers of workers", text("workers")).replace('class="field"', 'class="field long"'),
    field("detect", "ask the detector", `<input type="checkbox" id="detect" name="detect">`),
    assumed("imageBytes"),
  ];
  const groups = GROUPS.map(
    ([title, names]) => `<fieldset><legend>${title}</legend>${names.map(assumed).join("")}</fieldset>`,
  );
  return `<fieldset><legend>Work</legend>${work.join("")}</fieldset>${groups.join("\n")}`;
}
