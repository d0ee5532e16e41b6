export const PAGE_ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><path d="M1 3 C4 12 8 13 15 13" fill="none" stroke="#3b76c4" stroke-width="2.5" stroke-linecap="round"/></svg>
`;

/** Light and dark by the system's choice; colours of charts are read from here. */
export const PAGE_STYLE = `
:root {
  color-scheme: light dark;
  --page: #f6f7f9; --card: #fff; --ink: #1b1f24; --muted: #5b6470; --line: #d9dde3; --grid: #e9ecf0;
  --curve: #1f5fa8; --faint: #a9c4e4; --second: #c2500a; --good: #1a7f37; --bad: #c0261c; --warm: #8a6100;
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #101418; --card: #191e24; --ink: #e6eaef; --muted: #98a3b0; --line: #303842; --grid: #262d35;
    --curve: #7db4f5; --faint: #3d5a7d; --second: #f0994f; --good: #57c76f; --bad: #ff8178; --warm: #e0b34a;
  }
}
* { box-sizing: border-box; }
[hidden], .u-legend { display: none !important; }
body { margin: 0; background: var(--page); color: var(--ink); }
header, main, footer { max-width: 84rem; margin: 0 auto; padding: 0 1.25rem; }
header { padding-top: 1.25rem; }
footer { padding-bottom: 2rem; overflow-wrap: anywhere; font-size: .85rem; }
h1 { font-size: 1.4rem; line-height: 1.25; margin: 0 0 .35rem; overflow-wrap: anywhere; }
h2 { font-size: 1.05rem; margin: 0 0 .5rem; } .row h2 { margin: 0; }
h3 { font-size: .92rem; margin: 0; }
section { margin: 1.6rem 0; min-width: 0; }
.muted { color: var(--muted); }
.row { display: flex; flex-wrap: wrap; gap: .3rem 1.2rem; align-items: baseline; justify-content: space-between; margin-bottom: .6rem; }
fieldset { border: 0; margin: 0; padding: 0; display: flex; gap: 1rem; }
label { display: inline-flex; gap: .35rem; align-items: center; min-height: 1.9rem; }
select { font: inherit; color: inherit; background: var(--card); border: 1px solid var(--line); border-radius: 6px; padding: .2rem .4rem; max-width: 16rem; min-width: 0; }
.choice { margin: 0; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.skip { position: absolute; left: -99rem; top: .5rem; background: var(--card); padding: .4rem .8rem; border-radius: 6px; z-index: 200; }
.skip:focus { left: .5rem; }
:focus-visible { outline: 2px solid var(--curve); outline-offset: 2px; }
h2:focus { outline: none; }
.state { margin: 0; overflow-wrap: anywhere; }
.badge { display: inline-block; padding: 0 .6rem; border-radius: 99px; border: 1px solid currentColor; font-weight: 600; font-size: .85rem; margin-right: .35rem; color: var(--muted); }
.badge[data-state="running"] { color: var(--curve); } .badge[data-state="finished"] { color: var(--good); }
.badge[data-state="failed"] { color: var(--bad); } .badge[data-state="stopped"] { color: var(--warm); }
progress { display: block; width: 100%; height: .5rem; margin: .8rem 0 .7rem; appearance: none; border: 0; border-radius: 99px; overflow: hidden; background: var(--line); }
progress::-webkit-progress-bar { background: var(--line); } progress::-webkit-progress-value { background: var(--curve); } progress::-moz-progress-bar { background: var(--curve); }
dl { display: flex; flex-wrap: wrap; gap: .5rem 2rem; margin: 0; }
dt { color: var(--muted); font-size: .82rem; } dd { margin: 0; font-weight: 600; font-variant-numeric: tabular-nums; }
.notes { margin: .8rem 0 0; padding: .5rem .9rem; border-left: 3px solid var(--warm); background: var(--card); border-radius: 0 6px 6px 0; overflow-wrap: anywhere; list-style: none; }
.notes:empty { display: none; }
.charts { display: grid; gap: .9rem; }
@media (min-width: 44rem) { .charts { grid-template-columns: repeat(2, 1fr); } .chart:first-child { grid-column: span 2; } }
@media (min-width: 72rem) { .charts { grid-template-columns: repeat(6, 1fr); } .chart { grid-column: span 2; } .chart:first-child, .chart:nth-child(2) { grid-column: span 3; } }
.chart { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: .7rem .8rem .4rem; min-width: 0; margin: 0; }
.chart output { display: block; min-height: 1.5em; color: var(--muted); font-size: .85rem; font-variant-numeric: tabular-nums; }
.chart .none { color: var(--muted); margin: 0; height: 220px; display: grid; place-items: center; }
.plot { border-radius: 6px; }
.u-cursor-x { border-color: var(--muted) !important; }
pre { margin: 0; padding: .8rem .9rem; background: var(--card); border: 1px solid var(--line); border-radius: 10px; font: 13px/1.5 ui-monospace, "DejaVu Sans Mono", monospace; white-space: pre-wrap; overflow-wrap: anywhere; max-height: 24rem; overflow: auto; }
#sample-picture { max-width: 100%; background: #fff; border: 1px solid var(--line); border-radius: 10px; image-rendering: pixelated; }
.columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 22rem), 1fr)); gap: 0 1.5rem; align-items: start; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; } th, td { padding: .18rem 1.2rem .18rem 0; text-align: right; }
th { color: var(--muted); font-weight: 500; font-size: .85rem; }
.fields th { width: 50%; } .fields th, .fields td { text-align: left; vertical-align: top; overflow-wrap: anywhere; border-bottom: 1px solid var(--grid); } .fields { width: 100%; }
summary { cursor: pointer; margin: .8rem 0 .4rem; color: var(--muted); }
@media (max-width: 30rem) { header, main, footer { padding-left: .8rem; padding-right: .8rem; } dl { gap: .4rem 1.3rem; } }
`;
