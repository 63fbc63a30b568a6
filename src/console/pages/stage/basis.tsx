// The basis of a stage: submissions, findings, comparisons of weights, forms, judgements, withheld data, signatures.

import { Citations } from '../../parts/citations.tsx';
import { Digest, Row, State, Table, Time, VerdictState } from '../../parts/elements.tsx';
import { Empty, Section } from '../../parts/page.tsx';
import { Submissions } from '../../parts/submissions.tsx';
import { useConsole } from '../../state/context.ts';
import { Comparisons } from './comparisons.tsx';
import { Experts } from './experts.tsx';
import type { StageProps } from './props.ts';

export function Basis(props: StageProps) {
  const { words, format } = useConsole();
  const w = words.stage;
  const { stage } = props;
  const kinds = stage.parts.map(({ kind }) => kind);
  return (
    <div class="grid">
      {(stage.submissions.length > 0 || kinds.includes('tasks')) && (
        <Section title={w.submissions} wide>
          {stage.submissions.length === 0 ? (
            <Empty text={w.noSubmissions} />
          ) : (
            <Submissions
              programme={props.programme}
              rows={stage.submissions}
              caption={w.submissionsCaption}
              beside={{ head: w.team, of: ({ consortium }) => props.nameOf(consortium) }}
            />
          )}
        </Section>
      )}
      <Section title={w.findings} lead={w.findingsLead}>
        <Findings {...props} />
      </Section>
      {stage.comparisons && (
        <Section title={w.comparisons} lead={w.comparisonsLead} wide>
          <Comparisons {...props} />
        </Section>
      )}
      {kinds.includes('forms') && (stage.experts.length > 0 || stage.mayDo.includes('close')) && (
        <Section title={words.experts.title} lead={words.experts.lead} wide>
          <Experts {...props} />
        </Section>
      )}
      {kinds.includes('forms') && (
        <Section title={w.forms}>
          <Forms {...props} />
        </Section>
      )}
      {kinds.includes('judgements') && stage.judgements !== null && (
        <Section title={w.judgements}>
          <p>{w.judgementsGiven(format.count(stage.judgements))}</p>
        </Section>
      )}
      {stage.report && stage.report.withheld.length > 0 && (
        <Section title={w.withheld}>
          <ul class="plainly">
            {stage.report.withheld.map((kind) => (
              <li key={kind}>{w.withheldKinds[kind]}</li>
            ))}
          </ul>
        </Section>
      )}
      {stage.report && stage.report.log.signatures.length > 0 && (
        <Section title={w.signatures}>
          <Signatures {...props} />
        </Section>
      )}
    </div>
  );
}

function Findings({ stage, nameOf }: StageProps) {
  const { words } = useConsole();
  const w = words.stage;
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
              {nameOf(one.consortium)}, {one.component}
            </span>
            <VerdictState of={one.verdict} />
          </div>
          <p>{one.text}</p>
          <p class="soft">
            {signedOf(one.signed)}: {one.by}
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
            { of: form.expert, note: form.form?.comment && form.form.comment },
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
