// Codes about making and resuming a run, and about its folder.

export const RUNS = {
  'checkpoint-broken': 'A checkpoint is damaged, or is not the state that the transcript names.',
  'checkpoint-version': 'Another version of Jikji wrote the checkpoint, in a format that this one does not read.',
  'commitment-differs':
    'The run was begun with another recipe, corpus or tokenizer, other tokens, or another version of the arithmetic.',
  'folder-holds-another-run': 'The folder holds a run of another recipe.',
  'folder-holds-run': 'The folder already holds this run, and `--resume` is not given.',
  'folder-not-empty': 'The folder holds files that do not belong to a run.',
  'not-a-folder': "A file stands where the run's folder should be.",
  'not-a-run': 'The folder is not a run, or lacks the files that are needed from a run.',
  'not-finite': 'Training diverges, or the result of an evaluation is not a finite number.',
  'run-broken': 'The folder has checkpoints, but not the genesis of the run.',
  'run-changed': 'The run changes while it is audited.',
  'run-damaged': 'A file of the run cannot be read, or is damaged.',
  'run-empty': 'The run has not done a step yet, so there are no curves to write.',
  'run-gone': 'The folder of a run on the list no longer exists.',
  'run-missing': 'No run or bundle exists at this path.',
  'run-running': 'The run is still being made.',
  'run-taken': 'Another process has taken over the run, because this process was silent for too long.',
  'run-unfinished': 'The run is not finished, so it lacks what the command needs.',
  'run-unknown': 'This machine has no run of this name on its list.',
  'state-differs': 'The initial weights are not those to which the run committed.',
  'transcript-broken': 'The transcript does not continue without a gap up to the checkpoint, so the run cannot go on.',
  'transcript-differs': 'A repeated step gives another result than the transcript records.',
  'transcript-unreadable': 'The system does not permit reading the transcript.',
} as const;
