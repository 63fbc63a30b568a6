// Allotments and usages of the programme's tables, as accounts take them.

import { type Allotment, allotmentShape, type Usage, usageShape } from '../../reliance/index.ts';
import type { Tables } from '../state/index.ts';

export const allotmentsOf = (tables: Tables): Allotment[] =>
  tables.all('allotments').map((row) => allotmentShape.parse(row));

export const usagesOf = (tables: Tables): Usage[] => tables.all('usages').map((row) => usageShape.parse(row));
