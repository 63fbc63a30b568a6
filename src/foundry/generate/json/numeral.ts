// Which texts are numbers within bounds: a deterministic automaton over their characters. Bounds are compared as decimals, digit by digit. A
// bound is the shortest decimal of a double, and rounding keeps the order: a text within the bounds is a double within them.

import { type Alphabet, alphabetOf, type Dfa, type DfaContext, explore, type Ranges } from './dfa.ts';
import type { NumeralBounds } from './shape.ts';

/** Digits before the point of numbers without a bound; larger ones are written with an exponent. */
const MAX_WHOLE_DIGITS = 60;
/** Digits of a fraction that are compared: numbers so near to 0 are written with an exponent. */
const MAX_FRACTION_DIGITS = 40;

/** Order of the text so far and a bound: -1 is less. */
type Order = -1 | 0 | 1;
const orderOf = (a: number, b: number): Order => (a < b ? -1 : a > b ? 1 : 0);

/** A bound from 0 up, by its digits. */
class Decimal {
  readonly isZero: boolean;
  /** From the first one that is not 0. */
  readonly digits: string;
  /** Power of ten of the first digit. */
  readonly exponent: number;
  readonly whole: string;
  readonly fraction: string;

  /** Digits of the fraction beyond those that are compared make a bound narrower: it is a `least` or a most. */
  constructor(value: number, isLeast: boolean) {
    const [mantissa, exponent] = value.toExponential().split('e') as [string, string];
    this.isZero = value === 0;
    this.digits = mantissa.replace('.', '');
    this.exponent = Number(exponent);
    const { digits, exponent: point } = this;
    this.whole = point < 0 ? '0' : digits.slice(0, point + 1).padEnd(point + 1, '0');
    const fraction = this.isZero ? '' : point < 0 ? '0'.repeat(-point - 1) + digits : digits.slice(point + 1);
    const kept = fraction.slice(0, MAX_FRACTION_DIGITS);
    const isCut = fraction.length > kept.length;
    // A double has 17 digits: one with more after the point begins with zeros.
    this.fraction = isCut && isLeast ? String(BigInt(kept) + 1n).padStart(MAX_FRACTION_DIGITS, '0') : kept;
  }
}

/** With an exponent, numbers without a bound are as large as doubles are. */
const LARGEST = new Decimal(Number.MAX_VALUE, false);

/** Numbers without a sign. `high` is undefined where they may be as large as doubles are. */
interface Side {
  name: string;
  low: Decimal;
  high: Decimal | undefined;
}

/** What may follow what was read of a number; the same key is the same. */
interface Part {
  key: string;
  isEnd: boolean;
  next(character: string): Part | undefined;
}

const isDigit = (character: string): boolean => character >= '0' && character <= '9';

/** A digit more of a whole number, after `n` others. */
function wholeOrder(bound: string, n: number, order: Order, digit: number): Order {
  if (n >= bound.length) return 1;
  return order === 0 ? orderOf(digit, Number(bound[n])) : order;
}

/** Once all `n` digits are there: a shorter one is less. */
const closedOrder = (bound: string, n: number, order: Order): Order => (n < bound.length ? -1 : order);

/** A digit more of a fraction. */
const fractionOrder = (bound: string, at: number, order: Order, digit: number): Order =>
  order === 0 ? orderOf(digit, Number(bound[at] ?? 0)) : order;

/** Once all digits of a fraction are there: what the bound has beyond them is more than 0. */
const endOrder = (bound: string, at: number, order: Order): Order => (order === 0 && at < bound.length ? -1 : order);

interface Orders {
  readonly low: Order;
  readonly high: Order;
}

const EQUAL: Orders = { low: 0, high: 0 };
const isWithin = ({ low, high }: Orders): boolean => low >= 0 && high <= 0;

