// The process in which data files and templates of others are read and run: it may do nothing but compute and answer its parent.

import { answer } from '../../apart/index.ts';
import { render } from './render.ts';

answer(render);
