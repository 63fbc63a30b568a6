// The list of keys that work on every page, and the switch for single letters. Loaded when it is first opened.

import { useConsole } from '../state/context.ts';
import { COMMAND, GOES } from '../state/keys.ts';
import { Dialog } from './dialog.tsx';
import { Row, Table } from './elements.tsx';
import { LetterKeys } from './letter-keys.tsx';

export default function KeysDialog({ onClose }: { onClose: () => void }) {
  const { words, me } = useConsole();
  const w = words.keys;
  const office = me.viewer.role === 'office';
  const goes = Object.entries(GOES).filter(([, goal]) => office || (goal !== 'runs' && goal !== 'people'));
  return (
    <Dialog title={w.title} onClose={onClose}>
      <div class="stacked">
        <p class="lead">{w.lead}</p>
        <Table caption={w.caption} head={[w.key, w.does]}>
          <Row
            cells={[
              <>
                <kbd>{COMMAND === 'metaKey' ? '⌘' : 'Ctrl'}</kbd> <kbd>K</kbd>, <kbd>/</kbd>
              </>,
              w.search,
            ]}
          />
          {goes.map(([letter, goal]) => (
            <Row
              key={letter}
              cells={[
                <>
                  <kbd>g</kbd> <span class="soft">{w.after}</span> <kbd>{letter}</kbd>
                </>,
                w.goes[goal],
              ]}
            />
          ))}
          <Row cells={[<kbd>?</kbd>, w.list]} />
        </Table>
        <LetterKeys />
      </div>
    </Dialog>
  );
}
