// The process in which data files and templates of others are read and run: it may do nothing but compute and answer its parent.

import { answer } from '../../child-process/index.ts';
import { render } from './render.ts';

answer(render);
