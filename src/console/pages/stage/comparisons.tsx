// Whose weights were compared with whose, and the findings that follow: proposals, which the panel signs or rejects.

import { wordFor } from '../../../page-kit/index.ts';
import { DialogButton } from '../../parts/dialog.tsx';
import { Row, State, Table, VerdictState } from '../../parts/elements.tsx';
import { Choice, Form, TextArea, TextField } from '../../parts/form.tsx';
import { Empty } from '../../parts/page.tsx';
import { Written } from '../../parts/written.tsx';
import { post } from '../../state/api.ts';
import { useConsole } from '../../state/context.ts';
import { useAction } from '../../state/data.ts';
import { useKeptFields } from '../../state/kept-fields.ts';
import type { StagePage } from '../../types.ts';
import { VERDICTS } from './finding-form.tsx';
import type { StageProps } from './props.ts';

type Comparison = NonNullable<StagePage['comparisons']>[number];
type Proposal = StagePage['proposals'][number];

export function Comparisons(props: StageProps) {
  const { words, format } = useConsole();
  const w = words.comparisons;
  const { proposals, comparisons } = props.stage;
  if (!comparisons || comparisons.length === 0) return <Empty text={w.none} />;
  return (
    <>
      {proposals.length > 0 && (
        <ul class="rules">
          {proposals.map((proposal) => (
            <ProposalItem key={proposal.id} {...props} proposal={proposal} />
          ))}
        </ul>
      )}
      <Table caption={w.caption} head={[w.submission, w.with, w.found, words.log.entry]}>
        {comparisons.map((one) => (
          <Row
            key={`${one.submission} ${one.with.id}`}
            cells={[
              { of: props.nameOf(one.consortium), note: one.submission },
              one.with.consortium === null
                ? { of: <Written text={one.with.id} />, note: w.reference }
                : { of: props.nameOf(one.with.consortium), note: one.with.id },
              <Found of={one} />,
              one.seq === null ? '–' : format.count(one.seq),
            ]}
          />
        ))}
      </Table>
    </>
  );
}

function Found({ of: { parts, problem, reasonInEnglish, tokenizer } }: { of: Comparison }) {
  const { format } = useConsole();
  if (!parts)
    return (
      <span class="soft">
        {problem?.[format.lang]}
        {format.lang === 'ko' && reasonInEnglish !== undefined && (
          <>
            : <span lang="en">{reasonInEnglish}</span>
          </>
        )}
      </span>
    );
  return (
    <ul class="plainly">
      {parts.map(({ name, word, seen, verdict }, i) => (
        <li key={i}>
          {name[format.lang]}: <State of={verdict} text={word[format.lang]} />{' '}
          {seen[format.lang] && <small class="soft">{seen[format.lang]}</small>}
        </li>
      ))}
      {tokenizer && (
        <li>
          <small class="soft">{tokenizer[format.lang]}</small>
        </li>
      )}
    </ul>
  );
}

function ProposalItem({ proposal, stage, path, nameOf, again }: StageProps & { proposal: Proposal }) {
  const { words, format } = useConsole();
  const w = words.comparisons;
  const { answer } = proposal;
  return (
    <li>
      <div class="line">
        <span>
          {nameOf(proposal.consortium)}, {wordFor(words.components, proposal.component)}
        </span>
        {answer ? (
          <State of={answer.kind === 'signed' ? 'done' : 'rejected'} text={w[answer.kind]} />
        ) : (
          <span class="soft">
            {w.proposed} <VerdictState of={proposal.verdict} />
          </span>
        )}
      </div>
      <p>{proposal.said[format.lang]}</p>
      {answer?.kind === 'rejected' && (
        <p class="soft">
          <Written text={`${answer.by}: ${answer.reason}`} />
        </p>
      )}
      {!answer && stage.mayDo.includes('finding') && (
        <div class="line">
          <DialogButton label={w.sign} onDone={again}>
            {(done) => <Sign path={path} proposal={proposal} done={done} />}
          </DialogButton>
          <DialogButton label={w.reject} onDone={again}>
            {(done) => <Reject path={path} proposal={proposal} done={done} />}
          </DialogButton>
        </div>
      )}
    </li>
  );
}

interface AnswerProps {
  path: string;
  proposal: Proposal;
  done: () => void;
}

function Sign({ path, proposal: { id, consortium, component, verdict, said }, done }: AnswerProps) {
  const { words, format } = useConsole();
  const w = words.finding;
  const { values, field, forget } = useKeptFields(`${path}/findings ${id}`, {
    verdict: verdict as (typeof VERDICTS)[number],
    text: said[format.lang],
    by: '',
  });
  const action = useAction(async () => {
    await post(`${path}/findings`, { ...values, consortium, component, proposal: id });
    forget();
    done();
  });
  return (
    <Form action={action} label={w.sign}>
      <Choice
        label={words.common.verdict}
        {...field('verdict')}
        options={VERDICTS.map((value) => ({ value, text: words.verdicts[value] }))}
      />
      <TextArea label={w.text} {...field('text')} />
      <TextField label={w.by} {...field('by')} />
    </Form>
  );
}

function Reject({ path, proposal, done }: AnswerProps) {
  const { words } = useConsole();
  const w = words.comparisons;
  const target = `${path}/proposals/${encodeURIComponent(proposal.id)}/reject`;
  const { values, field, forget } = useKeptFields(target, { reason: '', by: '' });
  const action = useAction(async () => {
    await post(target, values);
    forget();
    done();
  });
  return (
    <Form action={action} label={w.reject}>
      <TextArea label={w.reason} {...field('reason')} />
      <TextField label={words.finding.by} {...field('by')} />
    </Form>
  );
}
