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
    closed: '단계가 마감되었습니다. 제출물, 평가서, 사용자 비교를 더는 받지 않습니다.',
    decided: '전담기관이 단계의 결과를 결정했습니다. 아직 확정되지 않았으며, 팀은 이의를 신청할 수 있습니다.',
    final: '단계의 결정이 확정되었습니다.',
  },
  submission: {
    audited: (submission) => `제출물 검증 종료: ${submission}`,
    refused: (submission) => `제출물 반려: ${submission}`,
  },
  submissionText: {
    audited: '제출물에 대한 전담기관의 검증이 끝났습니다. 결과는 제출물 페이지에 있습니다.',
    refused: '제출물이 반려되었습니다. 이유는 제출물 페이지에 있습니다.',
  },
  appeal: (stage) => `이의 신청에 대한 답변: ${stage}`,
  appealText: '전담기관이 이의 신청에 답변했습니다. 답변은 단계 페이지에 있습니다.',
  reminder: (programme) => `기한이 있는 일: ${programme}`,
  reminderText: '아래 일이 남아 있습니다.',
  reminderUnnamed: '남아 있는 일은 사업 페이지에 있습니다.',
  verification: '주소를 확인해 주십시오',
  verificationText: (user) =>
    `이 서버의 사용자 ${user} 님이 이 주소로 알림을 받으려고 합니다. 하루 안에 아래 링크를 열어 확인해 주십시오. 확인하기 전에는 이 주소로 다른 메일을 보내지 않습니다.\n본인이 아니면 아무것도 하지 않으셔도 됩니다.`,
  changed: '알림 주소가 바뀌었습니다',
  changedText: (user) =>
    `사용자 ${user} 님의 알림은 이제 다른 주소로 갑니다. 직접 바꾸지 않았다면 전담기관에 문의하십시오.`,
  invitation: (programme) => `초대: ${programme}`,
  invitationText: '전담기관의 초대입니다. 아래 링크는 한 번만 쓸 수 있으며, 다음 시각까지 유효합니다.',
  reset: '새 비밀번호 설정',
  resetText: (user) =>
    `사용자 ${user} 님의 비밀번호를 새로 정할 수 있습니다. 아래 링크는 한 번만 쓸 수 있으며, 다음 시각까지 유효합니다.`,
  everywhere: '이 서버의 모든 사업',
  programme: '사업:',
  stageName: '단계:',
  time: (text) => `${text} (한국 시간)`,
  why: '직접 선택한 알림입니다. 아래 주소에서 바꿀 수 있습니다.',
  whyAccount: '이 주소나 계정에 관해 한 번 보내는 메일입니다. 회신은 읽지 않습니다.',
};
