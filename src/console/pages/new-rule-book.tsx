// A rule book in the making: a form and its text, each following the other; then a rehearsal, then the registration.

import { Page } from '../parts/page.tsx';
import { useConsole } from '../state/context.ts';
import { pathOf } from '../state/router.ts';
import { Begin } from './new-rule-book/begin.tsx';
import { Blocks } from './new-rule-book/blocks.tsx';
import { Limits, Others } from './new-rule-book/bounds.tsx';
import { DraftContext, useNewDraft } from './new-rule-book/draft.ts';
import { Register } from './new-rule-book/register.tsx';
import { Rehearse } from './new-rule-book/rehearse.tsx';
import { SelfReliance } from './new-rule-book/self-reliance.tsx';
import { SumOfBlocks } from './new-rule-book/sums.tsx';
import { About, Eligibility, Originality, Publication, Ranking } from './new-rule-book/terms.tsx';
import { TextPane } from './new-rule-book/text-pane.tsx';

export default function NewRuleBook({ programme }: Record<string, string>) {
  const { words, format, me } = useConsole();
  const w = words.newBook;
  const draft = useNewDraft(programme);
  const over = <a href={pathOf('ruleBooks', { programme })}>{words.nav.ruleBooks}</a>;
  if (me.viewer.role !== 'office') return <Page title={w.title} over={over} lead={w.onlyOffice} />;
  const mode = me.programmes.find(({ id }) => id === programme)?.mode;
  if (mode === 'record') return <Page title={w.title} over={over} lead={w.isRecord} />;
  const isBroken = draft.brokenAt !== undefined;
  return (
    <DraftContext.Provider value={draft}>
      <Page title={w.title} over={over} lead={w.lead}>
        <Begin programme={programme} />
        {draft.text.trim() !== '' && (
          <>
            <div class="book-editor">
              <div class="grid-of-one">
                {isBroken && (
                  <p class="notice warn" role="status">
                    {w.broken(format.count(draft.brokenAt!))}
                  </p>
                )}
                <div class="sum-bar">
                  <SumOfBlocks />
                </div>
                <fieldset class="book-form" disabled={isBroken} aria-label={w.form}>
                  <About />
                  <Eligibility />
                  <Originality />
                  <Blocks />
                  <Ranking />
                  <Publication />
                  <SelfReliance />
                  <Limits />
                  <Others />
                </fieldset>
              </div>
              <div class="book-text">
                <TextPane />
              </div>
            </div>
            <Rehearse programme={programme} />
          </>
        )}
        <Register programme={programme} />
      </Page>
    </DraftContext.Provider>
  );
}
