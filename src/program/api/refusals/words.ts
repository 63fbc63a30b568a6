// Hints that refusals of requests and of routes share.

/** Where the shape of a request is described, in both languages. */
export const SHAPE = [
  'GET /api/openapi.json says what goes where',
  '무엇을 어디에 적는지는 GET /api/openapi.json에 있습니다.',
] as const;
