// The answer to a browser that opens the address of no public decision: a page in both languages. Programs get the same error as JSON.

import { h } from 'preact';
import { documentHtml } from '../../page-kit/document/index.ts';

const WORDS = {
  en: {
    title: 'There is no decision at this address',
    why: 'The programme or the stage may have another name, or its decision is not public yet.',
    start: 'All programmes of this server',
  },
  ko: {
    title: '이 주소에는 공개된 결정이 없습니다',
    why: '사업이나 단계의 이름이 다르거나, 결정이 아직 공개되지 않았을 수 있습니다.',
    start: '이 서버의 모든 사업',
  },
};

export function decisionMissingHtml(): string {
  const part = (lang: 'en' | 'ko') =>
    h('section', { lang }, [
      h(lang === 'en' ? 'h1' : 'h2', null, WORDS[lang].title),
      h('p', null, WORDS[lang].why),
      h('p', null, h('a', { href: '/' }, WORDS[lang].start)),
    ]);
  return documentHtml({
    lang: 'en',
    title: `${WORDS.en.title} · ${WORDS.ko.title}`,
    styles: 'main a{color:var(--replay)}main section{margin-top:2rem}',
    brand: 'Jikji',
    masthead: null,
    main: [part('en'), part('ko')],
  });
}
