// The child process that runs a model's chat template: it renders one conversation after another for its parent.

import { Template } from '@huggingface/jinja';

export interface Rendering {
  template: string;
  /** The variables of the template. */
  variables: Record<string, unknown>;
}

export type Rendered = { text: string } | { error: string };

/** The longest conversation, in UTF-16 code units. */
const MAX_LENGTH = 1 << 22;

function render({ template, variables }: Rendering): Rendered {
  try {
    const text = String(new Template(template).render(variables));
    return text.length <= MAX_LENGTH ? { text } : { error: `gives a text of ${text.length} characters` };
  } catch (error) {
    return { error: String((error as Error)?.message ?? error).slice(0, 300) };
  }
}

process.on('message', (rendering: Rendering) => process.send!(render(rendering)));
process.once('disconnect', () => process.exit());
