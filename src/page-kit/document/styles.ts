// How the page looks: paper, ink, and three dyes. No font, picture or style comes from outside.

/** Each pair of a text colour and its paper keeps WCAG AA (a test counts it). */
export const PALETTES = {
  light: {
    paper: '#fbf8f1',
    plate: '#f4efe3',
    ink: '#211d16',
    soft: '#665d4e',
    rule: '#d8cfbc',
    word: '#8d8168',
    holds: '#24603f',
    refuted: '#a92f1c',
    incomplete: '#7d5700',
    replay: '#1d4a80',
  },
  dark: {
    paper: '#171510',
    plate: '#211e17',
    ink: '#efe8da',
    soft: '#b0a692',
    rule: '#413a2d',
    word: '#8b8069',
    holds: '#86cba3',
    refuted: '#f5917b',
    incomplete: '#e3b55a',
    replay: '#92bdf0',
  },
} as const;

const variables = (palette: Record<string, string>) =>
  Object.entries(palette)
    .map(([name, colour]) => `--${name}:${colour}`)
    .join(';');

export const STYLES = `
:root{color-scheme:light dark;${variables(PALETTES.light)};
--serif:"Iowan Old Style","Palatino Linotype",Palatino,"Source Serif 4",Georgia,serif;
--sans:system-ui,-apple-system,"Segoe UI","Noto Sans","Helvetica Neue",Arial,sans-serif;
--mono:ui-monospace,"SF Mono","Cascadia Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace}
:root:lang(ko){--serif:"Noto Serif KR","Noto Serif CJK KR","Nanum Myeongjo","AppleMyungjo",Batang,serif;
--sans:"Pretendard","Apple SD Gothic Neo","Noto Sans KR","Noto Sans CJK KR","Malgun Gothic",system-ui,sans-serif}
@media screen and (prefers-color-scheme:dark){:root{${variables(PALETTES.dark)}}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0;background:var(--paper);color:var(--ink);font:400 1.0625rem/1.65 var(--sans);overflow-wrap:anywhere}
:lang(ko) body,body:lang(ko){word-break:keep-all}
.leaf{max-width:68rem;margin:0 auto;padding:2.5rem clamp(1.25rem,4vw,3.5rem) 4rem}
h1,h2,h3,p,dl,dd,ul,ol,figure,table{margin:0;padding:0}
h1,h2,.headline{font-family:var(--serif);font-weight:600;text-wrap:balance}
bdi[lang]{font-family:var(--sans)}
.label{font-size:.8125rem;line-height:1.4;letter-spacing:.06em;color:var(--soft)}
:lang(en) .label{text-transform:uppercase;letter-spacing:.1em}
.mono{font-family:var(--mono);font-size:.875em}
.hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}

.masthead{display:flex;flex-wrap:wrap;gap:.75rem 1.5rem;align-items:center;justify-content:space-between;
padding-bottom:1.25rem;border-bottom:4px double var(--ink)}
.brand{font-family:var(--serif);font-weight:600;font-size:1.125rem}
.stick{display:flex;flex-wrap:wrap;gap:3px;font-family:var(--serif);font-size:1.0625rem;line-height:1}
.stick span{display:grid;place-items:center;min-width:1.75rem;height:2rem;padding:0 .3rem;border:1px solid var(--soft);
border-bottom-width:3px;border-radius:3px;background:var(--plate)}
.stick .blank{border-color:transparent;background:none;min-width:.75rem}

.claim{padding:3.25rem 0 2.5rem}
.claim h1{margin-top:.75rem;font-size:clamp(1.5rem,3.5vw,2.375rem);line-height:1.32;max-width:44ch}
.claim h1:lang(ko){line-height:1.45;max-width:26em}
.verdict{display:grid;grid-template-columns:auto 1fr;gap:1.5rem 2rem;align-items:center;padding:2rem;
border:1px solid var(--ink);outline:3px solid var(--ink);outline-offset:4px;margin:0 7px}
.verdict .stamp{width:7.5rem;height:7.5rem;display:block}
.headline{font-size:clamp(2.125rem,6vw,3.75rem);line-height:1.12;margin:.25rem 0 .5rem}
.headline:lang(ko){line-height:1.25}
.meaning{font-size:1.125rem}
.v-holds .headline{color:var(--holds)}.v-refuted .headline{color:var(--refuted)}.v-incomplete .headline{color:var(--incomplete)}
.stamp .body{fill:none;stroke:var(--soft);stroke-width:1.5}
.stamp .face{stroke-width:3}
.stamp .glyph{fill:none;stroke:var(--paper);stroke-width:9;stroke-linecap:round;stroke-linejoin:round}
.v-holds .face{fill:var(--holds);stroke:var(--holds)}
.v-refuted .face{fill:none;stroke:var(--refuted)}.v-refuted .glyph{stroke:var(--refuted)}
.v-incomplete .face{fill:none;stroke:var(--incomplete);stroke-dasharray:7 5}.v-incomplete .glyph{stroke:var(--incomplete)}
.terms{list-style:none;display:flex;flex-wrap:wrap;gap:.25rem 1.75rem;margin-top:1rem;font-weight:600}
.terms li{display:flex;gap:.5rem}
.found{grid-column:1/-1;border-top:1px solid var(--rule);padding-top:1.25rem}
.mark{font-weight:700}
.mark.good{color:var(--holds)}.mark.bad{color:var(--refuted)}.mark.warn{color:var(--incomplete)}.mark.live{color:var(--replay)}.mark.none{color:var(--soft)}
.terms .caveat{color:var(--incomplete)}

section{padding-top:3.75rem}
section>h2{font-size:1.625rem;line-height:1.25;display:flex;align-items:center;gap:.75rem}
section>h2:lang(ko){line-height:1.4}
section>h2 svg{flex:none;width:1.5rem;height:1.125rem;fill:var(--ink)}
.lead{margin-top:.75rem;max-width:42rem;color:var(--soft)}
.facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,14rem),1fr));margin-top:1.5rem;
border-top:1px solid var(--ink);border-bottom:1px solid var(--ink)}
.facts.times{grid-template-columns:repeat(auto-fit,minmax(min(100%,18rem),1fr))}
.facts>div{padding:1rem 1.25rem 1.1rem 0}
.facts .wide{grid-column:1/-1;border-top:1px solid var(--rule)}
.facts dt{color:var(--soft);font-size:.875rem}
.facts dd{font-size:1.125rem;line-height:1.5;margin-top:.15rem}
.facts .mono{font-size:.9375rem}
.facts small,.aside{display:block;font-size:.875rem;color:var(--soft);line-height:1.55}

figure{margin-top:1.75rem}
figure svg{display:block;width:100%;height:auto;font-family:var(--sans)}
svg.narrow{display:none}
figcaption{margin-top:1rem;font-size:.9375rem}
.key{list-style:none;display:flex;flex-wrap:wrap;gap:.4rem 1.75rem}
.key li{display:flex;gap:.6rem;align-items:center}
.key svg{width:2rem;height:1rem;flex:none}
.key .square svg{width:1rem}
.oath{margin-top:.75rem;padding-left:.9rem;border-left:3px solid var(--word);max-width:42rem}
svg text{fill:var(--ink);font-size:14px}
svg .name{font-family:var(--serif);font-weight:600;font-size:15px}
svg .name.big{font-size:18px}
svg:lang(ko) .name.big{font-size:17px}
svg .note,svg .tick{fill:var(--soft);font-size:13px}
svg .axis-name{fill:var(--soft);font-size:13px}
svg .digest{font-family:var(--mono);font-size:12px}
svg text.mark{font-size:14px}
svg text.mark.holds{fill:var(--holds)}svg text.mark.refuted{fill:var(--refuted)}svg text.mark.incomplete{fill:var(--incomplete)}svg text.mark.unrun{fill:var(--soft)}
.block{fill:var(--plate);stroke:var(--soft);stroke-width:1.25;stroke-linejoin:round}
.link{fill:none;stroke:var(--ink);stroke-width:1.5;stroke-linecap:round;stroke-linejoin:round}
.lane{stroke:var(--rule);stroke-width:1;stroke-dasharray:1 5}
.reach,.end{stroke-width:3;fill:none}.end{stroke-width:1.5}
.reach.holds,.end.holds{stroke:var(--holds)}.reach.refuted,.end.refuted{stroke:var(--refuted)}
.reach.incomplete,.end.incomplete{stroke:var(--incomplete)}.reach.unrun,.end.unrun{stroke:var(--word)}
.reach.refuted{stroke-dasharray:12 4 2 4}.reach.incomplete{stroke-dasharray:7 5}.reach.unrun{stroke-dasharray:1 6}
.sort{stroke-width:1}
.sort.rest{fill:var(--paper);stroke:var(--word)}
.sort.holds{fill:var(--replay);stroke:var(--replay)}
.sort.refuted{fill:var(--refuted);stroke:var(--refuted)}
.sort.incomplete{fill:var(--paper);stroke:var(--incomplete);stroke-dasharray:3 2}
.cut{stroke:var(--paper);stroke-width:1.75;fill:none}.gap{stroke:var(--incomplete);stroke-width:1.75}
.grid{stroke:var(--rule);stroke-width:1}.axis{stroke:var(--soft);stroke-width:1}
.ribbon{fill:none;stroke:var(--word);stroke-width:1}.seam{stroke:var(--word);stroke-width:1;fill:none}
.band.holds{fill:var(--replay);opacity:.1}.band.refuted{fill:var(--refuted);opacity:.14}
.word,.same,.other{fill:none;stroke-linejoin:round;stroke-linecap:round}
.word{stroke:var(--word);stroke-width:1.25}.same{stroke:var(--replay);stroke-width:3}.other{stroke:var(--refuted);stroke-width:3}
.cross{fill:none;stroke:var(--refuted);stroke-width:2.5;stroke-linecap:round}

.checks{list-style:none;margin-top:1.5rem;border-top:1px solid var(--ink)}
.checks>li{display:grid;grid-template-columns:12rem 1fr;gap:.25rem 2rem;padding:1.5rem 0;border-bottom:1px solid var(--rule)}
.checks h3{font-family:var(--serif);font-size:1.25rem;line-height:1.35;display:flex;gap:.6rem;align-items:baseline}
.checks h3 .mark{font-family:var(--sans);font-size:1.0625rem;width:1.1rem}
.checks .state{font-size:.875rem;color:var(--soft);margin-left:1.7rem}
.question{color:var(--soft)}
.answer{font-weight:600}
.record{margin-top:.75rem;font-size:.9375rem}
.record h4{margin:0;font-size:.8125rem;font-weight:600;color:var(--soft)}
.record ul{list-style:none}
.record li{padding:.35rem 0 .35rem 1.4rem;position:relative}
.record li>.mark{position:absolute;left:0}
.record .notes li{padding-left:0}
.place{display:block;font-family:var(--mono);font-size:.875em}

table{border-collapse:collapse;width:100%;margin-top:1.25rem;font-variant-numeric:tabular-nums;font-size:.9375rem}
caption{text-align:left;font-weight:600;padding-bottom:.6rem}
th,td{text-align:left;vertical-align:top;padding:.5rem 1rem .5rem 0;border-bottom:1px solid var(--rule);font-weight:400}
thead th{color:var(--soft);font-size:.875rem;border-bottom-color:var(--ink);vertical-align:bottom}
tbody .strong{font-weight:700}
th:last-child,td:last-child{padding-right:0}
.right{text-align:right}
.plainly{margin-top:1rem;padding:1.1rem 1.4rem;background:var(--plate);border-left:3px solid var(--ink);max-width:46rem;font-size:1.0625rem}
.limits{margin-top:1.25rem;padding-left:1.75rem;max-width:46rem}
.limits li{padding:.4rem 0 .4rem .35rem;border-bottom:1px solid var(--rule)}
.limits li::marker{font-family:var(--serif);font-weight:600;color:var(--soft)}
.digests{margin-top:1.75rem;font-size:.9375rem}
.digests h3{font-size:.875rem;color:var(--soft);font-weight:600}
.digests dl{display:grid;grid-template-columns:max-content 1fr;gap:.3rem 1.5rem;margin-top:.5rem}
.digests dt{color:var(--soft)}
code{font-family:var(--mono);font-size:.9375rem}
footer{margin-top:4rem;padding-top:1.25rem;border-top:4px double var(--ink);font-size:.9375rem}
footer h2{font-size:1.125rem}
footer code{display:block;margin:.5rem 0 1.5rem}
.colophon{color:var(--soft);font-size:.875rem;max-width:46rem}

@media (max-width:44rem){
body{font-size:1rem}
.leaf{padding-top:1.5rem}
.claim{padding:2rem 0 1.75rem}
.verdict{grid-template-columns:1fr;padding:1.25rem;gap:1rem}
.verdict .stamp{width:5rem;height:5rem}
section{padding-top:2.75rem}
section>h2{font-size:1.375rem}
.facts:not(.times){grid-template-columns:1fr 1fr}
svg.wide{display:none}svg.narrow{display:block}
.checks>li{grid-template-columns:1fr;gap:.5rem}
.checks .body{margin-left:1.7rem}
.checks .state{margin-left:.25rem}
.checks .head{display:flex;flex-wrap:wrap;align-items:baseline}
.digests dl{grid-template-columns:1fr;gap:0}.digests dd{margin-bottom:.5rem}
th,td{padding-right:.6rem}
}
@page{size:A4;margin:15mm 14mm}
@media print{
:root{color-scheme:light;--paper:#fff}
html{font-size:10.5pt}
*{-webkit-print-color-adjust:exact;print-color-adjust:exact}
.leaf{max-width:none;padding:0}
.claim{padding:1.5rem 0}
.claim h1{font-size:1.6rem}
.headline{font-size:2.5rem}
.verdict{grid-template-columns:auto 1fr;padding:1.25rem 1.5rem}
.verdict .stamp{width:5.5rem;height:5.5rem}
section{padding-top:1.75rem}
.facts:not(.times){grid-template-columns:repeat(4,1fr)}
.facts.times{grid-template-columns:repeat(auto-fit,minmax(15rem,1fr))}
.facts>div{padding:.7rem 1rem .8rem 0}
svg.wide{display:block}svg.narrow{display:none}
h2,h3,h4,caption,thead,.lead,.masthead,.claim{break-after:avoid}
figure,.verdict,.facts>div,.plainly,.head,tr,.checks .answer,.limits li,.oath,footer{break-inside:avoid}
.checks>li{grid-template-columns:10rem 1fr;padding:.9rem 0}
p,li{orphans:3;widows:3}
}
`;
