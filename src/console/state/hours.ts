// Device-hours where they are compared: a rounded figure could hide a difference.

import type { Format } from '../../page-kit/index.ts';

export const exactHours = (hours: number, format: Format): string =>
  Number.isInteger(hours) ? format.count(hours) : format.decimal(hours, 2);