/** Digits before a point; `divisor` is 0 where none is asked for, and then there may be a fraction unless the number is whole. */
function wholePart(of: { side: Side; isWhole: boolean; divisor: number }, n: number, at: Orders, value: number): Part {
  const { side, isWhole, divisor } = of;
  const { low, high } = side;
  const closed = {
    low: closedOrder(low.whole, n, at.low),
    high: high ? closedOrder(high.whole, n, at.high) : (-1 as const),
  };
  const isZero = n === 1 && value < 0;
  const most = high?.whole.length ?? Math.max(MAX_WHOLE_DIGITS, low.whole.length + 1);
  const end = { low: endOrder(low.fraction, 0, closed.low), high: closed.high };
  return {
    key: `w${side.name}.${n}.${at.low}.${at.high}.${value}`,
    isEnd: n > 0 && isWithin(end) && (divisor === 0 || value <= 0),
    next: (character) => {
      if (character === '.' && n > 0 && !isWhole) return fractionPart(side, 0, closed, false);
      if (!isDigit(character) || isZero || n >= most) return undefined;
      const digit = Number(character);
      const next = {
        low: wholeOrder(low.whole, n, at.low, digit),
        high: high ? wholeOrder(high.whole, n, at.high, digit) : (-1 as const),
      };
      // A 0 at the beginning is the only digit.
      return wholePart(of, n + 1, next, n === 0 && digit === 0 ? -1 : divisor && (value * 10 + digit) % divisor);
    },
  };
}

function fractionPart(side: Side, at: number, orders: Orders, hasDigit: boolean): Part {
  const [low, high] = [side.low.fraction, side.high?.fraction ?? ''];
  const end = { low: endOrder(low, at, orders.low), high: orders.high };
  return {
    key: `f${side.name}.${at}.${orders.low}.${orders.high}.${hasDigit}`,
    isEnd: hasDigit && isWithin(end),
    next: (character) => {
      if (!isDigit(character)) return undefined;
      const digit = Number(character);
      const next = {
        low: fractionOrder(low, at, orders.low, digit),
        high: fractionOrder(high, at, orders.high, digit),
      };
      // Where all is decided the place says nothing.
      const isDecided = next.low !== 0 && next.high !== 0;
      return fractionPart(side, isDecided ? 0 : Math.min(at + 1, Math.max(low.length, high.length)), next, true);
    },
  };
}

/** A digit that is not 0, perhaps with a fraction, before an exponent; `n` counts its digits. */
function mantissaPart(side: Side, n: number, orders: Orders, isOpen: boolean): Part {
  const { low, high = LARGEST } = side;
  return {
    key: `m${side.name}.${n}.${orders.low}.${orders.high}.${isOpen}`,
    isEnd: false,
    next: (character) => {
      if (character === '.') return n === 1 && !isOpen ? mantissaPart(side, n, orders, true) : undefined;
      if (character === 'e' || character === 'E') {
        if (n === 0 || (n === 1 && isOpen)) return undefined;
        const isLess = endOrder(low.digits, n, orders.low) < 0;
        const from = low.isZero ? Number.NEGATIVE_INFINITY : low.exponent + (isLess ? 1 : 0);
        return exponentPart(from, high.exponent - (orders.high > 0 ? 1 : 0));
      }
      if (!isDigit(character) || (n === 0 ? character === '0' : !isOpen)) return undefined;
      const digit = Number(character);
      const next = {
        low: low.isZero ? (1 as const) : fractionOrder(low.digits, n, orders.low, digit),
        high: fractionOrder(high.digits, n, orders.high, digit),
      };
      // Two digits and more: the point is there, and one has followed it.
      const length = Math.max(low.digits.length, high.digits.length, 2);
      const isDecided = next.low !== 0 && next.high !== 0;
      return mantissaPart(side, n > 0 && isDecided ? 2 : Math.min(n + 1, length), next, n > 0);
    },
  };
}

function exponentPart(from: number, to: number): Part {
  const positive = to >= 0 ? exponentDigits([Math.max(0, from), to], 0, EQUAL) : undefined;
  const negative = from <= 0 ? exponentDigits([Math.max(0, -to), -from], 0, EQUAL) : undefined;
  return {
    key: `e${from}.${to}`,
    isEnd: false,
    next: (character) =>
      character === '-'
        ? negative
        : character === '+'
          ? positive
          : isDigit(character)
            ? positive?.next(character)
            : undefined,
  };
}

