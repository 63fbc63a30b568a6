// Starts the console: settings, router, the words of the viewer's language, then the pages.

import { render } from 'preact';
import { App } from './app.tsx';
import { startRouter } from './state/router.ts';
import { applySettings, lang } from './state/settings.ts';
import { loadWords } from './words/load.ts';

/** While no words are there, in both languages. */
const BROKEN =
  'Not all of this page could be loaded: load it anew. / 페이지를 다 불러오지 못했습니다. 다시 불러오십시오.';

applySettings();
startRouter();
const place = document.getElementById('console')!;
const first = lang.value;
loadWords(first).then(
  (words) => render(<App first={{ lang: first, words }} />, place),
  () => {
    place.textContent = BROKEN;
  },
);
