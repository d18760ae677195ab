/** The explorer's look: one column of controls beside the map, below it on a narrow screen; light and dark by the root's data-theme. */
export const EXPLORE_STYLE: string = `
:root { --paper: #ffffff; --ground: #f5f7f9; --ink: #1f2630; --soft: #5b6673; --line: #d9dfe6; --same: #0069a3; --other: #b34700; --accent: #0069a3; color-scheme: light; }
:root[data-theme="dark"] { --paper: #161b22; --ground: #0e1218; --ink: #dfe5ec; --soft: #9aa6b3; --line: #303844; --same: #58b4ec; --other: #ff9a4d; --accent: #58b4ec; color-scheme: dark; }
* { box-sizing: border-box; }
html, body { margin: 0; height: 100%; }
body { display: flex; flex-direction: column; font: 14px/1.45 system-ui, -apple-system, "Segoe UI", Roboto, Helvetica, Arial, sans-serif; background: var(--ground); color: var(--ink); }
header { display: flex; gap: 16px; align-items: center; padding: 8px 16px; background: var(--paper); border-bottom: 1px solid var(--line); }
header > div:first-child { flex: 1; min-width: 0; }
h1 { font-size: 17px; margin: 0; }
h1 bdi, header p bdi { display: block; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
header p { margin: 0; }
h2 { font-size: 14px; margin: 0 0 6px; }
h3 { font-size: 13px; margin: 10px 0 2px; font-weight: 600; }
.soft { color: var(--soft); font-size: 12.5px; }
p.soft { margin: 4px 0; }
.search { display: flex; flex-direction: column; position: relative; }
.search input { width: 250px; }
#found { position: absolute; top: 100%; right: 0; background: var(--paper); padding: 0 4px; z-index: 3; white-space: nowrap; }
input[type=search], select, button { font: inherit; color: inherit; background: var(--paper); border: 1px solid var(--line); border-radius: 6px; padding: 4px 9px; min-height: 32px; }
button { cursor: pointer; }
button[aria-pressed="true"] { background: var(--accent); border-color: var(--accent); color: var(--paper); }
:focus-visible { outline: 2.5px solid var(--accent); outline-offset: 1px; }
main { flex: 1; display: flex; min-height: 0; }
.stage { position: relative; flex: 1; min-width: 0; background: var(--paper); }
#map { position: absolute; inset: 0; width: 100%; height: 100%; touch-action: none; cursor: grab; }
#map:focus-visible { outline-offset: -3px; }
#map:active { cursor: grabbing; }
#map.drawing { cursor: crosshair; }
.buttons { position: absolute; left: 12px; bottom: 12px; display: flex; gap: 6px; }
.buttons button { min-width: 36px; min-height: 36px; }
#tip { position: absolute; pointer-events: none; display: flex; gap: 8px; max-width: 280px; padding: 8px; background: var(--paper); border: 1px solid var(--line); border-radius: 8px; box-shadow: 0 4px 16px rgba(0, 0, 0, 0.25); z-index: 2; }
#tip[hidden] { display: none; }
#tip .tile { width: 96px; height: 96px; }
#tip div { min-width: 0; }
bdi { display: block; overflow-wrap: anywhere; }
#tip bdi { max-height: 5.8em; overflow: hidden; }
.tile { display: block; flex: none; width: 44px; height: 44px; border-radius: 4px; background-color: var(--line); background-repeat: no-repeat; }
.tile.none { display: none; }
aside { width: 350px; flex: none; overflow-y: auto; border-left: 1px solid var(--line); background: var(--ground); padding: 10px; }
aside > section { background: var(--paper); border: 1px solid var(--line); border-radius: 8px; padding: 10px 12px; margin-bottom: 10px; }
.maps { display: grid; grid-template-columns: 1fr 1fr; gap: 6px; border: 0; padding: 0; margin: 0 0 6px; }
.maps label { position: relative; }
.maps input { position: absolute; opacity: 0; inset: 0; margin: 0; cursor: pointer; }
.maps span { display: block; text-align: center; padding: 5px; border: 1px solid var(--line); border-radius: 6px; }
.maps input:checked + span { background: var(--accent); border-color: var(--accent); color: var(--paper); }
.maps input:focus-visible + span { outline: 2.5px solid var(--accent); outline-offset: 1px; }
.row { display: flex; align-items: center; gap: 8px; margin-top: 6px; }
.row label { width: 64px; }
.row select { flex: 1; min-width: 0; }
ul, ol { list-style: none; margin: 0; padding: 0; }
#legend { margin-top: 8px; }
#legend li { display: flex; align-items: center; gap: 5px; min-width: 0; font-size: 12.5px; }
#legend bdi { flex: 1; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
#legend canvas { width: 14px; height: 14px; flex: none; }
.range { display: flex; justify-content: space-between; gap: 10px; font-size: 12.5px; margin-top: 4px; }
.range output { font-weight: 600; text-align: right; font-variant-numeric: tabular-nums; }
input[type=range] { width: 100%; margin: 2px 0; min-height: 24px; accent-color: var(--accent); }
.rates { display: grid; grid-template-columns: auto 1fr; gap: 1px 12px; margin: 4px 0 8px; font-variant-numeric: tabular-nums; }
.rates dt { color: var(--soft); }
.rates dd { margin: 0; text-align: right; }
.kind h3::before { content: ""; display: inline-block; width: 14px; height: 3px; margin-right: 6px; vertical-align: middle; background: var(--same); }
.kind.other h3::before { background: var(--other); }
.who { display: flex; gap: 10px; align-items: center; margin-bottom: 6px; }
.who .tile { width: 72px; height: 72px; }
.who > div { flex: 1; min-width: 0; }
.name { font-weight: 600; }
.verdicts li { padding-left: 18px; position: relative; margin: 3px 0; font-size: 13px; }
.verdicts li::before { position: absolute; left: 0; content: "✓"; color: var(--same); }
.verdicts .wrong::before { content: "✗"; color: var(--other); font-weight: 700; }
.near { margin-top: 6px; }
.near button { display: flex; width: 100%; gap: 8px; align-items: center; text-align: left; border: 0; border-top: 1px solid var(--line); border-radius: 0; padding: 4px 2px; background: none; }
.near button > div { flex: 1; min-width: 0; }
.near bdi.soft { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.told { font-variant-numeric: tabular-nums; }
.near .told { display: flex; flex-direction: column; align-items: flex-end; flex: none; line-height: 1.25; font-size: 12.5px; }
.told .same { color: var(--same); }
.told .other, .mistake { color: var(--other); }
.mistake { font-weight: 600; }
.cells { display: grid; grid-template-columns: auto 1fr; gap: 0 12px; margin: 8px 0 0; font-size: 12.5px; }
.cells dt { color: var(--soft); overflow-wrap: anywhere; }
.cells dd { margin: 0; overflow-wrap: anywhere; text-align: right; }
.tools { display: flex; gap: 6px; flex-wrap: wrap; margin: 6px 0; }
.tiles { display: flex; flex-wrap: wrap; gap: 3px; max-height: 200px; overflow-y: auto; }
.people { margin-top: 6px; max-height: 220px; overflow-y: auto; font-size: 13px; }
.people li { display: flex; justify-content: space-between; gap: 8px; border-top: 1px solid var(--line); padding: 2px 0; }
.unseen { position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden; clip-path: inset(50%); }
@media (max-width: 760px) {
  body { display: block; height: auto; }
  header { flex-wrap: wrap; gap: 6px 10px; padding: 8px 12px; }
  .search { order: 3; width: 100%; }
  .search input { width: 100%; font-size: 16px; }
  main { display: block; }
  .stage { height: 58vh; min-height: 300px; border-bottom: 1px solid var(--line); }
  aside { width: auto; border: 0; overflow: visible; padding: 8px; }
  button, select, .maps span { min-height: 40px; }
  .maps span { padding: 9px 5px; }
}
`;
