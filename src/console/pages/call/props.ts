// What the parts of a call's page get.

import type { CallPage } from '../../types.ts';

export interface CallProps {
  programme: string;
  /** Of the programme in the API. */
  base: string;
  call: CallPage;
  /** Whether the viewer can change something here. */
  office: boolean;
  again: () => void;
}
