// What a checked catalogue would change, what stands against it, and the one confirmation that registers it.

import { Form } from '../../parts/form.tsx';
import { Section } from '../../parts/page.tsx';
import { post } from '../../state/api.ts';
import { type CatalogueFile, isCard, withVersion } from '../../state/catalogue-files.ts';
import { useConsole } from '../../state/context.ts';
import { useAction } from '../../state/data.ts';
import type { CheckedCatalogue } from '../../types.ts';
import { Differences } from './differences.tsx';

interface CheckedOptions {
  found: CheckedCatalogue;
  files: CatalogueFile[];
  /** The request that was checked. */
  given: object;
  base: string;
  onFiles: (files: CatalogueFile[]) => void;
  onDone: () => void;
}

export function Checked({ found, files, given, base, onFiles, onDone }: CheckedOptions) {
  const { words, format } = useConsole();
  const w = words.catalogue;
  const { before, known, strangers, stale, lost, added, removed, changed, differences } = found;
  const register = useAction(async () => {
    await post(`${base}/catalogue`, { ...given, against: before });
    onDone();
  });
  const count = added + removed + changed;
  const isFit = !known && stale.length === 0;
  return (
    <Section
      title={w.differences}
      lead={`${w.counts(format.count(added), format.count(removed), format.count(changed))}. ${w.size(
        format.count(found.components),
        format.count(found.uses),
      )}.`}
    >
      <div class="stacked">
        {before === null && <p>{w.differencesFirst}</p>}
        {known && <p class="notice bad">{w.known}</p>}
        {stale.map((one) => (
          <Stale key={one.id} of={one} files={files} onFiles={onFiles} />
        ))}
        {strangers.length > 0 && <p class="notice warn">{w.strangers(format.list(strangers))}</p>}
        {lost.map(({ cluster, allotments }) => (
          <p key={cluster} class="notice warn">
            {w.lost(cluster, format.list(allotments))}
          </p>
        ))}
        {count === 0 ? <p>{w.same}</p> : <Differences of={differences} />}
        {count > differences.length && <p class="soft">{w.notListed(format.count(count - differences.length))}</p>}
        {differences.some(({ fields }) => fields.some(({ field }) => field.startsWith('reached.'))) && (
          <p class="soft">{w.reachedNote}</p>
        )}
        {isFit && <Form action={register} label={w.register} />}
      </div>
    </Section>
  );
}

/** A file that needs a higher version: proposes it, and writes it where the text has one. */
function Stale({
  of: { id, version, needed },
  files,
  onFiles,
}: Pick<CheckedOptions, 'files' | 'onFiles'> & { of: CheckedCatalogue['stale'][number] }) {
  const { words, format } = useConsole();
  const w = words.catalogue;
  const head = new RegExp(`^id:[ \\t]*["']?${id}["']?[ \\t]*(#.*)?$`, 'm');
  const file = files.find((one) => !isCard(one) && head.test(one.text));
  const text = file && withVersion(file.text, needed);
  return (
    <div class="notice bad">
      <p>{w.stale(id, format.count(version), format.count(needed))}</p>
      {text === undefined ? (
        <p>{w.raiseByHand}</p>
      ) : (
        <button type="button" onClick={() => onFiles(files.map((one) => (one === file ? { ...one, text } : one)))}>
          {w.raise(format.count(needed))}
        </button>
      )}
    </div>
  );
}
