// The tokenizer of another maker as that of a run, which takes it over from its parent with all ids. It has no merges of its own.

import { JikjiError } from '../../base/index.ts';
import type { ForeignVocabulary } from './foreign-json.ts';
import { ForeignTokenizer } from './foreign-tokenizer.ts';
import type { MeasuredText, RunTokenizer, TokenizerSettings } from './run-tokenizer.ts';

const SPACE = 0x20;

export class ForeignRunTokenizer extends ForeignTokenizer implements RunTokenizer {
  readonly specials: ReadonlyMap<string, number>;
  readonly bosToken: string;
  readonly eosToken: string;
  readonly eosId: number;
  /** Rows of the embedding: some may have no token. */
  override readonly vocabSize: number;
  readonly #vocabulary: ForeignVocabulary;
  readonly #specialIds: ReadonlySet<number>;
  /** Bytes of each id; -1 until they are asked for. */
  readonly #lengths: Int32Array;

  /** @throws JikjiError `tokenizer-unfit` where a token that begins or ends a document is not a special one */
  constructor(vocabulary: ForeignVocabulary, settings: Required<TokenizerSettings>, name = 'tokenizer.json') {
    const { bosToken, eosToken } = settings as { bosToken: string; eosToken: string };
    const specials = new Map(vocabulary.added.flatMap(({ content, id, special }) => (special ? [[content, id]] : [])));
    for (const token of [bosToken, eosToken]) {
      if (specials.has(token)) continue;
      const hint = `name one of them: ${[...specials.keys()].slice(0, 10).join(', ') || 'it has none'}`;
      throw new JikjiError('tokenizer-unfit', `${token} is not one of its special tokens`, name, hint);
    }
    const eosId = specials.get(eosToken)!;
    super(vocabulary, specials.get(bosToken)!, [eosId]);
    this.specials = specials;
    this.bosToken = bosToken;
    this.eosToken = eosToken;
    this.eosId = eosId;
    this.vocabSize = Math.max(vocabulary.tokens.length, settings.vocabSize);
    this.#vocabulary = vocabulary;
    this.#specialIds = new Set(specials.values());
    this.#lengths = new Int32Array(this.vocabSize).fill(-1);
  }

  encodeDocument(text: string): Uint32Array {
    const ids = this.encode(text);
    return Uint32Array.from([this.prefixId, ...ids, ...(this.eosId === this.prefixId ? [] : [this.eosId])]);
  }

  encodeMeasured(text: string, { special = false } = {}): MeasuredText {
    const { form } = this.#vocabulary;
    let changes = 'composes' in form && form.composes && text.normalize('NFC') !== text;
    const ids: number[] = [];
    const bytes: number[] = [];
    for (const { text: part, added, first } of this.parts(text, special)) {
      if (added !== undefined) {
        ids.push(added);
        bytes.push(Buffer.byteLength(part));
        continue;
      }
      const found = this.mergePlain(part, first);
      const lengths = found.map((id) => this.bytesOf(id));
      const more = lengths.reduce((sum, length) => sum + length, 0) - Buffer.byteLength(part);
      // A space that SentencePiece puts before a text stands for nothing of it.
      if (more === 1 && 'prefix' in form && this.plainBytes(found[0])?.[0] === SPACE) lengths[0] -= 1;
      else if (more !== 0) changes = true;
      for (const id of found) ids.push(id);
      for (const length of lengths) bytes.push(length);
    }
    return { ids: Uint32Array.from(ids), bytes: changes ? undefined : Uint32Array.from(bytes) };
  }

  bytesOf(id: number): number {
    if (this.#lengths[id] < 0) this.#lengths[id] = this.#lengthOf(id);
    return this.#lengths[id];
  }

  #lengthOf(id: number): number {
    const token = this.#vocabulary.tokens[id];
    if (token === undefined || this.#specialIds.has(id)) return 0;
    return this.plainBytes(id)?.length ?? Buffer.byteLength(token);
  }

  partsOf(): undefined {
    return undefined;
  }
}
