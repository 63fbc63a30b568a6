// Codes about tasks, their data, and scoring a model on them.

export const EVALUATION = {
  'metric-missing': 'The task does not give the metric that the rule book asks for.',
  'task-data': 'The data of a task is damaged, too large, empty, or has the wrong form.',
  'task-data-missing': 'The data of a task does not exist where it is expected.',
  'task-differs': 'The task, its data or the model is not the requested or submitted one.',
  'task-duplicate-key': 'The task gives the same key twice.',
  'task-missing-key': 'The task lacks a key that its kind needs.',
  'task-not-found': 'There is no task of this name.',
  'task-range': 'A value of the task is not one of those that its key allows, or its kind has no such key.',
  'task-schema': 'The JSON schema of the task cannot be used.',
  'task-template': 'A template of the task fails, does not end, or gives a result that cannot be scored.',
  'task-too-long': "An item of the task does not fit into the model's context, or its answer has no token of its own.",
  'task-unknown-key': 'The task has a key that does not exist there.',
  'task-yaml': 'The task is not plain YAML in UTF-8, or is too large for a task.',
} as const;
