// Starts the console: settings, router, then the pages.

import { render } from 'preact';
import { App } from './app.tsx';
import { listen } from './state/router.ts';
import { apply } from './state/settings.ts';

apply();
listen();
render(<App />, document.getElementById('console')!);
