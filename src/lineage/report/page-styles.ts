// What the lineage page adds to the styles of all documents. Its colours are theirs.

/** Shares of the dye, from the lightest shade to the darkest. The ring of a chosen pair stays visible on all of them. */
const DYES = [12, 28, 46, 66, 88];

export const LINEAGE_STYLES = `
.v-identical .headline,.v-shares .headline{color:var(--replay)}
.v-identical .face,.v-shares .face{fill:var(--replay);stroke:var(--replay)}
.v-trace .headline,.v-untestable .headline{color:var(--incomplete)}
.v-trace .face,.v-untestable .face{fill:none;stroke:var(--incomplete);stroke-dasharray:7 5}
.v-trace .glyph,.v-untestable .glyph{stroke:var(--incomplete)}
.v-none .face{fill:none;stroke:var(--soft)}.v-none .glyph{stroke:var(--soft)}
.verdict{align-items:start}
.verdict+.verdict{margin-top:2rem}
.verdict .pair{color:var(--soft);margin-bottom:.5rem}
.groups{list-style:none;margin-top:1rem}
.groups li{display:flex;gap:.6rem;padding:.25rem 0}
h3{font-size:1.0625rem;margin-top:2rem}
.scroll{overflow-x:auto}
.scroll table{min-width:46rem}
.scroll th[scope=row]{min-width:7rem}
.scroll .right.strong{white-space:nowrap}
.scroll .right+td,.scroll .right+th{padding-left:1rem}
.scroll:focus-visible{outline:3px solid var(--replay);outline-offset:2px}
${DYES.map((share, i) => `.heat-${i + 1}{fill:color-mix(in srgb,var(--replay) ${share}%,var(--paper))}`).join('')}
.chosen{fill:var(--paper);stroke:var(--ink);stroke-width:1.5}
.plain-list{margin-top:.75rem;padding-left:1.25rem;max-width:46rem}
.plain-list li{padding:.2rem 0}
.sentences p{max-width:46rem;margin-top:.5rem}
@media print{.scroll{overflow:visible}.scroll table{min-width:0}h3{margin-top:1.25rem}.verdict+.verdict{margin-top:1rem}}
`;
