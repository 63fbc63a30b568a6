// Figures for Prometheus.

import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { ServedModel } from '../foundry/requests/index.ts';

/** Seconds: from a token of a small model to a long answer of a large one. */
const SECONDS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120];

export class Metrics {
  readonly registry = new Registry();
  readonly requests: Counter<'route' | 'status'>;
  readonly generated: Counter<'model'>;
  readonly prompt: Counter<'model'>;
  readonly cached: Counter<'model'>;
  readonly firstToken: Histogram<'model'>;
  readonly betweenTokens: Histogram<'model'>;

  constructor(models: readonly ServedModel[]) {
    const registers = [this.registry];
    const of = <Label extends string>(name: string, help: string, labelNames: Label[]) => ({
      name: `jikji_${name}`,
      help,
      labelNames,
      registers,
    });
    this.requests = new Counter(of('requests_total', 'Requests answered', ['route', 'status']));
    this.generated = new Counter(of('generated_tokens_total', 'Tokens generated', ['model']));
    this.prompt = new Counter(of('prompt_tokens_total', 'Tokens of prompts', ['model']));
    this.cached = new Counter(of('cached_tokens_total', 'Tokens of prompts taken over from earlier ones', ['model']));
    const seconds = { buckets: SECONDS };
    this.firstToken = new Histogram({ ...of('first_token_seconds', 'Time to the first token', ['model']), ...seconds });
    const between = of('between_tokens_seconds', 'Time between two pieces of a text', ['model']);
    this.betweenTokens = new Histogram({ ...between, ...seconds });
    const gauge = (name: string, help: string, value: (model: ServedModel) => number): void => {
      new Gauge({
        ...of(name, help, ['model']),
        collect() {
          for (const model of models) this.set({ model: model.name }, value(model));
        },
      });
    };
    gauge('texts_running', 'Texts that are being computed', ({ text }) => text.scheduler.load.running);
    gauge('texts_waiting', 'Texts that wait for their turn', ({ text }) => text.scheduler.load.waiting);
    gauge('pages', 'Pages for keys and values', ({ text }) => text.scheduler.load.pages.all);
    gauge('pages_free', 'Pages that hold nothing', ({ text }) => text.scheduler.load.pages.free);
    gauge('pages_cached', 'Pages kept for texts that begin alike', ({ text }) => text.scheduler.load.pages.cached);
  }
}
