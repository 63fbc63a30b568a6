// Codes about model folders and files, of runs and of others: opening, sampling, talking, exporting.

export const MODELS = {
  'chat-template':
    'The chat template of a model or a recipe cannot be read, fails, takes too much time or memory, or changes the text of the messages.',
  'config-broken':
    'A file that describes the model is damaged, lacks a value that is needed, or contradicts the tokenizer.',
  'config-unsupported': 'The model has an architecture or a setting that Jikji does not support.',
  'dtype-unsupported': 'A tensor has a data type that is not supported.',
  'gguf-broken': 'The file is not a complete, valid GGUF file.',
  'gguf-unsupported':
    'The GGUF file is of a kind that is not supported, or llama.cpp could not use the exported model.',
  'model-crashed': 'The process that runs the model ends unexpectedly.',
  'model-missing': 'There is no model here: the folder does not exist, or holds no finished model.',
  'model-not-there': 'The files of a submission are not unpacked yet, or are gone.',
  'model-too-big': 'The model takes more memory than there is for it, alone or beside another model.',
  'model-too-slow': 'The model does not finish its answer within the time limit.',
  'model-unfinished': 'The run has no checkpoint yet, so there are no weights to use.',
  'model-unknown': 'The server has no model of this name.',
  'not-a-model': 'The folder is neither a run nor a Hugging Face model.',
  'not-tuned': 'The model is a base model without a chat template, and cannot chat.',
  'output-exists': 'The output path of an export exists already.',
  'prompt-too-long': "The text has more tokens than the model's context leaves room for, or more bytes than are taken.",
  'safetensors-broken': 'The file is not a complete, valid safetensors file.',
  'schema-unsupported': 'The JSON schema has a keyword or a form that is not supported.',
  'sketch-broken': 'The file is not a complete, valid sketch of a model.',
  'sketches-differ': 'Two sketches were drawn by different keys, and cannot be compared.',
  'tensor-unknown': 'The model has no tensor of the requested name.',
  'token-unknown': 'The tokenizer has no token of this id; or an API token does not exist.',
  'tokenizer-broken': 'The tokenizer file is damaged.',
  'tokenizer-missing': 'The model has no tokenizer file.',
  'tokenizer-unfit': 'A run cannot take over this tokenizer: the message says why.',
  'tokenizer-unreadable': 'The system does not permit reading the tokenizer file.',
  'tokenizer-unsupported': 'The tokenizer is of a kind that cannot be read, or cannot be written as GGUF.',
  'tools-unsupported':
    "The model's chat template takes no tools, or has calls of them in a form that is not supported.",
  'weights-broken': 'The weight files are damaged, or do not match the model that config.json describes.',
  'weights-missing': 'The weight files lack a tensor that the model needs.',
  'weights-too-large': 'A weight is too large for the number type of the export.',
} as const;
