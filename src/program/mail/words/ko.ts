// What notices say, in Korean.

import type { MailWords } from './en.ts';

export const KO: MailWords = {
  stage: {
    opened: (stage) => `단계 시작: ${stage}`,
    closed: (stage) => `단계 마감: ${stage}`,
    decided: (stage) => `단계 결정: ${stage}`,
    final: (stage) => `결정 확정: ${stage}`,
  },
  stageText: {
    opened: '단계가 시작되었습니다. 누가 무엇을 해야 하는지는 단계 페이지에 있습니다.',
    closed: '단계가 마감되었습니다. 제출물, 평가서, 비교 판정을 더는 받지 않습니다.',
    decided: '사무국이 단계의 결과를 결정했습니다. 아직 확정된 결정이 아니며, 팀은 이의를 제기할 수 있습니다.',
    final: '단계의 결정이 확정되었습니다.',
  },
  submission: {
    audited: (submission) => `제출물 감사 완료: ${submission}`,
    refused: (submission) => `제출물 반려: ${submission}`,
  },
  submissionText: {
    audited: '제출물에 대한 사무국의 감사가 끝났습니다. 결과는 제출물 페이지에 있습니다.',
    refused: '제출물이 반려되었습니다. 이유는 제출물 페이지에 있습니다.',
  },
  appeal: (stage) => `이의 제기에 대한 답변: ${stage}`,
  appealText: '사무국이 이의 제기에 답변했습니다. 답변은 단계 페이지에 있습니다.',
  reminder: (programme) => `기한이 다가옵니다: ${programme}`,
  reminderText: '기한이 다가온 일:',
  reminderUnnamed: '해야 할 일은 프로그램 페이지에 있습니다.',
  verification: '주소를 확인해 주십시오',
  verificationText: (user) =>
    `이 서버의 사용자 ${user} 님이 이 주소로 알림을 받으려고 합니다. 하루 안에 아래 링크를 열어 확인해 주십시오. 확인 전에는 이 주소로 다른 메일을 보내지 않습니다.\n본인이 아니라면 아무것도 하지 않으셔도 됩니다.`,
  changed: '알림 주소가 바뀌었습니다',
  changedText: (user) =>
    `사용자 ${user} 님의 알림은 이제 다른 주소로 갑니다. 직접 바꾸지 않았다면 프로그램 사무국에 문의하십시오.`,
  invitation: (programme) => `초대: ${programme}`,
  invitationText: '프로그램 사무국이 참여를 요청합니다. 링크는 한 번만, 다음 시각까지만 쓸 수 있습니다.',
  reset: '새 비밀번호 설정',
  resetText: (user) =>
    `사용자 ${user} 님의 비밀번호를 새로 정할 수 있습니다. 링크는 한 번만, 다음 시각까지만 쓸 수 있습니다.`,
  everywhere: '이 서버의 모든 프로그램',
  programme: '프로그램:',
  stageName: '단계:',
  time: (text) => `${text} (한국 시간)`,
  why: '직접 선택한 알림입니다. 아래에서 바꿀 수 있습니다.',
  whyAccount: '이 주소나 계정에 관해 한 번 보낸 메일입니다. 회신은 읽지 않습니다.',
};
