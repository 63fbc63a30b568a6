// A document: one self-contained page as a file. It holds no script, loads nothing, and a policy in its head forbids both.
// The same page gives the same bytes. All text in it is escaped. Knows nothing of its content.

import { createHash } from 'node:crypto';
import { type ComponentChildren, h } from 'preact';
import { renderToString } from 'preact-render-to-string';
import { type Lang, TERMS } from '../text/index.ts';
import { STYLES } from './styles.ts';

export interface Page {
  lang: Lang;
  title: string;
  /** Styles beyond those of all documents. */
  styles?: string;
  brand: string;
  /** Content beside the brand. */
  masthead: ComponentChildren;
  main: ComponentChildren;
  /** How to verify the page. */
  footer?: { text: string; command: string };
}

export function documentHtml({ lang, title, styles = '', brand, masthead, main, footer }: Page): string {
  const style = STYLES + styles;
  const hash = createHash('sha256').update(style).digest('base64');
  const policy = `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`;
  const head = h('head', null, [
    h('meta', { charset: 'utf-8' }),
    h('meta', { 'http-equiv': 'Content-Security-Policy', content: policy }),
    h('meta', { name: 'viewport', content: 'width=device-width, initial-scale=1' }),
    h('meta', { name: 'referrer', content: 'no-referrer' }),
    h('meta', { name: 'color-scheme', content: 'light dark' }),
    h('title', null, title),
    h('style', { dangerouslySetInnerHTML: { __html: style } }),
  ]);
  const leaf = h('div', { class: 'leaf' }, [
    h('header', { class: 'masthead' }, h('p', { class: 'brand' }, brand), masthead),
    h('main', null, main),
    footer &&
      h('footer', null, [
        h('h2', null, TERMS[lang].checkYourself),
        h('p', null, footer.text),
        h('code', null, footer.command),
        h('p', { class: 'colophon' }, TERMS[lang].colophon),
      ]),
  ]);
  return `<!doctype html>\n${renderToString(h('html', { lang }, head, h('body', null, leaf)))}\n`;
}
