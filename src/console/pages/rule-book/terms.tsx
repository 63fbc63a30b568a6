// Terms of a rule book: admission, exclusion, ties, publication.

import type { ComponentChildren } from 'preact';
import { wordFor } from '../../../page-kit/index.ts';
import { Row, Table } from '../../parts/elements.tsx';
import { Section } from '../../parts/page.tsx';
import { useConsole } from '../../state/context.ts';
import type { RuleBook } from '../../types.ts';

const Lines = ({ lines }: { lines: ComponentChildren[] }) => (
  <ul class="plainly">
    {lines.map((line, i) => (
      <li key={i}>{line}</li>
    ))}
  </ul>
);

export function Originality({ book: { originality } }: { book: RuleBook }) {
  const { words } = useConsole();
  const w = words.book;
  const { audit } = originality;
  return (
    <Section title={w.originality}>
      <Lines
        lines={[
          originality.veto ? w.veto : w.noVeto,
          ...(audit?.holds ? [w.auditHolds] : []),
          ...(audit?.makerKey ? [w.auditKey] : []),
          ...(audit?.lodged ? [w.auditLodged] : []),
        ]}
      />
      <h3>{w.components}</h3>
      <ul class="tags">
        {originality.components.map((name) => (
          <li key={name}>{wordFor(words.components, name)}</li>
        ))}
      </ul>
      <h3>{w.excludes}</h3>
      <ul class="tags">
        {originality.excludes.map((verdict) => (
          <li key={verdict}>{wordFor(words.verdicts, verdict)}</li>
        ))}
      </ul>
    </Section>
  );
}

export function Terms({ book }: { book: RuleBook }) {
  const { words, format } = useConsole();
  const w = words.book;
  const { blocks, eligibility, tieBreak, publication } = book;
  const lines: string[] = [];
  if (eligibility) {
    if (eligibility.leadCountries.length > 0) lines.push(w.leadFrom(format.list(eligibility.leadCountries)));
    if (eligibility.roles.length > 0)
      lines.push(w.someRole(format.list(eligibility.roles.map((role) => wordFor(words.chain, role)))));
    if (eligibility.minimumMembers > 1) lines.push(w.members(format.count(eligibility.minimumMembers)));
  }
  const titles = new Map(
    blocks.flatMap(({ id, title, source }) => [
      [id, title] as const,
      ...(source.kind === 'parts' ? source.parts.map((part) => [`${id}.${part.id}`, part.title] as const) : []),
    ]),
  );
  const tie = (step: string): string => {
    if (step === 'equal') return w.tieShared;
    return step === 'lot' ? w.tieLot : format.title(titles.get(step) ?? { en: step });
  };
  return (
    <Section title={w.eligibility}>
      {lines.length > 0 ? (
        <Lines lines={lines} />
      ) : (
        <p>{eligibility || !book.record ? w.anybody : words.common.unknown}</p>
      )}
      <h3>{w.tieBreak}</h3>
      {tieBreak.length > 0 ? <p>{tieBreak.map(tie).join(' → ')}</p> : <p>{w.tieUnknown}</p>}
      {publication && (
        <>
          <h3>{w.publication}</h3>
          <Table caption={w.publication} head={[w.what, w.when]}>
            {(Object.keys(w.kinds) as (keyof typeof w.kinds)[]).map((kind) => (
              <Row key={kind} cells={[w.kinds[kind], w.whens[publication[kind]]]} />
            ))}
          </Table>
        </>
      )}
    </Section>
  );
}
