// The formula of the index, and its origin.

import { Section } from '../../parts/page.tsx';
import { useConsole } from '../../state/context.ts';

export function Formula({ home }: { home: string[] }) {
  const { words, format } = useConsole();
  const w = words.reliance;
  return (
    <Section title={w.formula} lead={w.formulaLead}>
      <ol class="steps">
        {Object.entries(w.formulaSteps).map(([step, text]) => (
          <li key={step}>
            {text}
            {step === 'place' && (
              <small>
                {words.places.home}: {format.list(home.map((code) => format.country(code)))}
              </small>
            )}
          </li>
        ))}
      </ol>
    </Section>
  );
}
