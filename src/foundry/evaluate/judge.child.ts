// The process that judges answers by a task's template and schema. It may only compute and answer its parent.

import { answer } from '../../apart/index.ts';
import { judgeAnswers } from './judge.ts';

answer(judgeAnswers);
