/** The report's look: one column, system type, light and dark by the reader's own setting. */
export const STYLE: string = `
:root { --paper:#fff; --ink:#1f2630; --soft:#5b6673; --line:#e3e7ec; --panel:#f6f8fa; --accent:#0072b2; --same:#0084c8; --different:#d55e00; color-scheme: light dark; }
@media (prefers-color-scheme: dark) { :root { --paper:#161b22; --ink:#dfe5ec; --soft:#98a3b0; --line:#303844; --panel:#1e252e; --accent:#56b4e9; } }
* { box-sizing: border-box; }
html { scroll-behavior: smooth; scroll-padding-top: 3.4rem; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, Helvetica, Arial, sans-serif; }
nav { position: sticky; top: 0; z-index: 20; background: var(--paper); border-bottom: 1px solid var(--line); overflow-x: auto; white-space: nowrap; }
nav div { max-width: 1120px; margin: auto; padding: .55rem 1.2rem; font-size: .92rem; }
nav a { color: var(--soft); text-decoration: none; margin-right: 1.2rem; }
nav a:hover, nav a:focus { color: var(--accent); }
main { max-width: 1120px; margin: auto; padding: 0 1.2rem 4rem; }
header { padding: 2.2rem 0 .6rem; }
h1 { font-size: 2rem; line-height: 1.2; margin: 0 0 .4rem; letter-spacing: -.01em; }
h2 { font-size: 1.35rem; margin: 3rem 0 .4rem; letter-spacing: -.005em; }
h3 { font-size: 1.02rem; margin: 1.6rem 0 .3rem; }
p { max-width: 74ch; margin: .4rem 0 .8rem; }
.soft { color: var(--soft); }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(140px, 1fr)); gap: .7rem; margin: 1.2rem 0; }
.card { background: var(--panel); border: 1px solid var(--line); border-radius: 10px; padding: .8rem 1rem; }
.card b { display: block; font-size: 1.55rem; font-weight: 650; font-variant-numeric: tabular-nums; letter-spacing: -.01em; }
.card span { color: var(--soft); font-size: .86rem; display: block; }
.figure { margin: 1.8rem 0 1rem; min-width: 0; }
/* Icons stand above the figure while the pointer is over it, where no title lies under them. */
.figure .modebar-container { top: -26px !important; height: 26px; }
.two { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 440px), 1fr)); gap: 1rem; }
.pairs { display: grid; grid-template-columns: repeat(auto-fill, minmax(172px, 1fr)); gap: .7rem; margin: .8rem 0; }
.pair { margin: 0; background: var(--panel); border: 1px solid var(--line); border-radius: 8px; padding: .5rem; min-width: 0; }
.pair .tiles { display: grid; grid-template-columns: 1fr 1fr; gap: .3rem; }
.tile { aspect-ratio: 1; width: 100%; border-radius: 5px; background-repeat: no-repeat; background-color: #fff; }
.pair figcaption { font-size: .8rem; line-height: 1.35; margin-top: .35rem; overflow: hidden; }
.pair figcaption bdi { display: block; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; color: var(--soft); }
.pair .same { color: var(--same); font-weight: 600; } .pair .different { color: var(--different); font-weight: 600; }
.strip { display: flex; flex-wrap: wrap; gap: .7rem; margin: .8rem 0; }
.strip figure { margin: 0; display: flex; align-items: center; gap: .35rem; background: var(--panel); border: 1px solid var(--line); border-radius: 8px; padding: .45rem; }
.strip img { height: 96px; border-radius: 5px; display: block; }
.strip i { font-style: normal; color: var(--soft); }
.tools { display: flex; flex-wrap: wrap; gap: .6rem; align-items: center; margin: .6rem 0; }
.tools button, .tools input { font: inherit; font-size: .92rem; color: inherit; background: var(--panel); border: 1px solid var(--line); border-radius: 7px; padding: .35rem .7rem; }
.tools button[aria-pressed=true] { background: var(--accent); border-color: var(--accent); color: #fff; }
.tools input { min-width: 15rem; flex: 0 1 20rem; }
#tip { position: fixed; display: none; z-index: 30; pointer-events: none; background: var(--paper); color: var(--ink); border: 1px solid var(--line); border-radius: 8px; padding: .4rem; font-size: .82rem; box-shadow: 0 4px 16px #0003; max-width: 180px; }
#tip .tile { width: 120px; margin-bottom: .3rem; } #tip bdi { overflow-wrap: anywhere; }
table { border-collapse: collapse; font-size: .92rem; margin: .6rem 0; max-width: 100%; }
td, th { text-align: left; padding: .3rem 1.1rem .3rem 0; border-bottom: 1px solid var(--line); vertical-align: top; overflow-wrap: anywhere; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }
.wide { overflow-x: auto; } .wide td, .wide th { white-space: nowrap; } th { font-weight: 600; color: var(--soft); }
code { background: var(--panel); border: 1px solid var(--line); border-radius: 5px; padding: .1rem .35rem; font-size: .88em; overflow-wrap: anywhere; }
details { margin: .6rem 0; } summary { cursor: pointer; color: var(--accent); }
@media (max-width: 600px) { h1 { font-size: 1.5rem; } .strip img { height: 72px; } }
@media print { nav, .tools { display: none; } h2 { break-after: avoid; } .figure, .pair { break-inside: avoid; } }
`;
