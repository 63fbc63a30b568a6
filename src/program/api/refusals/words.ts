// Korean words and hints that refusals of requests and of routes share.

import { wordFor } from '../../../page-kit/text/index.ts';

const ROLES: Record<string, string> = {
  office: '전담기관',
  consortium: '컨소시엄',
  expert: '전문가',
  evaluator: '사용자 평가단',
  auditor: '검증 담당자',
  public: '로그인하지 않은 사람',
};
export const role = (name: string): string => wordFor(ROLES, name);

/** Where the shape of a request is described, in both languages. */
export const SHAPE = [
  'GET /api/openapi.json says what goes where',
  '무엇을 어디에 적는지는 GET /api/openapi.json에 있습니다.',
] as const;
