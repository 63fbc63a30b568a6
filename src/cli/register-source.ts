// `--register FILE or URL`: reads an office's register from where the auditor says, never from the run.

import type { GivenRegister } from '../audit/index.ts';
import { MAX_REGISTER_BYTES, readRegisterText } from '../ledger/index.ts';
import { isUrl, programmeIn, registerUrl, safeUrl } from './office-address.ts';
import { requestText } from './office-request.ts';

/** @throws JikjiError `register-missing`, `register-broken`, `office-...` */
export async function registerFrom(source: string, head: string | undefined): Promise<GivenRegister> {
  if (!isUrl(source)) return { text: readRegisterText(source), where: source, head };
  const url = safeUrl(source, '--register');
  const programme = programmeIn(url);
  const address = programme ? registerUrl(programme) : url.href;
  return { text: await requestText({ url: address, maxBytes: MAX_REGISTER_BYTES }), where: address, head };
}
