// The terminal's lines about an audited run: every standing, with its extent and the maker's unchecked claims beside the verdict.

import { expect, test } from 'vitest';
import { forbiddenClaims, missingStatements, standings } from '../audit/testing/claims.ts';
import { claimsOf } from '../program/index.ts';
import { claimLines } from './claim-lines.ts';

test('no line is stronger than the standing of the claim, and no part is left out', () => {
  for (const known of standings())
    for (const room of [null, 0.13])
      for (const claim of Object.values(claimsOf(known, room))) {
        const lines = claimLines(claim);
        const text = lines.join('\n');
        expect({ text, found: [forbiddenClaims(text, known), missingStatements(text, known)] }).toEqual({
          text,
          found: [[], []],
        });
        const open = known.verdict === 'holds' && known.extent !== 'all';
        const isBuilt = known.verdict === 'holds' && known.beginning.kind !== 'drawn';
        expect(lines).toHaveLength((open ? 4 : 3) + (isBuilt ? 1 : 0));
        // The extent stands in the same line as the verdict.
        expect(missingStatements(lines[0], known)).not.toContain('how far it reaches');
      }
});
