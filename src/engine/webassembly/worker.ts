// A worker thread: joins the memory, then runs jobs until it is told to leave.

import { workerData } from 'node:worker_threads';

const { module, memory, control, scratch } = workerData;
const kernels = new WebAssembly.Instance(module, { env: { memory } }).exports as {
  work(control: number, scratch: number): void;
};
kernels.work(control, scratch);
