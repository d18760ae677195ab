/// <reference lib="dom" />
import { byId, make } from "../../explore/client/dom";
import { estimate } from "../bounds";
import { clusterOf, jobsOf } from "../jobs";
import type { Measured } from "../measured";
import { spanText } from "../numbers";
import { limitTexts } from "../planText";
import type { Question } from "../question";

const SVG = "http://www.w3.org/2000/svg";
const [HEIGHT, LEFT, RIGHT, TOP, BOTTOM] = [380, 74, 24, 12, 44];
/** Okabe and Ito's colours, with dashes: colour alone tells nothing. */
const LOOKS = [
  ["#0084c8", ""],
  ["#d55e00", "7 4"],
  ["#009e73", "2 3"],
  ["#cc79a7", "9 3 2 3"],
  ["#8c6bb1", "4 4"],
  ["#0084c8", "1 4"],
  ["#d55e00", "12 4"],
  ["#009e73", "6 2"],
] as const;
const SPANS = [1, 60, 3600, 86_400, 864_000, 31_557_600, 315_576_000, 3_155_760_000, 31_557_600_000];

/** Seconds up to which times are drawn: a million years. Failures can make them grow without bound. */
const LONGEST = 3.2e13;

/** Time of every job by the number of workers, both axes logarithmic, a ring where what limits it changes. */
export function drawChart(question: Question, measured: Measured): void {
  const width = Math.min(860, Math.max(300, byId("figure").clientWidth));
  const most = Math.max(1000, 10 * Math.max(...question.workers));
  const counts = [...new Set(Array.from({ length: 61 }, (_, i) => Math.round(most ** (i / 60))))];
  const curves = (["core", "gpu"] as const).flatMap((kind) =>
    jobsOf(question, measured, kind).map(({ title, job }) => ({
      title: `${title}, ${kind === "gpu" ? "GPUs" : "cores"}`,
      points: counts.map((workers) => ({
        workers,
        ...estimate(job, clusterOf(question, measured, kind, workers)),
      })),
    })),
  );
  const times = curves
    .flatMap(({ points }) => points.map(({ seconds }) => seconds))
    .filter((seconds) => seconds <= LONGEST);
  if (times.length === 0) times.push(LONGEST);
  const [least, longest] = [Math.log10(Math.min(...times)) - 0.1, Math.log10(Math.max(...times)) + 0.1];
  const x = (workers: number): number =>
    LEFT + ((width - LEFT - RIGHT) * Math.log10(workers)) / Math.log10(most);
  const y = (seconds: number): number =>
    TOP + ((HEIGHT - TOP - BOTTOM) * (longest - Math.log10(seconds))) / (longest - least);
  const svg = element("svg", { viewBox: `0 0 ${width} ${HEIGHT}`, role: "img" });
  svg.setAttribute(
    "aria-label",
    `Time by number of workers: ${curves.map(({ title, points }) => `${title} from ${spanText(points[0].seconds)} with one to ${spanText(points[points.length - 1].seconds)} with ${most}`).join("; ")}`,
  );
  for (let power = 0; 10 ** power <= most; power++) {
    const at = x(10 ** power);
    svg.append(element("line", { class: "grid", x1: at, x2: at, y1: TOP, y2: HEIGHT - BOTTOM }));
    svg.append(label((10 ** power).toLocaleString("en"), at, HEIGHT - BOTTOM + 17, "middle"));
  }
  svg.append(label("workers", (LEFT + width - RIGHT) / 2, HEIGHT - 6, "middle"));
  for (const seconds of SPANS.filter((span) => Math.log10(span) >= least && Math.log10(span) <= longest)) {
    svg.append(
      element("line", { class: "grid", x1: LEFT, x2: width - RIGHT, y1: y(seconds), y2: y(seconds) }),
    );
    svg.append(label(spanText(seconds), LEFT - 8, y(seconds) + 4, "end"));
  }
  const key = byId("key");
  key.replaceChildren();
  for (const [c, { title, points }] of curves.entries()) {
    const [colour, dash] = LOOKS[c % LOOKS.length];
    const drawn = points.filter(({ seconds }) => seconds <= LONGEST);
    const path = drawn.map(
      (point, i) => `${i === 0 ? "M" : "L"}${x(point.workers).toFixed(1)} ${y(point.seconds).toFixed(1)}`,
    );
    svg.append(element("path", { d: path.join(""), stroke: colour, "stroke-dasharray": dash }));
    for (const [i, point] of drawn.entries()) {
      if (i === 0 || point.limit === drawn[i - 1].limit) continue;
      const ring = element("circle", {
        cx: x(point.workers),
        cy: y(point.seconds),
        r: 4.5,
        fill: "none",
        stroke: colour,
        "stroke-width": 2,
      });
      const told = element("title", {});
      told.textContent = `${title}: from ${point.workers} workers on, ${limitTexts[point.limit]} limits`;
      ring.append(told);
      svg.append(ring);
    }
    const sample = element("svg", { viewBox: "0 0 34 8", width: 34, height: 8, "aria-hidden": "true" });
    sample.append(element("path", { d: "M0 4H34", stroke: colour, "stroke-dasharray": dash }));
    key.append(make("li", {}, sample, make("span", { text: title })));
  }
  byId("figure").replaceChildren(svg);
  byId("figure-note").textContent =
    "A ring stands where something else begins to limit a job; point at it to read what.";
}

function element(name: string, attributes: Readonly<Record<string, string | number>>): SVGElement {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  return made;
}

function label(text: string, x: number, y: number, anchor: string): SVGElement {
  const made = element("text", { x, y, "text-anchor": anchor });
  made.textContent = text;
  return made;
}
