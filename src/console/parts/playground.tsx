// The playground of one model, or of two side by side: a text that they continue, or a chat. Drafts and answers outlive a reload of the tab.

import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { useConsole } from '../state/context.ts';
import { takeText } from '../state/handed-text.ts';
import { chatOf, completionOf, DEFAULT_SETTINGS, type Message, type Settings } from '../state/model-request.ts';
import { keep, kept } from '../state/session.ts';
import { hasAnswers, type PlaygroundModel, type Turn, textOf, turnsName, useTurns } from '../state/turns.ts';
import type { Words } from '../words/words.ts';
import { AnswerView } from './answer.tsx';
import { SamplingFields } from './sampling-fields.tsx';
import { langOf } from './written.tsx';

type Mode = 'chat' | 'continue';

interface Draft {
  mode: Mode;
  /** The text to continue, and the message that is written. */
  texts: Record<Mode, string>;
  settings: Settings;
  withTokens: boolean;
}

/** A draft as it was kept; what it lacks is as at first. */
function keptDraft(name: string, example: string): Draft {
  const { mode, texts, settings, withTokens } = (kept(name) ?? {}) as Partial<Draft>;
  return {
    mode: mode === 'continue' ? 'continue' : 'chat',
    texts: { chat: '', continue: example, ...texts },
    settings: { ...DEFAULT_SETTINGS, ...settings },
    withTokens: withTokens === true,
  };
}

/** The draft with a text in its field. */
function withText(draft: Draft, text: string | undefined, canChat: boolean): Draft {
  if (text === undefined) return draft;
  const mode = canChat ? 'chat' : 'continue';
  return { ...draft, mode, texts: { ...draft.texts, [mode]: text } };
}

/** What model `i` has heard and said, and a new message. */
const conversation = (turns: Turn[], i: number, message: string): Message[] => [
  ...turns.flatMap((turn): Message[] => [
    { role: 'user', content: turn.said },
    { role: 'assistant', content: textOf(turn.answers[i]!) },
  ]),
  { role: 'user', content: message },
];

/** What a screen reader is told at the end of a turn. */
function outcomeOf(turn: Turn, w: Words['playground']): string {
  if (!hasAnswers(turn)) return w.failed;
  return turn.answers.some(({ ended }) => ended === 'stopped') ? w.ended.stopped : w.written;
}

interface PlaygroundOptions {
  models: PlaygroundModel[];
  /** Whether the cursor goes into the text field. */
  focus?: boolean;
  /** Whether a model is still to come: what is sent meanwhile is asked when it is there. */
  waits?: boolean;
}

export function Playground({ models, focus = false, waits = false }: PlaygroundOptions) {
  const { words, me } = useConsole();
  const w = words.playground;
  const drafts = `playground ${me.viewer.user} ${models[0]!.path}`;
  const canChat = models.every(({ tuned }) => tuned);
  /** A text that another page sent here: it is asked at once. */
  const [handed] = useState(() => takeText(models[0]!.path));
  const [draft, setDraft] = useState(() => withText(keptDraft(drafts, w.example), handed, canChat));
  const change = (part: Partial<Draft>): void =>
    setDraft((before) => {
      const next = { ...before, ...part };
      keep(drafts, next); // at once: closing the tab loses nothing
      return next;
    });
  const mode: Mode = canChat ? draft.mode : 'continue';
  const { turns, busy, stop, ask, clear, save } = useTurns(
    models,
    turnsName(
      me.viewer.user,
      models.map(({ path }) => path),
      mode,
    ),
  );
  const text = draft.texts[mode];
  const setText = (value: string) => change({ texts: { ...draft.texts, [mode]: value } });

  const generate = async (said: string, settings: Settings, before: Turn[]): Promise<void> => {
    const requests = models.map((_, i) =>
      mode === 'chat' ? chatOf(conversation(before, i, said), settings) : completionOf(said, settings),
    );
    await ask({ before, said, requests });
  };
  /** Whether something was sent before all models were there. */
  const wanted = useRef(false);
  const send = (): void => {
    if (busy || (mode === 'chat' && text.trim() === '')) return;
    wanted.current = waits;
    if (waits) return;
    if (mode === 'chat') setText('');
    void generate(text, draft.settings, mode === 'chat' ? turns.filter(hasAnswers) : []);
  };
  useEffect(() => {
    if (!waits && wanted.current) send();
  }, [waits]);
  useEffect(() => {
    if (handed === undefined) return;
    change({});
    send();
  }, []);
  const last = turns.at(-1);
  const regenerate = (): void => {
    if (!last || waits) return;
    const seed = Number(last.answers[0]!.request.body.seed ?? 0) + 1;
    const settings = { ...draft.settings, seed: String(seed) };
    change({ settings });
    void generate(last.said, settings, turns.slice(0, -1));
  };
  // A message that failed stays in its field.
  const failed = last && !busy && !hasAnswers(last) ? last.said : '';
  useEffect(() => {
    if (failed !== '' && mode === 'chat' && text === '') setText(failed);
  }, [failed]);

  const composer = (
    <Composer mode={mode} text={text} onText={setText} onSend={send} onStop={stop} busy={busy} focus={focus}>
      {last && !busy && (
        <button type="button" onClick={regenerate}>
          {w.regenerate}
        </button>
      )}
      {mode === 'chat' && last && !busy && (
        <button type="button" onClick={clear}>
          {w.anew}
        </button>
      )}
      <label class="check">
        <input
          type="checkbox"
          checked={draft.withTokens}
          onChange={(event) => change({ withTokens: event.currentTarget.checked })}
        />
        {w.probabilities}
      </label>
    </Composer>
  );
  const log = <Turns turns={turns} models={models} mode={mode} withTokens={draft.withTokens} onChange={save} />;
  return (
    <div class="playground stacked">
      {canChat && <Modes mode={mode} onMode={(next) => change({ mode: next })} busy={busy} />}
      {mode === 'chat' && log}
      {composer}
      <SamplingFields values={draft.settings} onChange={(settings) => change({ settings })} />
      {mode === 'continue' && log}
      {/* Not every token: that it writes, and that it has ended. */}
      <p class="hidden" role="status">
        {busy ? w.writing : last && outcomeOf(last, w)}
      </p>
    </div>
  );
}

