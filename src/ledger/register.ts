// The office's register: all its answers in order, as JSON lines. A hash chain binds each entry to all before it, and the office signs it.
// docs/proof.md ("Register") has the format. A register from outside is untrusted until `read` has verified it. A chain cannot show that
// the office has no second register: compare its head with the head that others hold.

import { createHash } from 'node:crypto';
import { JikjiError, parseJson } from '../base/index.ts';
import { canonicalJson, type Json } from './canonical.ts';
import { sha256Hex } from './digest.ts';
import { publicKeyFrom, verifyBytes } from './ecdsa.ts';
import { fingerprintOf, type Signer } from './keys.ts';
import { type Lodgeable, signLodging, subjectName } from './lodging.ts';
import { base64, byVersion, digest, exactly, nullOr, object, oneOf, ShapeError, text, whole } from './shape.ts';
import { parseStatement, preAuthentication } from './statement.ts';

export const MAX_REGISTER_BYTES = 256 << 20;
const MAX_LINE = 16 << 10;
const LINES_PER_TURN = 50;
const PAYLOAD_TYPE = 'application/vnd.jikji.register';

/** An entry: the lodged statement and the office's answer. */
export interface RegisterEntry extends Lodgeable {
  /** From 1, without gaps. */
  entry: number;
  /** 1 for the first answer to this kind, subject, maker and (of a head) step; a repeated answer shows. */
  answer: number;
  /** Text of the office's statement `lodging`. */
  lodging: string;
  /** Binds the entry to all before it. */
  link: string;
  /** Nonce and time of the lodging. */
  nonce: string;
  time: string;
}

const ordinal = whole(1, Number.MAX_SAFE_INTEGER);

const headerShape = object({ formatVersion: exactly(1), officeKey: base64 });
const members = {
  answer: ordinal,
  entry: ordinal,
  link: digest,
  lodged: digest,
  lodging: text(/^/, 'a text'),
  maker: digest,
  sig: base64,
  subject: digest,
};
/** Version 2 is of hand-overs, which say who goes on. */
const entryShape = byVersion(
  2,
  object({
    ...members,
    formatVersion: exactly(2),
    kind: exactly('hand-over'),
    head: digest,
    step: whole(0, Number.MAX_SAFE_INTEGER),
    after: nullOr(digest),
    next: digest,
  }),
  object({
    ...members,
    formatVersion: exactly(1),
    kind: oneOf('request', 'head', 'seal', 'model'),
    head: nullOr(digest),
    step: nullOr(ordinal),
  }),
);

/** A chain of hand-overs that the office has seen. Anybody can name any key as the next one, so only signing binds. */
interface Chain {
  /** Who signed them, the first one first. */
  signers: string[];
  holder: string;
  /** Of the last hand-over. */
  lodged: string;
  step: number;
}

const broken = (where: string, what: string): JikjiError =>
  new JikjiError('register-broken', what, where, 'get the whole register again from the office');

/** The bytes that the office signs: the entry with its link, without the signature. */
const signedBytes = (entry: { [key: string]: Json }): Buffer =>
  preAuthentication(Buffer.from(canonicalJson(entry)), PAYLOAD_TYPE);

/** link_n = SHA-256(link_{n-1} as 32 raw bytes || canonical JSON of the entry without link and signature), in hex. */
const linkOf = (before: string, entry: { [key: string]: Json }): string =>
  createHash('sha256').update(Buffer.from(before, 'hex')).update(canonicalJson(entry)).digest('hex');

/** The key under which answers are counted together. */
const countKey = ({ kind, subject, maker, step }: Lodgeable): string =>
  [kind, subject, maker, kind === 'head' ? step : ''].join(' ');

