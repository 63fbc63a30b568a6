// Refusals of small files that cannot be read as text.

import { refusal } from '../base/index.ts';

const AGAIN = ['get the file again from its source', '파일을 원래 있던 곳에서 다시 받으십시오.'] as const;

export const cannotOpen = refusal(
  'file-missing',
  ['cannot be opened', 'check the path'],
  ['열 수 없는 파일입니다.', '경로를 확인하십시오.'],
);

export const notFile = refusal('file-broken', ['is not a file', AGAIN[0]], ['파일이 아닙니다.', AGAIN[1]]);

export const tooLarge = refusal(
  'file-broken',
  (size: number, limit: number) => [`has ${size} bytes; the limit is ${limit}`, AGAIN[0]],
  (size, limit) => [`파일이 너무 큽니다. 크기: ${size}바이트, 한도: ${limit}바이트`, AGAIN[1]],
);

export const notUtf8 = refusal('file-broken', ['is not UTF-8', AGAIN[0]], ['UTF-8로 된 글이 아닙니다.', AGAIN[1]]);
