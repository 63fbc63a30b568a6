// The process that reads data files and runs templates from others. It may only compute and answer its parent.

import { answer } from '../../apart/index.ts';
import { render } from './render.ts';

answer(render);
