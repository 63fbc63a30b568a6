// Refusals of this machine's runs: audits of them, answers of their models, live curves.

import { refusal } from '../../base/index.ts';

export const stillMade = refusal(
  'run-running',
  ['this run is still being made', 'audit it when it is finished: it has no seal yet'],
  ['아직 진행 중인 학습입니다.', '학습이 끝나 봉인된 뒤에 검증하십시오.'],
);

export const folderGone = refusal(
  'run-gone',
  ['the folder of this run is gone', 'move it back to its place'],
  ['학습 폴더가 없어졌습니다.', '폴더를 제자리로 옮기십시오.'],
);

export const ofAnotherProgram = refusal(
  'run-witnessed',
  ['this server trains no run of another program again', 'jikji audit RUN --code FILE does'],
  [
    '이 서버는 다른 프로그램으로 한 학습을 재현하지 않습니다.',
    '다음 명령으로 재현할 수 있습니다: “jikji audit RUN --code FILE”',
  ],
);

export const auditsRunning = refusal(
  'too-many',
  (running: number) => [`${running} audits are running already`, 'wait until one of them has ended'],
  (running) => [`검증 ${running}건이 이미 진행 중입니다.`, '하나가 끝나기를 기다리십시오.'],
);

export const runChanged = refusal(
  'run-changed',
  ['the run changed while it was audited', 'audit it when no process writes it'],
  ['검증하는 동안 학습이 바뀌었습니다.', '학습 폴더에 쓰는 프로세스가 없을 때 검증하십시오.'],
);

export const auditTooLong = refusal(
  'audit-too-long',
  ['the audit took longer than a day', 'audit it on the command line: jikji audit'],
  ['검증이 하루를 넘겼습니다.', '명령줄에서 검증하십시오: “jikji audit”'],
);

export const auditTooBig = refusal(
  'audit-too-big',
  ['the audit took more memory than there is for one', 'use a larger machine'],
  ['검증에 필요한 메모리가 한도를 넘습니다.', '메모리가 더 큰 기기를 쓰십시오.'],
);

export const auditStopped = refusal(
  'interrupted',
  ['the audit was stopped', 'start it again: an audit leaves nothing behind'],
  ['검증이 중단되었습니다.', '다시 시작하십시오. 중단한 검증은 아무것도 남기지 않습니다.'],
);

export const auditCrashed = refusal(
  'audit-crashed',
  ['the audit ended unexpectedly', 'run jikji audit on this run'],
  ['검증이 예기치 않게 끝났습니다.', '명령줄에서 이 학습을 검증하십시오: “jikji audit”'],
);

export const noAudit = refusal(
  'audit-unknown',
  ['there is no such audit', 'start one: only the latest are kept'],
  ['없는 검증입니다.', '새로 시작하십시오. 최근 것만 보관합니다.'],
);

export const requestStopped = refusal(
  'stopping',
  ['the request was stopped', 'ask again'],
  ['요청이 중단되었습니다.', '다시 시도하십시오.'],
);

export const modelsBusy = refusal(
  'too-many',
  ['too many requests wait for a model', 'try again soon'],
  ['모델을 기다리는 요청이 너무 많습니다.', '잠시 뒤에 다시 시도하십시오.'],
);

export const modelSilent = refusal(
  'model-too-slow',
  ['the model does not answer', 'ask for fewer tokens'],
  ['모델이 답하지 않습니다.', '더 적은 토큰을 요청하십시오.'],
);

export const modelStuck = refusal(
  'model-crashed',
  ['the model does not react', 'ask again'],
  ['모델이 반응하지 않습니다.', '다시 시도하십시오.'],
);

export const modelCrashed = refusal(
  'model-crashed',
  ['the process of the model ended unexpectedly', 'ask again'],
  ['모델의 프로세스가 예기치 않게 끝났습니다.', '다시 시도하십시오.'],
);

export const modelTooBig = refusal(
  'model-too-big',
  ['the model needs more memory than one may use', 'use a smaller model'],
  ['모델에 필요한 메모리가 한도를 넘습니다.', '더 작은 모델을 쓰십시오.'],
);

export const noRoomForBoth = refusal(
  'model-too-big',
  ['there is no memory for both models at once', 'ask one after the other'],
  ['두 모델을 한꺼번에 올릴 메모리가 없습니다.', '한 모델씩 차례로 쓰십시오.'],
);

export const serverStopping = refusal(
  'stopping',
  ['the server is being stopped', 'ask again later'],
  ['서버를 멈추고 있습니다.', '나중에 다시 시도하십시오.'],
);

export const madeRoom = refusal(
  'stopping',
  ['the model made room for another one', 'ask again'],
  ['다른 모델에 자리를 내주었습니다.', '다시 시도하십시오.'],
);

export const answerStopped = refusal(
  'stopping',
  ['was stopped', 'ask again'],
  ['답이 중단되었습니다.', '다시 시도하십시오.'],
);

export const readSlowly = refusal(
  'model-too-slow',
  ['is read too slowly', 'read it as it comes'],
  ['답을 받아 가는 속도가 너무 느립니다.', '나오는 대로 받으십시오.'],
);

export const noRun = refusal(
  'run-unknown',
  ['there is no such run on this machine', 'see the list of runs'],
  ['이 기기에 없는 학습입니다.', '학습 기록의 목록을 확인하십시오.'],
);

export const runMissing = refusal(
  'run-missing',
  ['this run does not exist', 'see what was made here: jikji runs'],
  ['없는 학습입니다.', '이 기기에서 한 학습을 확인하십시오: “jikji runs”'],
);

export const notARun = refusal(
  'not-a-run',
  ['this folder is not a run', 'name the folder that make wrote'],
  ['학습 폴더가 아닙니다.', 'make가 만든 폴더를 지정하십시오.'],
);

export const followedFull = refusal(
  'too-many',
  (followed: number) => [`${followed} runs are being followed already`, 'close the pages of some of them'],
  (followed) => [`이미 학습 ${followed}건의 진행을 보고 있습니다.`, '그중 몇 건의 페이지를 닫으십시오.'],
);

export const unfinishedModel = refusal(
  'model-missing',
  ['there is no finished model here', 'a run has a model when it is finished'],
  ['아직 완성된 모델이 없습니다.', '모델은 학습이 끝나면 만들어집니다.'],
);

export const noModel = refusal(
  'model-missing',
  ['there is no finished model here', 'see what was made here: jikji runs'],
  ['완성된 모델이 없습니다.', '이 기기에서 만든 것을 확인하십시오: “jikji runs”'],
);

export const manifestBroken = refusal(
  'manifest-broken',
  ['does not have the form of its format', 'get the run again from its maker'],
  ['정해진 형식이 아닌 파일입니다.', '만든 쪽에서 학습을 다시 받으십시오.'],
);

export const notItsHead = refusal(
  'evidence-broken',
  ['is not a head of this run with its answer', 'audit the run'],
  ['이 학습 기록의 머리와 그에 대한 접수 답이 아닙니다.', '학습을 검증하십시오.'],
);
