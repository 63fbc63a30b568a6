// Starts the console: settings, router, then the pages.

import { render } from 'preact';
import { App } from './app.tsx';
import { startRouter } from './state/router.ts';
import { applySettings } from './state/settings.ts';

applySettings();
startRouter();
render(<App />, document.getElementById('console')!);
