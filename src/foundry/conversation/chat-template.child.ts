// The child process that runs a chat template: it renders one list of conversations after another for its parent.

import { type Rendering, rendered } from './rendering.ts';

process.on('message', (rendering: Rendering) => process.send!(rendered(rendering)));
process.once('disconnect', () => process.exit());