function Turns({
  turns,
  models,
  mode,
  withTokens,
  onChange,
}: Pick<Draft, 'mode' | 'withTokens'> & { turns: Turn[]; models: PlaygroundModel[]; onChange: () => void }) {
  const w = useConsole().words.playground;
  return (
    <ol class="turns">
      {turns.map((turn, i) => (
        <li key={i}>
          {mode === 'chat' && (
            <div class="mine">
              <span class="who">{w.you}</span>
              <p class="written" lang={langOf(turn.said)}>
                {turn.said}
              </p>
            </div>
          )}
          <div class="side-by-side">
            {turn.answers.map((answer, k) => (
              <AnswerView
                key={k}
                of={answer}
                model={models[k]!}
                named={mode === 'chat' || models.length > 1}
                withTokens={withTokens}
                onChange={onChange}
                {...(mode === 'continue' && { before: turn.said })}
              />
            ))}
          </div>
        </li>
      ))}
    </ol>
  );
}

function Modes({ mode, onMode, busy }: { mode: Mode; onMode: (mode: Mode) => void; busy: boolean }) {
  const w = useConsole().words.playground;
  return (
    <fieldset class="choice" aria-label={w.mode}>
      {(['chat', 'continue'] as const).map((one) => (
        <button key={one} type="button" aria-pressed={mode === one} disabled={busy} onClick={() => onMode(one)}>
          {w.modes[one]}
        </button>
      ))}
    </fieldset>
  );
}

/** The text field with its buttons. Enter sends; with Shift, or while a syllable is composed, it does not. */
function Composer({
  mode,
  text,
  onText,
  onSend,
  onStop,
  busy,
  focus,
  children,
}: {
  mode: Mode;
  text: string;
  onText: (text: string) => void;
  onSend: () => void;
  onStop: () => void;
  busy: boolean;
  focus: boolean;
  /** Beside the button. */
  children: ComponentChildren;
}) {
  const { words } = useConsole();
  const w = words.playground;
  const id = useId();
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    const { current } = field;
    if (!focus || !current) return;
    current.focus();
    current.setSelectionRange(current.value.length, current.value.length);
  }, [focus, mode]);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Escape' && busy) onStop();
    // Safari ends the composition before it tells of the key, whose code is 229 then.
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    if (!event.repeat) onSend();
  };
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        onSend();
      }}
    >
      <div class="field">
        <label for={id}>{mode === 'chat' ? w.message : w.text}</label>
        <textarea
          id={id}
          ref={field}
          rows={mode === 'chat' ? 2 : 3}
          value={text}
          spellcheck={false}
          enterkeyhint="send"
          aria-describedby={`${id}-hint`}
          onInput={(event) => onText(event.currentTarget.value)}
          onKeyDown={onKeyDown}
        />
        <p class="hint" id={`${id}-hint`}>
          {w.keys}
        </p>
      </div>
      <div class="buttons">
        {/* Not `disabled` while busy: that would lose the focus. */}
        <button type="submit" class="primary" aria-disabled={busy}>
          {busy ? words.common.working : mode === 'chat' ? w.send : w.go}
        </button>
        {busy && (
          <button
            type="button"
            onClick={() => {
              onStop();
              field.current?.focus(); // the button goes
            }}
          >
            {w.stop}
          </button>
        )}
        {children}
      </div>
    </form>
  );
}