/** A register in memory. */
export class Register {
  /** The office's key: SPKI in base64, and its fingerprint. */
  readonly officeKey: string;
  readonly office: string;
  readonly header: string;
  readonly entries: RegisterEntry[] = [];
  readonly #key: ReturnType<typeof publicKeyFrom>;
  readonly #links = new Map<string, number>();
  readonly #byLodged = new Map<string, RegisterEntry>();
  readonly #counts = new Map<string, RegisterEntry[]>();
  readonly #makers = new Map<string, number>();
  /** By the runs' keys. */
  readonly #chains = new Map<string, Chain[]>();
  #head: string;
  /** Characters of all lines. */
  #length: number;
  /** The line that was verified last, and its entry. */
  #last: [line: string, entry: RegisterEntry] | undefined;

  private constructor(officeKey: string) {
    const spki = Buffer.from(officeKey, 'base64');
    this.officeKey = officeKey;
    this.office = fingerprintOf(spki);
    this.#key = publicKeyFrom(spki);
    this.header = `${canonicalJson({ formatVersion: 1, officeKey })}\n`;
    this.#head = sha256Hex(this.header);
    this.#length = this.header.length;
    this.#links.set(this.#head, 0);
  }

  /** A register without entries. */
  static create(publicKey: Buffer): Register {
    return new Register(publicKey.toString('base64'));
  }

  /**
   * Reads a register and verifies all of it: forms, chain, signatures, numbers. `where` is for messages.
   * @throws JikjiError `register-broken`, naming the first line that is not sound
   */
  static read(text: string, where: string): Register {
    const reading = Register.readInTurns(text, where);
    for (;;) {
      const { done, value } = reading.next();
      if (done) return value;
    }
  }

  /**
   * Like `read`, in turns of some milliseconds: a large register takes a minute. Each turn yields the share done, 0 to 1.
   * @throws JikjiError `register-broken`
   */
  static *readInTurns(text: string, where: string): Generator<number, Register> {
    if (text.length > MAX_REGISTER_BYTES) throw broken(where, `is larger than ${MAX_REGISTER_BYTES} bytes`);
    const end = text.indexOf('\n');
    let created: Register | undefined;
    try {
      const { officeKey } = headerShape(parsed(text.slice(0, Math.max(0, end))), 'the header');
      created = new Register(officeKey);
    } catch (error) {
      if (!(error instanceof ShapeError)) throw error;
    }
    const register = created;
    if (register === undefined || !register.#key || text.slice(0, end + 1) !== register.header)
      throw broken(where, "does not begin with a register's header");
    let line = 1;
    for (let from = end + 1; from < text.length; line++) {
      const to = text.indexOf('\n', from);
      if (to < 0) throw broken(`${where}:${line + 1}`, 'the last line does not end: it was cut off');
      register.append(text.slice(from, to + 1), `${where}:${line + 1}`);
      from = to + 1;
      if (line % LINES_PER_TURN === 0) yield from / text.length;
    }
    return register;
  }

  /** The last link, which commits to all entries; without entries the header's digest. */
  get head(): string {
    return this.#head;
  }

  /** The number of the entry after which the head was `link`; undefined if it never was. */
  entryAt(link: string): number | undefined {
    return this.#links.get(link);
  }

  /** The answers that are counted together with an answer to `asked`, in order. */
  answersTo(asked: Pick<Lodgeable, 'kind' | 'subject' | 'maker' | 'step'>): readonly RegisterEntry[] {
    return this.#counts.get(countKey(asked as Lodgeable)) ?? [];
  }

  /** The earlier answer to the same file, or to the same head of a run. */
  findAnswer(asked: Lodgeable): RegisterEntry | undefined {
    const same = this.#byLodged.get(asked.lodged);
    if (same || asked.kind !== 'head') return same;
    return this.answersTo(asked).find(({ head }) => head === asked.head);
  }

  /** How many answers a maker has. */
  answersOf(maker: string): number {
    return this.#makers.get(maker) ?? 0;
  }

  /** The hand-overs of a run in order, of whatever keys. */
  handOversOf(subject: string): RegisterEntry[] {
    return this.entries.filter((entry) => entry.kind === 'hand-over' && entry.subject === subject);
  }

  /** Whether a run that `from` began is now in the hands of `to`, by the hand-overs in this register. */
  isHandedOver(subject: string, from: string, to: string): boolean {
    return (this.#chains.get(subject) ?? []).some(({ signers, holder }) => signers[0] === from && holder === to);
  }

  /** The chain that a hand-over goes on with; undefined for a first one. */
  #chainBefore({ subject, maker, handed }: Lodgeable): Chain | undefined {
    return this.#chains
      .get(subject)
      ?.find(({ signers, holder, lodged }) =>
        handed?.after === null ? signers[0] === maker : holder === maker && lodged === handed?.after,
      );
  }

  /**
   * Refuses what continues a run beside its hand-overs: whoever has signed one goes on only when the run came back to him. The head of an
   * earlier step may come late.
   * @throws JikjiError `register-handed-over`
   */
  #requireHolder(asked: Lodgeable): void {
    const { kind, subject, maker, step, handed } = asked;
    if (kind !== 'head' && kind !== 'hand-over' && kind !== 'seal') return;
    const refused = (what: string, hint: string) => new JikjiError('register-handed-over', what, maker, hint);
    const away = this.#chains
      .get(subject)
      ?.find(
        (chain) => chain.signers.includes(maker) && chain.holder !== maker && !(kind === 'head' && step! <= chain.step),
      );
    const before = handed && this.#chainBefore(asked);
    if (away || (handed?.after === null && before)) {
      const { holder, step: at } = away ?? before!;
      const what = `the office has a hand-over of this run at step ${at} to the key ${holder}: this is a second continuation`;
      throw refused(what, 'go on where that key is');
    }
    if (handed && handed.after !== null && !before)
      throw refused(
        'the office has not seen the hand-over before this one',
        'lodge the hand-overs of the run in order',
      );
  }

