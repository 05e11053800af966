// The look of reports, light and dark. Knows no content.

/** The page's style sheet. */
export const style = `
:root { color-scheme: light dark; --paper: #f6f6f4; --card: #fff; --ink: #1d1f21; --soft: #63676c; --line: #dedfdc; --good: #2c7a45; --right: #0072b2; --wrong: #c2500b; --error: #c0352b; --warning: #a86400; --note: #2d6cb0; --c0: #0072b2; --c1: #d55e00; --c2: #009e73; --c3: #cc79a7; --cell: #f3f4f5; --on: #fff; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #16181a; --card: #1f2225; --ink: #e7e8e6; --soft: #9ba0a5; --line: #34383c; --good: #74c58d; --right: #4aa8e0; --wrong: #e8853f; --error: #f2796d; --warning: #e6ab4f; --note: #7fb2ea; --c0: #56b4e9; --c1: #f0904a; --c2: #3ecfa3; --c3: #e0a3c5; --cell: #272b2f; --on: #0d1114; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; font-variant-numeric: tabular-nums; }
header, main { max-width: 72rem; margin: 0 auto; padding: 0 1.25rem; }
header { padding-top: 2.5rem; }
main { padding-bottom: 3rem; }
h1 { margin: 0; font-size: 1.75rem; line-height: 1.2; overflow-wrap: anywhere; }
h2 { margin: 0 0 .5rem; font-size: 1.125rem; }
h3 { margin: .8rem 0 .3rem; font-size: .95rem; }
p { margin: .25rem 0; max-width: 46rem; }
.eyebrow { color: var(--soft); font-size: .85rem; overflow-wrap: anywhere; }
.headline { margin-top: 1rem; overflow-wrap: anywhere; }
.headline strong { display: block; font-size: 3.25rem; line-height: 1.1; letter-spacing: -.02em; }
.soft, .file { color: var(--soft); font-size: .85rem; }
.good { color: var(--good); font-weight: 600; }
dl { margin: 0; }
dt { color: var(--soft); font-size: .8rem; }
dd { margin: 0; overflow-wrap: anywhere; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); margin-top: 1.2rem; background: var(--card); border: 1px solid var(--line); border-radius: .6rem; }
.tiles div { padding: .7rem 1rem; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: .6rem; padding: 1.1rem 1.25rem; margin-top: 1.1rem; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 19rem), 1fr)); gap: 1rem; }
figure { margin: 0; }
figcaption { font-size: .85rem; }
svg { display: block; width: 100%; height: auto; font-size: 12px; }
.grid { stroke: var(--line); fill: none; } svg .frame { stroke: var(--soft); stroke-opacity: .6; fill: none; }
.tick { fill: var(--soft); }
path[class^="curve"] { fill: none; stroke-width: 2; stroke-linejoin: round; }
path.curve0 { stroke: var(--c0); } path.curve1 { stroke: var(--c1); } path.curve2 { stroke: var(--c2); } path.curve3 { stroke: var(--c3); }
circle.curve0 { fill: var(--c0); } circle.curve1 { fill: var(--c1); } circle.curve2 { fill: var(--c2); } circle.curve3 { fill: var(--c3); }
.key { color: var(--soft); margin-left: .7rem; white-space: nowrap; }
.key::before { content: ""; display: inline-block; width: 1rem; height: 2px; margin-right: .35rem; vertical-align: middle; background: var(--c0); }
.key1::before { background: var(--c1); } .key2::before { background: var(--c2); } .key3::before { background: var(--c3); }
.beside { display: flex; flex-wrap: wrap; gap: 0 2.5rem; align-items: flex-start; }
.beside > div { min-width: 0; max-width: 100%; }
.wide { overflow-x: auto; margin-top: .7rem; }
table { border-collapse: collapse; }
th { text-align: left; font-weight: 400; }
thead th { color: var(--soft); font-size: .8rem; }
table.matrix { border-collapse: separate; border-spacing: 2px; font-size: .85rem; }
table.matrix td { min-width: 2.6rem; height: 2.2rem; text-align: center; background: var(--cell); border-radius: .2rem; }
table.matrix td.right { background: color-mix(in srgb, var(--right) var(--s), var(--cell)); }
table.matrix td.wrong { background: color-mix(in srgb, var(--wrong) var(--s), var(--cell)); }
table.matrix td.strong { color: var(--on); }
table.matrix tbody th { text-align: right; padding-right: .5rem; max-width: 11rem; overflow-wrap: anywhere; }
table.matrix thead th { text-align: center; vertical-align: bottom; max-width: 4.5rem; overflow-wrap: anywhere; line-height: 1.2; }
img.matrix { display: block; max-width: 100%; border-radius: .3rem; }
.pairs { margin: 0; padding-left: 1.4rem; font-size: .9rem; }
.pairs li { overflow-wrap: anywhere; }
table.scores { width: 100%; }
.scores th, .scores td { padding: .2rem .8rem .2rem 0; }
.scores tbody th, .scores tfoot th { overflow-wrap: anywhere; min-width: 5rem; }
.scores tfoot th, .scores tfoot td { border-top: 1px solid var(--line); font-weight: 600; }
.figure { text-align: right; }
.bar { width: 35%; min-width: 4rem; }
.bar span { display: block; height: .6rem; background: var(--right); border-radius: .2rem; min-width: 1px; }
.mistakes { display: grid; grid-template-columns: repeat(auto-fill, minmax(7.4rem, 1fr)); gap: 1rem .9rem; margin-top: .8rem; }
.mistakes .frame { display: grid; place-items: center; height: 7.6rem; background: var(--cell); border-radius: .35rem; overflow: hidden; }
.mistakes img { width: 100%; height: 7.6rem; object-fit: contain; image-rendering: pixelated; }
.none { color: var(--soft); font-size: .8rem; }
.mistakes figcaption { line-height: 1.35; margin-top: .3rem; overflow-wrap: anywhere; }
.said, .truth, .file { display: block; }
.said { color: var(--wrong); font-weight: 600; } .said::before { content: "said "; font-weight: 400; color: var(--soft); }
.truth { color: var(--good); font-weight: 600; } .truth::before { content: "is "; font-weight: 400; color: var(--soft); }
.file { font-size: .75rem; }
.finding { border-left: 4px solid var(--line); padding-left: .9rem; margin-top: 1rem; }
.finding h3 { margin: 0 0 .3rem; font-size: 1rem; } .finding ul { margin: .3rem 0; padding-left: 1.2rem; font-size: .9rem; } .finding li { overflow-wrap: anywhere; }
.finding.error { border-left-color: var(--error); } .finding.warning { border-left-color: var(--warning); } .finding.note { border-left-color: var(--note); }
.badge { font-size: .75rem; font-weight: 600; padding: .05rem .55rem; border-radius: 1rem; border: 1px solid currentColor; }
.error .badge { color: var(--error); } .warning .badge { color: var(--warning); } .note .badge { color: var(--note); }
.fix::before { content: "→ "; color: var(--good); }
code { font: .95em ui-monospace, SFMono-Regular, Consolas, monospace; }
.filters { display: block; image-rendering: pixelated; margin-top: .7rem; }
.list { display: grid; grid-template-columns: repeat(auto-fill, minmax(9rem, 1fr)); gap: .5rem 1rem; font-size: .9rem; }
`;
