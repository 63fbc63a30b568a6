// Another catalogue: files picked or pasted, checked against the one in force, then registered. What is edited is checked again.

import { useState } from 'preact/hooks';
import { Form } from '../../parts/form.tsx';
import { LinedText } from '../../parts/lined-text.tsx';
import { Section } from '../../parts/page.tsx';
import { post } from '../../state/api.ts';
import {
  type CatalogueFile,
  catalogueFiles,
  EMPTY_FILES,
  isCard,
  isNamedIn,
  MAX_FILES,
} from '../../state/catalogue-files.ts';
import { useConsole } from '../../state/context.ts';
import { useAction } from '../../state/data.ts';
import { lineOf } from '../../state/line-of.ts';
import type { CheckedCatalogue } from '../../types.ts';
import { Checked } from './checked.tsx';

export function NextCatalogue({ base, onDone }: { base: string; onDone: () => void }) {
  const { words, format } = useConsole();
  const w = words.catalogue;
  const [files, setFiles] = useState(EMPTY_FILES);
  const [shipped, setShipped] = useState(true);
  const [checked, setChecked] = useState<CheckedCatalogue>();
  const [done, setDone] = useState(false);
  const isTooLarge = files.reduce((sum, { text }) => sum + text.length, 0) > MAX_FILES;
  const given = { texts: files, alone: !shipped };
  const change = (next: CatalogueFile[]) => {
    setFiles(next);
    setChecked(undefined);
    setDone(false);
  };
  const check = useAction(async () => {
    setChecked(undefined);
    setDone(false);
    setChecked(await post(`${base}/catalogue/check`, given));
  });
  const finish = () => {
    change(EMPTY_FILES);
    setDone(true);
    onDone();
  };
  const line = check.failure && lineOf(check.failure);
  return (
    <>
      <Section title={w.next} lead={w.nextLead}>
        <Form action={check} label={w.check}>
          <div class="field">
            <label for="catalogue-files">{w.pick}</label>
            <input
              id="catalogue-files"
              type="file"
              multiple
              accept=".yaml,.yml,.json,text/yaml,application/json"
              onChange={async (event) => {
                const picked = [...(event.currentTarget.files ?? [])];
                // What is far too large is not even read.
                const read = picked.map(async (file) => ({
                  file: file.name.slice(0, 100),
                  text: file.size > MAX_FILES ? ' '.repeat(MAX_FILES + 1) : await file.text(),
                }));
                change(catalogueFiles(await Promise.all(read)));
              }}
            />
          </div>
          {isTooLarge && <p class="notice bad">{w.tooLarge(format.bytes(MAX_FILES))}</p>}
          {!isTooLarge &&
            files
              .filter((one) => !isCard(one))
              .map((one) => (
                <LinedText
                  key={one.file}
                  label={w.text(one.file)}
                  value={one.text}
                  onValue={(text) => change(files.map((other) => (other === one ? { ...one, text } : other)))}
                  line={check.failure && isNamedIn(one, check.failure) ? line : undefined}
                />
              ))}
          {files.some(isCard) && (
            <p class="soft">
              {w.cards}: {format.list(files.filter(isCard).map(({ file }) => file))}
            </p>
          )}
          <label class="check">
            <input
              type="checkbox"
              checked={shipped}
              onChange={(event) => {
                setShipped(event.currentTarget.checked);
                setChecked(undefined);
              }}
            />
            {w.withShipped}
          </label>
        </Form>
        <div role="status">{done && <p class="notice good">{w.done}</p>}</div>
      </Section>
      {checked && <Checked found={checked} files={files} given={given} base={base} onFiles={change} onDone={finish} />}
    </>
  );
}