/** An exponent without its sign, perhaps after zeros. */
function exponentDigits(bounds: readonly [from: number, to: number], n: number, at: Orders, hasZeros = false): Part {
  const [from, to] = bounds.map(String) as [string, string];
  const isOpen = bounds[1] === Number.POSITIVE_INFINITY;
  const orders = { low: closedOrder(from, n, at.low), high: isOpen ? (-1 as const) : closedOrder(to, n, at.high) };
  return {
    key: `d${from}.${to}.${n}.${at.low}.${at.high}.${hasZeros}`,
    isEnd: n > 0 ? isWithin(orders) : hasZeros && bounds[0] === 0,
    next: (character) => {
      if (!isDigit(character)) return undefined;
      if (n === 0 && character === '0') return exponentDigits(bounds, 0, EQUAL, true);
      const digit = Number(character);
      const next = {
        low: wholeOrder(from, n, at.low, digit),
        high: isOpen ? (-1 as const) : wholeOrder(to, n, at.high, digit),
      };
      const count = Math.min(n + 1, isOpen ? from.length + 1 : to.length + 1);
      return exponentDigits(bounds, count, next);
    },
  };
}

/** Digits that no bound tells apart are one symbol; a character of each. */
function symbolsOf(
  sides: readonly Side[],
  { isWhole, divisor }: NumeralBounds,
): [Alphabet, ReadonlyMap<number, string>] {
  const named = sides.flatMap(({ low, high = isWhole ? undefined : LARGEST }) => [low, ...(high ? [high] : [])]);
  const near = named.flatMap(({ exponent }) => [exponent - 1, exponent, exponent + 1]);
  const texts = named.flatMap(({ whole, fraction, digits }) => whole + fraction + digits);
  const told = new Set([...'0', ...(divisor > 0 ? '123456789' : texts.join('') + near.join(''))]);
  const sets: [string, string][] = [...'-+.'].map((character) => [character, character]);
  for (const digit of '0123456789') {
    const last = sets.at(-1)!;
    if (told.has(digit) || told.has(last[1]) || !isDigit(last[1])) sets.push([digit, digit]);
    else last[1] = digit;
  }
  const code = (character: string): number => character.charCodeAt(0);
  const ranges = sets.map(([from, to]): Ranges => [[code(from), code(to)]]);
  const e: Ranges = [...'Ee'].map((character) => [code(character), code(character)]);
  const [alphabet, symbols] = alphabetOf([...ranges, e], () => {});
  const characters = [...sets.map(([from]) => from), 'e'];
  return [alphabet, new Map(symbols.map((symbol, i) => [[...symbol][0]!, characters[i]!]))];
}

/** What a transition costs beside those of other automata. */
const STEPS = 4;

/** The texts of a bounded number. Without bounds they end where doubles end. */
export function numeralDfa(bounds: NumeralBounds, context: DfaContext): Dfa {
  const { isWhole, low, high, divisor } = bounds;
  const sideOf = (name: string, from: number, to: number): Side => ({
    name,
    low: new Decimal(from, true),
    high: Number.isFinite(to) ? new Decimal(to, false) : undefined,
  });
  const partsOf = (side: Side | undefined): Part[] => {
    if (!side) return [];
    const whole = wholePart({ side, isWhole, divisor }, 0, EQUAL, 0);
    // With an exponent nothing is 0.
    return isWhole || side.high?.isZero ? [whole] : [whole, mantissaPart(side, 0, EQUAL, false)];
  };
  const plus = high >= 0 ? sideOf('+', Math.max(0, low), high) : undefined;
  // Both sides are alike where the bounds are.
  const minus = low >= 0 ? undefined : low === -high ? plus : sideOf('-', Math.max(0, -high), -low);
  const [positive, negative] = [partsOf(plus), partsOf(minus)];
  const [alphabet, characters] = symbolsOf([...(plus ? [plus] : []), ...(minus ? [minus] : [])], bounds);
  const first: Part = { key: 'first', isEnd: false, next: () => undefined };
  return explore<readonly Part[]>(
    {
      alphabet,
      start: [first],
      keyOf: (parts) => parts.map(({ key }) => key).join(),
      next: (parts, symbol) => {
        const character = characters.get(symbol);
        if (character === undefined) return undefined;
        context.budget.spend(STEPS, context.path);
        if (parts[0] === first && character === '-') return negative.length > 0 ? negative : undefined;
        const next = (parts[0] === first ? positive : parts).flatMap((part) => part.next(character) ?? []);
        return next.length > 0 ? next : undefined;
      },
      isEnd: (parts) => parts.some(({ isEnd }) => isEnd),
    },
    context,
  );
}
