// An office that answers every request and registers it, for tests: also one that is asked again and again.

import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  canonicalJson,
  type Lodgeable,
  Register,
  readLodgeable,
  readStatement,
  runKey,
  type Signer,
  sha256Hex,
  signHead,
} from '../../ledger/index.ts';
import { handOverFile } from '../../run-folder/index.ts';
import { readRecords } from './run.ts';

/** The link of a transcript at a step, computed here. */
function linkAt(folder: string, step: number): string {
  const { commitment } = readStatement(join(folder, 'genesis.json'), 'genesis').predicate;
  let link = sha256Hex(canonicalJson(commitment as never));
  for (const record of readRecords(folder).slice(0, step))
    link = createHash('sha256').update(Buffer.from(link, 'hex')).update(canonicalJson(record)).digest('hex');
  return link;
}

export class Book {
  readonly register: Register;
  readonly #office: Signer;
  #lines: string[] = [];

  constructor(office: Signer) {
    this.#office = office;
    this.register = Register.create(office.publicKey);
  }

  ask(asked: Lodgeable) {
    const line = this.register.next(asked, this.#office);
    this.#lines.push(line);
    return this.register.append(line, 'here');
  }

  /** Answers a hand-over of a run. */
  handOver(folder: string, number: number) {
    const read = (name: string) => readFileSync(join(folder, name), 'utf8');
    return this.askHandOver(read(handOverFile(number)), read('genesis.json'));
  }

  askHandOver(text: string, genesis: string) {
    return this.ask(readLodgeable(text, genesis, 'hand-over'));
  }

  askHead(of: Parameters<typeof signHead>[0], maker: Signer) {
    return this.ask(readLodgeable(signHead(of, maker), undefined, ''));
  }

  /** Answers a file of a run, and writes the answer into its folder. */
  lodge(folder: string, kind: 'request' | 'seal') {
    const read = (name: string) => readFileSync(join(folder, name), 'utf8');
    const genesis = kind === 'seal' ? read('genesis.json') : undefined;
    const entry = this.ask(readLodgeable(read(`${kind}.json`), genesis, kind));
    writeFileSync(join(folder, kind === 'seal' ? 'seal-lodging.json' : 'lodging.json'), entry.lodging);
    return entry;
  }

  /** Answers heads of a run: those of its transcript, unless another one is given. */
  heads(folder: string, steps: readonly number[], maker: Signer, given?: string): void {
    const { commitment } = readStatement(join(folder, 'genesis.json'), 'genesis').predicate;
    for (const step of steps) {
      this.askHead({ run: runKey(commitment), step, head: given ?? linkAt(folder, step) }, maker);
    }
  }

  get text(): string {
    return this.register.header + this.#lines.join('');
  }

  get given() {
    return { text: this.text, where: 'register.jsonl' };
  }
}
