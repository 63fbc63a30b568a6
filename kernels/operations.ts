// The table of operations: number to function. src/engine/operations.ts holds the same numbers.
import { attendOneItems, attentionBackwardItems, attentionItems } from './attention';
import { embeddingBackwardItems, embeddingItems } from './embedding';
import { packItems, peakItems, productItems } from './linear';
import { lossItems } from './loss';
import { normBackwardItems, normItems, normWeightItems } from './norm';
import { adamwItems, addItems, fillItems, squaresItems } from './optimizer';
import { randomItems } from './random';
import { ropeItems } from './rope';
import { swigluBackwardItems, swigluItems } from './swiglu';

export function runItems(operation: i32, args: usize, first: i32, last: i32, scratch: usize): void {
  switch (operation) {
    case 0: packItems(args, first, last, scratch); break;
    case 1: productItems(args, first, last, scratch); break;
    case 2: normItems(args, first, last, scratch); break;
    case 3: normBackwardItems(args, first, last, scratch); break;
    case 4: normWeightItems(args, first, last, scratch); break;
    case 5: ropeItems(args, first, last, scratch); break;
    case 6: attentionItems(args, first, last, scratch); break;
    case 7: attentionBackwardItems(args, first, last, scratch); break;
    case 8: attendOneItems(args, first, last, scratch); break;
    case 9: swigluItems(args, first, last, scratch); break;
    case 10: swigluBackwardItems(args, first, last, scratch); break;
    case 11: embeddingItems(args, first, last, scratch); break;
    case 12: embeddingBackwardItems(args, first, last, scratch); break;
    case 13: lossItems(args, first, last, scratch); break;
    case 14: squaresItems(args, first, last, scratch); break;
    case 15: adamwItems(args, first, last, scratch); break;
    case 16: addItems(args, first, last, scratch); break;
    case 17: fillItems(args, first, last, scratch); break;
    case 18: randomItems(args, first, last, scratch); break;
    case 19: peakItems(args, first, last, scratch); break;
    default: unreachable();
  }
}
