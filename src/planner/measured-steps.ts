// Steps that others measured, from catalogue/measured-steps.csv, and which of them are set aside: nothing was fitted to those.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readCatalogue, shippedCatalogue } from '../fleet/index.ts';
import { deviceOf } from './device.ts';
import type { Kind } from './interval.ts';
import type { ModelShape } from './model-shape.ts';
import { shippedShape } from './shipped-models.ts';
import type { Batch, Device, Layout, Precision } from './step-time.ts';

export interface MeasuredStep {
  source: 'megatron-bridge' | 'mlperf' | 'korthikanti-2022';
  release: string;
  model: string;
  chip: string;
  layout: Layout;
  batch: Batch;
  seconds: number;
  /** TFLOP/s of each device as the source counts them; null: not stated. */
  teraflops: number | null;
  note: string;
}

/** Whole models and whole chips that were set aside before anything was fitted. */
const SET_ASIDE = {
  models: [
    'llama3.1-405b',
    'qwen3-235b-a22b',
    'kimi-k2',
    'nemotron-3-super',
    'nemotron-3-ultra',
    'nemotron-3.5-lightning',
    'deepseek-v4-flash',
    'gpt-530b',
    'gpt-1t',
  ],
  chips: ['a100', 'b300', 'h200', 'mi355x'],
} as const;

export function isSetAside({ model, chip }: MeasuredStep): boolean {
  return (
    (SET_ASIDE.models as readonly string[]).includes(model) || (SET_ASIDE.chips as readonly string[]).includes(chip)
  );
}

const CATALOGUE = join(import.meta.dirname, '../../catalogue');
/** Releases of Megatron-Bridge whose software waits longer for experts. */
const EARLY = ['25.09', '25.11', '26.02'];

/** Training from scratch only: fine-tuning of a few parameters is left out. */
export function measuredSteps(): MeasuredStep[] {
  const [head, ...lines] = readFileSync(join(CATALOGUE, 'measured-steps.csv'), 'utf8').trim().split('\n');
  const names = head!.split(',');
  return lines
    .map((line) => {
      const cells = line.split(',');
      return Object.fromEntries(names.map((name, i) => [name, cells[i]!]));
    })
    .filter(({ note }) => !/SFT|LoRA/.test(note!))
    .map((row) => {
      const number = (name: string) => Number(row[name]);
      return {
        source: row.source as MeasuredStep['source'],
        release: row.release!,
        model: row.model!,
        chip: row.chip!,
        layout: {
          devices: number('devices'),
          tensor: number('tensor'),
          pipeline: number('pipeline'),
          virtual: number('virtual'),
          context: number('context'),
          expert: number('expert'),
          microBatch: number('microBatch'),
          zero: row.zero === '3' ? 3 : 1,
          recompute: row.note!.includes('full recomputation') ? 'full' : 'none',
          graphs: row.graphs as Layout['graphs'],
          isEarly: row.source === 'megatron-bridge' && EARLY.includes(row.release!),
        },
        batch: {
          sequence: number('sequence'),
          sequences: number('globalBatch'),
          precision: row.precision as Precision,
          lowAttention: row.note!.includes('FP8 attention'),
          isUnfused: row.note!.includes('unfused attention'),
        },
        seconds: number('stepSeconds'),
        teraflops: row.teraflops === '' ? null : number('teraflops'),
        note: row.note!,
      };
    });
}

/** The shape that was measured: some rows leave the predicted token out, some predict two tokens with one layer. */
export function measuredShape({ model, note }: MeasuredStep): ModelShape {
  const shape = shippedShape(model);
  if (note.includes('without MTP')) return { ...shape, predictors: [] };
  return note.includes('MTP twice') ? { ...shape, predictors: [...shape.predictors, ...shape.predictors] } : shape;
}

/** Which interval of interval.ts a row has. */
export function kindOf(step: MeasuredStep): Kind {
  if (!measuredShape(step).layers.some(({ experts }) => experts)) return 'dense';
  return step.layout.isEarly ? 'early' : 'experts';
}

/** Rows name a chip of the catalogue by the end of its id. */
const idsOf = (chip: string): string[] => [`nvidia-${chip}`, `nvidia-${chip}-sxm`, `amd-${chip}`];

/**
 * How many measured steps there are of a chip with this id, of a model that comes with Jikji, and of both: what stands behind a planned time.
 */
export function measuredBehind(chip: string, model: string | null): { chip: number; model: number; both: number } {
  const rows = measuredSteps();
  const onChip = rows.filter((row) => idsOf(row.chip).includes(chip));
  const isOf = (row: MeasuredStep) => row.model === model;
  return { chip: onChip.length, model: rows.filter(isOf).length, both: onChip.filter(isOf).length };
}

export function deviceOfChip(chip: string): Device {
  let device = devices.get(chip);
  if (device === undefined) {
    const ids = idsOf(chip);
    const { chips } = readCatalogue(shippedCatalogue());
    device = deviceOf(ids.map((id) => chips.get(id)).find((one) => one !== undefined)!);
    devices.set(chip, device);
  }
  return device;
}
const devices = new Map<string, Device>();
