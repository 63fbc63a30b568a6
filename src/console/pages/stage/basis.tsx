// The basis of a stage: submissions, findings, comparisons of weights, forms, judgements, withheld data, signatures.

import type { ComponentType } from 'preact';
import { wordFor } from '../../../page-kit/index.ts';
import { Citations } from '../../parts/citations.tsx';
import { Digest, Row, State, Table, Time, VerdictState } from '../../parts/elements.tsx';
import { Empty, Section } from '../../parts/page.tsx';
import { NoSubmission, Submissions } from '../../parts/submissions.tsx';
import { Written } from '../../parts/written.tsx';
import { useConsole } from '../../state/context.ts';
import type { StagePage } from '../../types.ts';
import type { Words } from '../../words/words.ts';
import { Comparisons } from './comparisons.tsx';
import { Experts } from './experts.tsx';
import type { StageProps } from './props.ts';

interface Part {
  anchor: string;
  title: string;
  lead?: string;
  body: ComponentType<StageProps>;
}

/** The parts that a stage has. */
function partsOf(stage: StagePage, words: Words): Part[] {
  const w = words.stage;
  const kinds = stage.parts.map(({ kind }) => kind);
  const { report } = stage;
  const all: (Part | false | null)[] = [
    (stage.submissions.length > 0 || kinds.includes('tasks')) && {
      anchor: 'submissions',
      title: w.submissions,
      body: StageSubmissions,
    },
    { anchor: 'findings', title: w.findings, lead: w.findingsLead, body: Findings },
    stage.comparisons && { anchor: 'comparisons', title: w.comparisons, lead: w.comparisonsLead, body: Comparisons },
    kinds.includes('forms') &&
      (stage.experts.length > 0 || stage.mayDo.includes('close')) && {
        anchor: 'experts',
        title: words.experts.title,
        lead: words.experts.lead,
        body: Experts,
      },
    kinds.includes('forms') && { anchor: 'forms', title: w.forms, body: Forms },
    kinds.includes('judgements') &&
      stage.judgements !== null && { anchor: 'judgements', title: w.judgements, body: Judgements },
    report && report.withheld.length > 0 && { anchor: 'withheld', title: w.withheld, body: Withheld },
    report && report.log.signatures.length > 0 && { anchor: 'signatures', title: w.signatures, body: Signatures },
  ];
  return all.filter((part) => part !== false && part !== null);
}

/** Anchors and titles of the basis, for the contents of the page. */
export const basisParts = (stage: StagePage, words: Words): { anchor: string; title: string }[] =>
  partsOf(stage, words).map(({ anchor, title }) => ({ anchor, title }));

/** While a stage is open its basis is what people work on; later it is looked up. */
export function Basis(props: StageProps) {
  const { words } = useConsole();
  const { stage } = props;
  return partsOf(stage, words).map(({ anchor, title, lead, body: Body }) => (
    <Section key={anchor} anchor={anchor} title={title} {...(lead ? { lead } : {})} folded={stage.status !== 'open'}>
      <Body {...props} />
    </Section>
  ));
}

function StageSubmissions({ stage, programme, nameOf }: StageProps) {
  const { words } = useConsole();
  const w = words.stage;
  if (stage.submissions.length === 0) return <NoSubmission />;
  return (
    <Submissions
      programme={programme}
      rows={stage.submissions}
      caption={w.submissionsCaption}
      beside={{ head: w.team, of: ({ consortium }) => nameOf(consortium) }}
    />
  );
}

function Judgements({ stage }: StageProps) {
  const { words, format } = useConsole();
  return <p>{words.stage.judgementsGiven(format.count(stage.judgements!))}</p>;
}

function Withheld({ stage }: StageProps) {
  const { words } = useConsole();
  return (
    <ul class="plainly">
      {stage.report!.withheld.map((kind) => (
        <li key={kind}>{words.stage.withheldKinds[kind]}</li>
      ))}
    </ul>
  );
}

function Findings({ stage, nameOf }: StageProps) {
  const { words, format } = useConsole();
  const w = words.stage;
  const said = (one: { by: string; text: string; ko?: { by: string; text: string } | undefined }) =>
    (format.lang === 'ko' && one.ko) || one;
  const signedOf = (signed: boolean): string => (signed ? w.signedBy : w.reportedBy);
  // The report also has sources; until it is public, only the findings exist.
  const findings = stage.report
    ? stage.report.findings.map((one) => ({ ...one, consortium: one.team }))
    : stage.findings.map((one) => ({ ...one, signed: one.signedBy !== null, source: null }));
  if (findings.length === 0) return <Empty text={w.noFindings} />;
  return (
    <ul class="rules">
      {findings.map((one, i) => (
        <li key={i}>
          <div class="line">
            <span>
              {nameOf(one.consortium)}, {wordFor(words.components, one.component)}
            </span>
            <VerdictState of={one.verdict} />
          </div>
          <p>
            <Written text={said(one).text} />
          </p>
          <p class="soft">
            {signedOf(one.signed)}: <Written text={said(one).by} />
          </p>
          <Citations of={one.source} />
        </li>
      ))}
    </ul>
  );
}

function Forms({ stage }: StageProps) {
  const { words } = useConsole();
  const w = words.stage;
  if (stage.forms.length === 0) return <Empty text={w.noForms} />;
  return (
    <Table caption={w.formsCaption} head={[w.expert, words.common.status, w.commitment]}>
      {stage.forms.map((form) => (
        <Row
          key={form.id}
          cells={[
            { of: form.expert, note: form.form?.comment && <Written text={form.form.comment} /> },
            <State of={form.form ? 'done' : 'closed'} text={form.form ? w.revealed : w.sealed} />,
            <Digest of={form.commitment} />,
          ]}
        />
      ))}
    </Table>
  );
}

function Signatures({ stage }: StageProps) {
  const { words, format } = useConsole();
  const w = words.stage;
  return (
    <Table caption={w.signaturesCaption} head={[words.log.what, w.key, w.when]}>
      {stage.report!.log.signatures.map((one) => (
        <Row
          key={one.seq}
          cells={[
            { of: w.signed[one.what], note: words.common.entry(format.count(one.seq)) },
            <Digest of={one.key} />,
            <Time of={one.time} />,
          ]}
        />
      ))}
    </Table>
  );
}
