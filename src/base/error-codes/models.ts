// Codes about model folders and files, of runs and of others: opening, sampling, talking, exporting.

export const MODELS = {
  'chat-template': "The model's chat template fails, takes too much time or memory, or changes what was said.",
  'config-broken':
    'A file that describes the model is damaged, lacks a value that is needed, or contradicts the tokenizer.',
  'config-unsupported': 'The model has an architecture or a setting that Jikji does not support.',
  'dtype-unsupported': 'A tensor has a type of number that is not read.',
  'gguf-broken': 'The file is not a whole GGUF file.',
  'gguf-unsupported':
    'The GGUF file is of a kind that is not read, or llama.cpp could not use the model that is exported.',
  'messages-order': 'The messages are not a talk in which user and assistant take turns.',
  'model-crashed': 'The process that speaks with the model ends unexpectedly.',
  'model-missing': 'There is no model here: the folder does not exist, or holds no finished model.',
  'model-not-there': 'The files of a submission are not unpacked yet, or are gone.',
  'model-too-big': 'The model takes more memory than one model may have.',
  'model-too-slow': 'The model does not finish its answer within the time limit.',
  'model-unfinished': 'The run has no checkpoint yet, so there are no weights to use.',
  'not-a-model': 'The folder is neither a run nor a Hugging Face model.',
  'not-tuned': 'The model is a base model without a chat template, and cannot talk.',
  'output-exists': 'Something exists already where an export should go.',
  'prompt-too-long': "The text has more tokens than the model's context leaves room for.",
  'safetensors-broken': 'The file is not a whole safetensors file.',
  'tensor-unknown': 'The model has no tensor of the name that is asked for.',
  'token-unknown': 'An id stands for no token of the tokenizer; or an API token does not exist.',
  'tokenizer-broken': 'The tokenizer file is damaged.',
  'tokenizer-missing': 'The model has no tokenizer file.',
  'tokenizer-unreadable': 'The system does not let the tokenizer file be read.',
  'tokenizer-unsupported': 'The tokenizer is of a kind that cannot be read, or cannot be written as GGUF.',
  'weights-broken': 'The weight files are damaged, or do not fit the model that config.json describes.',
  'weights-missing': 'The weight files lack a tensor that the model needs.',
  'weights-too-large': 'A weight is too large for the number type of the export.',
} as const;
