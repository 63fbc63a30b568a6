// A key that is made once for all tests: what it signed for one can be copied for others.

import { setEnvironment } from '../../base/testing/environment.ts';
import { copyKeptNow } from '../../base/testing/kept.ts';
import { loadSigner, newKey, type Signer } from '../index.ts';

/**
 * The key of this name, put into the folder `config` as a user's configuration folder has it.
 * @param place where it is kept: where that is which it signed, so that both go together
 */
export function keptSigner(place: string | undefined, name: string, config: string): Signer {
  const withConfig = <T>(folder: string, work: () => T): T => {
    const restore = setEnvironment({ XDG_CONFIG_HOME: folder });
    try {
      return work();
    } finally {
      restore();
    }
  };
  copyKeptNow(place, `key-${name}`, config, (made) => withConfig(made, () => newKey(name)));
  return withConfig(config, () => loadSigner(name));
}