  /**
   * The signed line of the next entry, which is not appended. Its time is never before that of the last entry, even if the clock was set back.
   * @throws JikjiError `register-full`, `register-other-office`, `register-handed-over`
   */
  next(asked: Lodgeable, signer: Signer, now = new Date().toISOString()): string {
    if (signer.fingerprint !== this.office) throw otherOffice(this.office, signer.fingerprint);
    this.#requireHolder(asked);
    const { kind, lodged, maker, subject, head, step, handed } = asked;
    const before = this.entries.at(-1)?.time ?? '';
    const plain = {
      answer: this.answersTo(asked).length + 1,
      entry: this.entries.length + 1,
      formatVersion: handed ? 2 : 1,
      ...handed,
      head,
      kind,
      lodged,
      lodging: signLodging(asked, signer, later(now, before)),
      maker,
      step,
      subject,
    };
    const linked = { ...plain, link: linkOf(this.#head, plain) };
    const line = `${canonicalJson({ ...linked, sig: signer.sign(signedBytes(linked)).toString('base64') })}\n`;
    if (this.#length + line.length > MAX_REGISTER_BYTES)
      throw new JikjiError(
        'register-full',
        `this register would have more than ${MAX_REGISTER_BYTES} bytes and could not be read`,
        this.office,
        'continue with a new office key, and keep this register for auditors',
      );
    return line;
  }

  /**
   * Verifies and appends the next line, and returns its entry.
   * @throws JikjiError `register-broken` if it is not the next line; then nothing is appended
   */
  append(line: string, where: string): RegisterEntry {
    return this.add(this.verify(line, where));
  }

  /** Appends the entry that `verify` has just returned. */
  add(entry: RegisterEntry): RegisterEntry {
    this.entries.push(entry);
    this.#head = entry.link;
    this.#length += this.#last?.[0].length ?? 0;
    this.#makers.set(entry.maker, this.answersOf(entry.maker) + 1);
    this.#links.set(entry.link, entry.entry);
    if (!this.#byLodged.has(entry.lodged)) this.#byLodged.set(entry.lodged, entry);
    if (entry.handed) this.#follow(entry, entry.handed);
    const key = countKey(entry);
    const others = this.#counts.get(key);
    if (others) others.push(entry);
    else this.#counts.set(key, [entry]);
    return entry;
  }

  /** Notes who goes on with a run. A hand-over beside the chains changes nothing: an audit names it. */
  #follow(entry: RegisterEntry, { next, after }: NonNullable<Lodgeable['handed']>): void {
    const { subject, maker, lodged, step } = entry;
    const chains = this.#chains.get(subject) ?? [];
    const chain = this.#chainBefore(entry);
    if (chain && after !== null) {
      chain.signers.push(maker);
      Object.assign(chain, { holder: next, lodged, step });
    } else if (!chain && after === null) chains.push({ signers: [maker], holder: next, lodged, step: step! });
    this.#chains.set(subject, chains);
  }

  /** Verifies the next line and returns its entry; appends nothing. @throws JikjiError `register-broken` */
  verify(line: string, where: string): RegisterEntry {
    const [verified, entry] = this.#last ?? [];
    if (entry?.entry === this.entries.length + 1 && verified === line) return entry; // the line was just verified
    try {
      this.#last = [line, this.#verified(line)];
      return this.#last[1];
    } catch (error) {
      if (error instanceof ShapeError) throw broken(where, error.message);
      if (error instanceof JikjiError && error.code === 'statement-broken')
        throw broken(where, `the office's answer ${error.message}`);
      throw error;
    }
  }

  #verified(line: string): RegisterEntry {
    if (line.length > MAX_LINE) throw new ShapeError(`is longer than ${MAX_LINE} characters`);
    if (!line.endsWith('\n')) throw new ShapeError('the line does not end');
    const value = parsed(line.slice(0, -1));
    const { sig, ...linked } = entryShape(value, 'the entry');
    if (`${canonicalJson({ ...linked, sig })}\n` !== line) throw new ShapeError('is not in its canonical form');
    const { link, ...plain } = linked;
    if (plain.entry !== this.entries.length + 1)
      throw new ShapeError(`is entry ${plain.entry} where entry ${this.entries.length + 1} belongs`);
    if (link !== linkOf(this.#head, plain)) throw new ShapeError('does not follow from the entry before it');
    if (!this.#key || !verifyBytes(this.#key, signedBytes(linked), Buffer.from(sig, 'base64')))
      throw new ShapeError('is not signed by the office of this register');
    const isOfTraining = plain.kind === 'head' || plain.kind === 'seal' || plain.kind === 'hand-over';
    if (isOfTraining === (plain.head === null) || isOfTraining === (plain.step === null))
      throw new ShapeError('a head and its step belong to heads, hand-overs and seals');
    const { subjects, keyid, predicate } = parseStatement(plain.lodging, 'lodging', 'lodging');
    if (keyid !== this.office) throw new ShapeError('the answer in it is of another office');
    if (subjects.size !== 1 || subjects.get(subjectName(plain.kind)) !== plain.lodged)
      throw new ShapeError('the answer in it is to something else');
    const { nonce, time } = predicate;
    if (time < (this.entries.at(-1)?.time ?? '')) throw new ShapeError('is older than the entry before it');
    const { formatVersion: _, ...stated } = plain;
    const entry: Omit<RegisterEntry, 'link' | 'nonce' | 'time'> = 'next' in stated ? withHanded(stated) : stated;
    const answer = this.answersTo(entry).length + 1;
    if (entry.answer !== answer)
      throw new ShapeError(`says that it is answer ${entry.answer}, and is answer ${answer}`);
    return { ...entry, link, nonce, time };
  }
}

export const otherOffice = (wanted: string, found: string): JikjiError =>
  new JikjiError(
    'register-other-office',
    `is the register of the office ${wanted}, not of ${found}`,
    'the register',
    'give the register of the office that signs, or another file with --register',
  );

/** An entry of a hand-over, with what it says of the next key in one member. */
function withHanded<T extends { next: string; after: string | null }>({ next, after, ...entry }: T) {
  return { ...entry, handed: { next, after } };
}

function parsed(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    throw new ShapeError('is not JSON');
  }
}

/** The later of two times in UTC. */
const later = (a: string, b: string): string => [a, b].sort()[1]!;
