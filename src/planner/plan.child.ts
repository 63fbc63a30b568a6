// The child process of a plan: reads the models that come with Jikji, and a config.json of anybody's as text.

import { answer } from '../apart/index.ts';
import { parameterCount } from './model-shape.ts';
import type { AnsweredPlan, PlanQuestion } from './plan-process.ts';
import { planPlace, RESERVED } from './plans.ts';
import { parseModelShape } from './shape-reader.ts';
import { shippedLike, shippedShape } from './shipped-models.ts';

/** Plans of the front that are answered; those beyond take ever longer. */
const MAX_FRONT = 16;

answer<PlanQuestion, AnsweredPlan, never>(async ({ model, device, devices, batch }) => {
  const shape = 'name' in model ? shippedShape(model.name) : parseModelShape(model.config, 'config.json');
  const { plans, front, limits, lacking } = planPlace({ shape, device, devices, batch, tokens: 0 });
  return {
    name: shape.name,
    like: shippedLike(shape),
    parameters: parameterCount(shape),
    activeParameters: parameterCount(shape, true),
    fitting: plans.length,
    front: front.slice(0, MAX_FRONT),
    limits,
    lacking,
    room: device.memory * (1 - RESERVED),
  };
});
