// Allotments and usages of the programme's tables, in the shapes of src/reliance.

import { type Allotment, allotmentShape, type Usage, usageShape } from '../../reliance/index.ts';
import type { Tables } from '../state/index.ts';

export const allotmentsOf = (tables: Tables): Allotment[] =>
  tables.all('allotments').map((row) => allotmentShape.parse(row));

export const usagesOf = (tables: Tables): Usage[] => tables.all('usages').map((row) => usageShape.parse(row));
