// Lodges a file by upload: a request, a seal with its genesis, or a statement about a model. The office's answer can be saved.

import { useState } from 'preact/hooks';
import { Form } from '../../parts/form.tsx';
import { Section } from '../../parts/page.tsx';
import { post } from '../../state/api.ts';
import { useConsole } from '../../state/context.ts';
import { useAction } from '../../state/data.ts';
import { hrefOf } from '../../state/receipt-files.ts';
import type { Answered } from '../../types.ts';

/** Bytes of a statement, and of a genesis, as the API takes them. */
const MAX_BYTES = { statement: 1 << 18, genesis: 1 << 20 };

/** Names of the answers in a run's folder. */
const ANSWER_NAMES: Record<Answered['kind'], string> = {
  request: 'lodging.json',
  seal: 'seal-lodging.json',
  head: 'lodging.json',
  'hand-over': 'hand-over.lodging.json',
  model: 'lodging.json',
};

export function Lodge({ base, onDone }: { base: string; onDone: () => void }) {
  const { words, me } = useConsole();
  const w = words.register;
  const [files, setFiles] = useState<{ statement?: File | undefined; genesis?: File | undefined }>({});
  const [answered, setAnswered] = useState<Answered>();
  const isTooLarge = (['statement', 'genesis'] as const).some((name) => (files[name]?.size ?? 0) > MAX_BYTES[name]);
  const action = useAction(async () => {
    setAnswered(undefined);
    if (!files.statement || isTooLarge) return;
    const statement = await files.statement.text();
    const genesis = files.genesis && { genesis: await files.genesis.text() };
    setAnswered(await post<Answered>(`${base}/lodgings`, { statement, ...genesis }));
    onDone();
  });
  const field = (name: 'statement' | 'genesis', label: string) => (
    <div class="field">
      <label for={`lodge-${name}`}>
        {label}
        {name === 'genesis' && <span class="soft"> ({words.common.optional})</span>}
      </label>
      <input
        id={`lodge-${name}`}
        type="file"
        accept=".json,application/json"
        required={name === 'statement'}
        aria-describedby={name === 'genesis' ? 'lodge-genesis-hint' : undefined}
        onChange={(event) => {
          setFiles({ ...files, [name]: event.currentTarget.files?.[0] });
          setAnswered(undefined);
        }}
      />
      {name === 'genesis' && (
        <p class="hint" id="lodge-genesis-hint">
          {w.genesisHint}
        </p>
      )}
    </div>
  );
  return (
    <Section title={w.lodge} lead={me.viewer.role === 'office' ? w.lodgeOffice : w.lodgeTeam}>
      <Form action={action} label={w.send}>
        {field('statement', w.statement)}
        {field('genesis', w.genesis)}
        {isTooLarge && <p class="notice bad">{w.tooLarge}</p>}
      </Form>
      <div role="status">{answered && <Answer of={answered} />}</div>
    </Section>
  );
}

function Answer({ of: { kind, lodging, fresh, entry, answer } }: { of: Answered }) {
  const { words, format } = useConsole();
  const w = words.register;
  const text =
    entry === null ? w.lodgedOld : fresh ? w.lodged(format.count(entry)) : w.lodgedBefore(format.count(entry));
  return (
    <div class="notice good">
      <p>{text}</p>
      {answer !== null && answer > 1 && <p class="warn-text">{words.lodgings.repeated}</p>}
      <a class="button" href={hrefOf(lodging)} download={ANSWER_NAMES[kind]}>
        {w.save}
      </a>
    </div>
  );
}
