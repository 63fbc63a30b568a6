// The text of a model's answer: plain; or token by token, each shaded by its probability, with the tokens that could have come in its
// place. Texts of models are shown as text, never as HTML.

import { useRef, useState } from 'preact/hooks';
import { useConsole } from '../state/context.ts';
import {
  hex,
  type Likely,
  type Piece,
  type ShownToken,
  shownText,
  shownTokens,
  type Token,
  visible,
} from '../state/model-answer.ts';
import { langOf } from './written.tsx';

/** Lower ends of the shades, the lightest first. */
const SHADES = [0.8, 0.5, 0.2, 0.05];
const shadeOf = (probability: number): number => {
  const shade = SHADES.findIndex((least) => probability >= least);
  return shade < 0 ? SHADES.length : shade;
};

const Bytes = ({ of }: { of: number[] }) => <code class="bytes">{hex(of)}</code>;

/** The language of an answer with what it continues. */
const languageOf = (before = '', pieces: Piece[]) => langOf(before + pieces.map(({ text }) => text).join(''));

interface TextProps {
  /** What stands before the answer: the text that it continues. */
  before: string | undefined;
  pieces: Piece[];
  busy: boolean;
}

export function PlainText({ before, pieces, busy }: TextProps) {
  const parts: (string | ShownToken[])[] = [];
  for (const piece of pieces) {
    const shown = shownText(piece);
    // Texts that follow each other are one: nothing else may stand between letters that join.
    if (typeof shown === 'string' && typeof parts.at(-1) === 'string') parts.push(`${parts.pop()}${shown}`);
    else parts.push(shown);
  }
  return (
    <p class="written" lang={languageOf(before, pieces)} aria-busy={busy}>
      {before && <span class="soft">{before}</span>}
      {parts.map((part) =>
        typeof part === 'string' ? part : part.map(({ text, bytes }) => (bytes ? <Bytes of={bytes} /> : text)),
      )}
    </p>
  );
}

/** Left and right go from token to token; Home and End to the first and the last one. */
function movedBy(key: string, at: number, count: number): number | undefined {
  const places: Record<string, number> = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: count - 1 };
  const place = places[key];
  return place === undefined ? undefined : Math.min(count - 1, Math.max(0, place));
}

export function TokenText({ before, pieces, busy }: TextProps) {
  const { words, format } = useConsole();
  const w = words.playground;
  const [at, setAt] = useState<number>();
  const list = useRef<HTMLDivElement>(null);
  const tokens = pieces.flatMap(shownTokens);
  const chosen = at === undefined ? undefined : tokens[at];
  const go = (event: KeyboardEvent): void => {
    const next = movedBy(event.key, at ?? 0, tokens.length);
    if (next === undefined) return;
    event.preventDefault();
    list.current?.querySelectorAll<HTMLElement>('.token')[next]?.focus();
  };
  return (
    <div class="reply-text">
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset is for fields */}
      <div class="written" ref={list} role="group" aria-label={w.tokensLabel} aria-busy={busy}>
        <span lang={languageOf(before, pieces)}>
          {before && <span class="soft">{before}</span>}
          {tokens.map(({ token, text, bytes }, i) => (
            // biome-ignore lint/a11y/useSemanticElements: a button element would not break its text over lines
            <span
              key={i}
              class={`token shade-${shadeOf(token.probability)}`}
              role="button"
              tabIndex={i === (at ?? 0) ? 0 : -1}
              aria-pressed={i === at}
              aria-label={w.tokenLabel(bytes ? hex(bytes) : visible(text), format.share(token.probability))}
              onFocus={() => setAt(i)}
              onPointerEnter={() => setAt(i)}
              onClick={() => setAt(i)}
              onKeyDown={go}
            >
              {bytes ? <Bytes of={bytes} /> : text}
            </span>
          ))}
        </span>
      </div>
      <div class="alternatives">{chosen ? <Alternatives of={chosen.token} /> : <p class="soft">{w.pointAt}</p>}</div>
    </div>
  );
}

const same = (a: Likely, b: Likely): boolean => a.text === b.text && String(a.bytes) === String(b.bytes);

/** The likeliest tokens in the place of one; that one among them. */
function Alternatives({ of }: { of: Token }) {
  const { words, format } = useConsole();
  const w = words.playground;
  const listed = of.alternatives.some((one) => same(one, of)) ? of.alternatives : [...of.alternatives, of];
  return (
    <table>
      <caption>{w.alternatives}</caption>
      <tbody>
        {listed.map((one, i) => (
          <tr key={i} class={same(one, of) ? 'here' : ''}>
            <th scope="row">
              {one.bytes ? <Bytes of={one.bytes} /> : <code>{visible(one.text)}</code>}
              {same(one, of) && <span class="hidden"> ({w.chosen})</span>}
            </th>
            <td>
              <progress max={1} value={one.probability} aria-hidden="true" />
            </td>
            <td class="right">{format.share(one.probability)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
