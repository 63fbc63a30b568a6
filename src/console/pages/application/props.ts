// What the parts of a step of an application get.

import type { ApplicationPage } from '../../types.ts';

export type StepOfPage = ApplicationPage['steps'][number];
export type Rules = NonNullable<StepOfPage['rules']>;

export interface StepProps {
  /** Of the application in the API. */
  path: string;
  step: StepOfPage;
  /** Whether the viewer can enter results. */
  office: boolean;
  /** Whether the viewer is an expert who gives points here. */
  mayRate: boolean;
  again: () => void;
}
