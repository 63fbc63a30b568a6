// The chat template of runs that name no other one. Its bits belong to what a run was trained on.

/** The beginning of a text, then each message between the token of its role and the one that ends a turn. */
export const DEFAULT_TEMPLATE =
  "{{- bos_token -}}{%- for message in messages -%}{{- '<|' + message['role'] + '|>' + message['content'] | trim + '<|end|>' -}}{%- endfor -%}{%- if add_generation_prompt -%}{{- '<|assistant|>' -}}{%- endif -%}\n";
