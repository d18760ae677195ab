/** The calculator's look: inputs beside the answers, above them on a narrow screen; light and dark as the system says. */
export const PLAN_STYLE: string = `
:root { --paper: #ffffff; --ground: #f5f7f9; --ink: #1f2630; --soft: #5b6673; --line: #d9dfe6; --accent: #0069a3; --wrong: #b34700; color-scheme: light dark; }
@media (prefers-color-scheme: dark) { :root { --paper: #161b22; --ground: #0e1218; --ink: #dfe5ec; --soft: #9aa6b3; --line: #303844; --accent: #58b4ec; --wrong: #ff9a4d; } }
* { box-sizing: border-box; }
body { margin: 0; font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, Helvetica, Arial, sans-serif; background: var(--ground); color: var(--ink); }
header, main { max-width: 1240px; margin: 0 auto; padding: 14px 20px; }
h1 { font-size: 22px; margin: 4px 0; }
h2 { font-size: 17px; margin: 0 0 8px; }
p { margin: 4px 0; }
.soft { color: var(--soft); font-size: 13.5px; }
main { display: grid; grid-template-columns: 340px minmax(0, 1fr); gap: 16px; align-items: start; }
section, fieldset { background: var(--paper); border: 1px solid var(--line); border-radius: 8px; padding: 12px 14px; margin: 0 0 14px; min-width: 0; }
legend { font-weight: 600; padding: 0 4px; }
.field { display: grid; grid-template-columns: 1fr 116px; gap: 2px 10px; align-items: center; margin-top: 6px; }
.field small { grid-column: 1 / -1; color: var(--soft); font-size: 12.5px; line-height: 1.35; overflow-wrap: anywhere; }
input, select { font: inherit; color: inherit; background: var(--paper); border: 1px solid var(--line); border-radius: 6px; padding: 3px 8px; min-height: 34px; width: 100%; min-width: 0; }
input[type=checkbox] { width: 22px; min-height: 22px; justify-self: start; accent-color: var(--accent); }
input[aria-invalid=true] { border-color: var(--wrong); outline: 1px solid var(--wrong); }
:focus-visible { outline: 2.5px solid var(--accent); outline-offset: 1px; }
#problem { color: var(--wrong); font-weight: 600; }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 10px; }
.cards div { border: 1px solid var(--line); border-radius: 8px; padding: 8px 10px; }
.cards b { display: block; font-size: 18px; font-variant-numeric: tabular-nums; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: 13.5px; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: 5px 10px 5px 0; border-bottom: 1px solid var(--line); vertical-align: top; }
td small { display: block; color: var(--soft); }
th.number, td.number { text-align: right; }
#figure svg { display: block; width: 100%; height: auto; }
svg text { fill: var(--ink); font-size: 12px; }
svg .grid { stroke: var(--line); }
svg path { fill: none; stroke-width: 2.25; }
.key { display: flex; flex-wrap: wrap; gap: 4px 16px; list-style: none; margin: 6px 0 0; padding: 0; font-size: 13.5px; }
.key svg { margin-right: 6px; vertical-align: middle; }
.field.long { grid-template-columns: 1fr; }
@media (max-width: 820px) {
  main { display: block; padding: 10px; }
  header { padding: 10px 12px; }
  input, select { font-size: 16px; min-height: 40px; }
}
`;
