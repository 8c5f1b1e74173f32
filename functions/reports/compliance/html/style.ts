/** Reads well on a screen and prints on A4; colours carry nothing that words do not say as well. */
export const style = `
:root { --ink:#0f172a; --soft:#475569; --line:#cbd5e1; --paper:#fff; --tint:#f8fafc; --ok:#15803d; --bad:#b91c1c; --warn:#b45309; --blue:#1d4ed8; }
* { box-sizing:border-box; }
html { background:#e2e8f0; }
body { margin:0 auto; max-width:60rem; background:var(--paper); color:var(--ink); font:15px/1.5 system-ui,'Segoe UI',Roboto,Helvetica,Arial,sans-serif; }
header, main, footer { padding:0 3rem; }
header { padding-top:2.5rem; border-bottom:3px solid var(--ink); padding-bottom:1.25rem; }
.brand { margin:0; font-weight:700; letter-spacing:.04em; color:var(--blue); }
h1 { margin:.1rem 0 .4rem; font-size:2rem; line-height:1.2; }
h2 { margin:2.6rem 0 .3rem; font-size:1.3rem; break-after:avoid; }
h3 { margin:1.2rem 0 .2rem; font-size:1rem; break-after:avoid; }
p { margin:.4rem 0; }
.lead { font-size:1.05rem; color:var(--soft); max-width:44rem; }
.facts { display:flex; flex-wrap:wrap; gap:.3rem 2.2rem; margin:1rem 0 0; }
.facts dt { font-size:.78rem; color:var(--soft); }
.facts dd { margin:0; overflow-wrap:anywhere; }
.verdict { margin:1.6rem 0 1rem; padding:1rem 1.2rem; border-left:6px solid var(--line); background:var(--tint); font-size:1.15rem; font-weight:600; }
.verdict.ok { border-color:var(--ok); } .verdict.bad { border-color:var(--bad); } .verdict.gap { border-color:var(--warn); }
.verdict small { display:block; font-weight:400; font-size:.92rem; color:var(--soft); }
.tiles { display:grid; grid-template-columns:repeat(4,1fr); gap:.8rem; }
.tile { border:1px solid var(--line); border-radius:8px; padding:.7rem .9rem; }
.tile b { display:block; font-size:1.7rem; line-height:1.15; font-variant-numeric:tabular-nums; }
.tile span { color:var(--soft); font-size:.85rem; }
table { width:100%; border-collapse:collapse; margin:.6rem 0 0; font-size:.88rem; }
th { text-align:left; font-weight:600; color:var(--soft); border-bottom:2px solid var(--line); padding:.3rem .6rem .3rem 0; vertical-align:bottom; }
td { border-bottom:1px solid var(--line); padding:.4rem .6rem .4rem 0; vertical-align:top; overflow-wrap:anywhere; }
td.n, th.n { text-align:right; font-variant-numeric:tabular-nums; white-space:nowrap; }
td.t { white-space:nowrap; }
td.s { min-width:7.5rem; } .step + .step { margin-top:.4rem; }
tr { break-inside:avoid; }
.finding { break-inside:avoid; border-top:1px solid var(--line); padding:.8rem 0 .5rem; }
.finding h3 { margin:0; display:flex; gap:.6rem; align-items:baseline; flex-wrap:wrap; }
.finding p { max-width:48rem; }
.sev { font-size:.75rem; font-weight:700; padding:.05rem .5rem; border-radius:99px; border:1px solid currentColor; white-space:nowrap; }
.critical, .high { color:var(--bad); } .medium { color:var(--warn); } .low, .info { color:var(--soft); }
.where { color:var(--soft); font-size:.88rem; overflow-wrap:anywhere; }
pre { margin:.4rem 0; padding:.5rem .7rem; background:var(--tint); border:1px solid var(--line); border-radius:6px; font:12.5px/1.45 ui-monospace,'Cascadia Mono',Menlo,Consolas,monospace; white-space:pre-wrap; overflow-wrap:anywhere; }
pre span { display:inline-block; max-width:100%; }
code { font:.92em ui-monospace,Menlo,Consolas,monospace; overflow-wrap:anywhere; }
.note { color:var(--soft); font-size:.9rem; }
figure { margin:.8rem 0 0; break-inside:avoid; } figure svg { width:100%; height:auto; display:block; }
figcaption { color:var(--soft); font-size:.85rem; margin-top:.3rem; }
.legend i { font-style:normal; font-weight:700; } .legend .bad { color:var(--bad); } .legend .ok { color:var(--ok); } .legend .warn { color:var(--warn); } .legend .line { color:var(--blue); }
.legend span { display:inline-block; margin-right:1.2rem; }
.paths { break-inside:auto; } .paths svg { break-inside:avoid; }
footer { padding-top:2rem; padding-bottom:2rem; color:var(--soft); font-size:.8rem; }
@media (max-width:700px) { header, main, footer { padding-left:1rem; padding-right:1rem; } .tiles { grid-template-columns:repeat(2,1fr); } table { display:block; overflow-x:auto; } }
@page { size:A4; margin:16mm 14mm; }
@media print { html { background:none; font-size:12px; } body { max-width:none; font-size:9.5pt; } pre { font-size:8pt; } .finding { padding:.5rem 0 .3rem; } .finding p { margin:.15rem 0; max-width:none; } header, main, footer { padding-left:0; padding-right:0; } header { padding-top:0; } .verdict, .tile, pre, .sev { print-color-adjust:exact; -webkit-print-color-adjust:exact; } }
`;
