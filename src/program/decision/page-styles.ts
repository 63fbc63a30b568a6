// Styles of the stage's page in addition to the audit report's: tables, and backgrounds of chances.

import { PALETTES } from '../../page-kit/document/index.ts';

/** Steps of the background colour of chances. A test checks the contrast of text on all of them. */
export const DYES = 10;

/** Share of the colour in the last step. */
const MAX_DYE = 0.34;
/** The background of a step: the paper mixed with the colour. */
export function dye(step: number, palette: keyof typeof PALETTES): string {
  const { paper, replay } = PALETTES[palette];
  const part = (hex: string, i: number) => Number.parseInt(hex.slice(1 + 2 * i, 3 + 2 * i), 16);
  const share = (MAX_DYE * step) / DYES;
  const mixed = [0, 1, 2].map((i) => Math.round(part(paper, i) * (1 - share) + part(replay, i) * share));
  return `#${mixed.map((c) => c.toString(16).padStart(2, '0')).join('')}`;
}

const dyes = (palette: keyof typeof PALETTES): string =>
  Array.from({ length: DYES }, (_, i) => `.h${i + 1}{background:${dye(i + 1, palette)}}`).join('');

export const STAGE_STYLES = `
.banner{margin-top:1.5rem;padding:.8rem 1.2rem;border:1px dashed var(--ink);background:var(--plate);font-weight:600}
.outcome{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,18rem),1fr));gap:1.5rem 3rem;padding:1.5rem 2rem;
border:1px solid var(--ink);outline:3px solid var(--ink);outline-offset:4px;margin:1.5rem 7px 0}
.outcome ul{list-style:none;margin-top:.5rem}
.outcome li{padding:.4rem 0 .4rem 1.6rem;position:relative;border-bottom:1px solid var(--rule)}
.outcome li:last-child{border-bottom:0}
.outcome .mark{position:absolute;left:0}
.outcome strong{font-family:var(--serif);font-size:1.1875rem}
.outcome small{display:block;color:var(--soft);font-size:.9375rem}
.outcome+.sources{margin-top:1.25rem}
.scroll+.aside{margin-top:.6rem}
section>h3{margin-top:1.75rem;font-size:1.0625rem}
.scroll{overflow-x:auto;margin-top:1.25rem}
.scroll table{margin-top:0}
.scroll table{overflow-wrap:break-word}
.scroll th,.scroll td{min-width:4.5rem}
.scroll tbody th{min-width:9rem}
td small,th small{display:block;color:var(--soft);font-size:.8125rem;font-weight:400}
.none{color:var(--soft);font-style:italic}
:lang(ko) .none{font-style:normal}
.block-row th,.block-row td{font-weight:700}
.part-row th{padding-left:1.25rem}
.heat td{text-align:center;padding:.5rem .35rem;border:1px solid var(--rule)}
.heat th[scope=col]{text-align:center;padding:.5rem .35rem}
.heat th[scope=col]:first-child{text-align:left}
.heat td.likeliest{font-weight:700;outline:2px solid var(--ink);outline-offset:-2px}
.heat td:last-child{padding:.5rem .35rem}
${dyes('light')}
@media screen and (max-width:44rem){
.scroll table,.scroll caption,.scroll tbody{display:block}
.scroll thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.scroll tbody tr{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,7.5rem),1fr));gap:.5rem 1rem;
padding-block:.75rem;border-bottom:1px solid var(--rule)}
.scroll tbody :is(th,td){min-width:0;padding:0;border:0;text-align:left}
.scroll tbody th{grid-column:1/-1}
.scroll tbody .part-row th{padding-left:1.25rem}
.scroll.scroll tbody :is(th,td)[data-label]::before{content:attr(data-label)/"";display:block;color:var(--soft);font-size:.8125rem;font-weight:400}
.heat tbody td{padding:.35rem .5rem}
}
.sources{font-size:.875rem;color:var(--soft)}
.notes-list{list-style:none;margin-top:1rem;border-top:1px solid var(--ink)}
.notes-list>li{padding:.8rem 0;border-bottom:1px solid var(--rule)}
.notes-list p+p{margin-top:.3rem}
.tag{display:inline-block;border:1px solid currentColor;border-radius:3px;padding:0 .4rem;font-size:.8125rem;color:var(--incomplete)}
@media screen and (prefers-color-scheme:dark){${dyes('dark')}}
@media print{.scroll{overflow:visible}.outcome{padding:1rem 1.25rem}.scroll th,.scroll td,.scroll tbody th{min-width:0}
.scroll table{font-size:.8125rem}.outcome,.notes-list>li{break-inside:avoid}}
.ways a{color:var(--replay);padding:.25rem 0;margin-right:.75rem}
`;
