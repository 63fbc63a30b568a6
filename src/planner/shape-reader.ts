// Reads a config.json of Hugging Face into the shape of a model. An architecture that architectures.ts does not list is refused: a guess
// would look like a figure.

import { z } from 'zod';
import { parseJson, shownValue } from '../base/index.ts';
import { koreanOfIssue } from '../formats/index.ts';
import { ARCHITECTURES, type Extras } from './architectures.ts';
import { joinBlocks, type Layer, type Matrix, type Mixing, type ModelShape } from './model-shape.ts';
import * as refuse from './refusals.ts';

const size = z.int().min(1).max(1e7);
const count = z.int().min(0).max(10_000);
const listOf = <T extends z.ZodType>(item: T) => z.array(item).max(10_000);

/** The keys that are read; the others of a config.json are left alone. */
const configSchema = z.object({
  architectures: listOf(z.string().max(100)).min(1),
  hidden_size: size.optional(),
  n_embd: size.optional(),
  num_hidden_layers: count.min(1).optional(),
  n_layer: count.min(1).optional(),
  num_attention_heads: size.optional(),
  n_head: size.optional(),
  n_positions: size.optional(),
  num_key_value_heads: size.nullish(),
  head_dim: size.nullish(),
  intermediate_size: size.nullish(),
  n_inner: size.nullish(),
  vocab_size: size,
  tie_word_embeddings: z.boolean().optional(),
  attention_bias: z.boolean().optional(),
  mlp_bias: z.boolean().optional(),
  sliding_window: size.nullish(),
  sliding_windows: listOf(z.int().min(0).max(1e7)).nullish(),
  sliding_window_pattern: z.union([z.string().max(100), size]).nullish(),
  sliding_window_period: size.nullish(),
  layer_types: listOf(z.string().max(100)).nullish(),
  moe_intermediate_size: size.nullish(),
  num_experts: size.nullish(),
  n_routed_experts: size.nullish(),
  num_local_experts: size.nullish(),
  num_experts_per_tok: size.nullish(),
  experts_top_k: size.nullish(),
  n_shared_experts: count.nullish(),
  num_shared_experts: count.nullish(),
  shared_expert_intermediate_size: size.nullish(),
  moe_shared_expert_intermediate_size: size.nullish(),
  moe_latent_size: size.nullish(),
  first_k_dense_replace: count.nullish(),
  n_dense_first_layers: count.nullish(),
  mlp_layer_types: listOf(z.string().max(100)).nullish(),
  mlp_only_layers: listOf(count).nullish(),
  decoder_sparse_step: size.nullish(),
  q_lora_rank: size.nullish(),
  kv_lora_rank: size.nullish(),
  qk_nope_head_dim: size.nullish(),
  qk_rope_head_dim: size.nullish(),
  v_head_dim: size.nullish(),
  attention_output_gate: z.boolean().nullish(),
  gated_norm_rank: size.nullish(),
  index_n_heads: size.nullish(),
  index_head_dim: size.nullish(),
  index_topk: size.nullish(),
  num_noise_heads: size.nullish(),
  mhc_expansion_rate: size.nullish(),
  hc_mult: size.nullish(),
  o_groups: size.nullish(),
  o_lora_rank: size.nullish(),
  compress_ratios: listOf(count).nullish(),
  num_nextn_predict_layers: count.nullish(),
  hybrid_override_pattern: z.string().min(1).max(10_000).nullish(),
  mtp_hybrid_override_pattern: z.string().min(1).max(100).nullish(),
  mamba_num_heads: size.nullish(),
  mamba_head_dim: size.nullish(),
  n_groups: size.nullish(),
  ssm_state_size: size.nullish(),
  conv_kernel: size.nullish(),
  gqa_layers: listOf(count).nullish(),
  use_gqa_gate: z.boolean().nullish(),
  linear_attn_config: z.object({ num_heads: size, head_dim: size, short_conv_kernel_size: size.default(4) }).nullish(),
});
type Config = z.output<typeof configSchema>;

/** Characters of a config.json: those of the largest models have a hundredth of it. */
export const MAX_CONFIG = 1 << 20;

/**
 * The shape that the text of a config.json describes.
 * @param name what errors call it
 * @throws JikjiError `plan-config`
 */
export function parseModelShape(text: string, name: string): ModelShape {
  if (text.length > MAX_CONFIG) throw refuse.tooLarge(name);
  return readModelShape(
    parseJson(text, (cause) => refuse.notJson(name, placeOf(cause as Error, text)).causedBy(cause)),
    name,
  );
}

/** Line and column of a fault; of a text that is cut off, its end. */
function placeOf({ message }: Error, text: string): string {
  const stated = /line (\d+) column (\d+)/.exec(message);
  if (stated) return `${stated[1]}:${stated[2]}`;
  const lines = text.split('\n');
  return `${lines.length}:${lines.at(-1)!.length + 1}`;
}

/** @throws JikjiError `plan-config` if it is not a config.json of a known architecture */
export function readModelShape(config: unknown, name: string): ModelShape {
  const read = configSchema.safeParse(config);
  if (!read.success) {
    const issue = read.error.issues[0]!;
    const said = { en: issue.message, ko: koreanOfIssue(issue) };
    throw refuse.oddValue(name, issue.path.join('.') || 'config.json', said);
  }
  const architecture = read.data.architectures[0]!;
  const extras = Object.hasOwn(ARCHITECTURES, architecture) ? ARCHITECTURES[architecture] : undefined;
  if (extras === undefined)
    throw refuse.architectureUnknown(name, shownValue(architecture), Object.keys(ARCHITECTURES));
  const shape = new ShapeReader(read.data, extras, name).read();
  requireSizes(shape);
  return shape;
}

/** A config.json may divide by more than there is, or take more experts than it has: nothing of a model is less than nothing. */
function requireSizes({ name, layers, predictors }: ModelShape): void {
  for (const layer of new Set([...layers, ...predictors])) {
    const odd = layer.matrices.find(
      ({ inputs, outputs, uses, copies }) => !(inputs > 0 && outputs > 0 && uses > 0 && uses <= copies),
    );
    if (odd) throw refuse.sizesContradict(name, odd.name);
  }
}

/** A layer is a string of blocks, as hybrid patterns write them. */
const BLOCKS = '* attention, S attention with a window, M Mamba-2, L linear attention, E experts, - dense MLP';

class ShapeReader {
  readonly #c: Config;
  readonly #extras: Extras;
  readonly #name: string;
  readonly #hidden: number;
  readonly #heads: number;
  readonly #layers = new Map<string, Layer>();

  constructor(config: Config, extras: Extras, name: string) {
    this.#c = config;
    this.#extras = extras;
    this.#name = name;
    this.#hidden = this.#need('hidden_size', config.hidden_size ?? config.n_embd);
    this.#heads = this.#need('num_attention_heads', config.num_attention_heads ?? config.n_head);
  }

  read(): ModelShape {
    const { vocab_size: vocabSize, tie_word_embeddings: tied, n_positions: positions } = this.#c;
    const layers = this.#kinds().map((kind) => this.#layer(kind));
    return {
      name: this.#name,
      hiddenSize: this.#hidden,
      vocabSize,
      isTied: tied ?? this.#extras.isTied,
      positions: this.#extras.hasLearntPositions ? this.#need('n_positions', positions) : 0,
      layers,
      predictors: this.#predictors(layers.at(-1)!),
    };
  }

  #need<T>(key: string, value: T | null | undefined): T {
    if (value !== undefined && value !== null) return value;
    throw refuse.keyMissing(this.#name, key);
  }

  #kinds(): string[] {
    const { hybrid_override_pattern: pattern, num_hidden_layers: layers, n_layer: n, gqa_layers: full } = this.#c;
    if (pattern) return [...pattern.replaceAll('|', '')];
    return Array.from({ length: this.#need('num_hidden_layers', layers ?? n) }, (_, l) => {
      const window = this.#window(l);
      const mixer = full && !full.includes(l) ? 'L' : window === null ? '*' : `S${window}`;
      const ratio = this.#c.compress_ratios?.[l] ?? 0;
      return `${mixer}${ratio > 0 ? `C${ratio}` : ''}${this.#isSparse(l) ? 'E' : '-'}`;
    });
  }

  #window(l: number): number | null {
    const { layer_types: types, sliding_window: window, sliding_windows: windows } = this.#c;
    const { sliding_window_pattern: pattern, sliding_window_period: period } = this.#c;
    if (!this.#extras.slides) return null;
    if (windows) return windows[l] || null;
    if (!window) return null;
    if (types) return types[l] === 'sliding_attention' ? window : null;
    if (period) return l % period === 0 ? null : window;
    if (typeof pattern === 'string') return pattern[l % pattern.length] === 'L' ? window : null;
    if (typeof pattern === 'number') return (l + 1) % pattern === 0 ? null : window;
    return this.#extras.attention === 'compressed' ? window : null;
  }

  get #experts(): number | null {
    return this.#c.n_routed_experts ?? this.#c.num_experts ?? this.#c.num_local_experts ?? null;
  }

  #isSparse(l: number): boolean {
    const c = this.#c;
    if (this.#experts === null) return false;
    if (c.mlp_layer_types) return c.mlp_layer_types[l] === 'sparse';
    if (c.mlp_only_layers?.includes(l)) return false;
    if (c.decoder_sparse_step && (l + 1) % c.decoder_sparse_step !== 0) return false;
    return l >= (c.first_k_dense_replace ?? c.n_dense_first_layers ?? 0);
  }

  #predictors(last: Layer): Layer[] {
    const { num_nextn_predict_layers: length, mtp_hybrid_override_pattern: pattern } = this.#c;
    if (!length) return [];
    const dense = this.#extras.predictor === 'dense' ? [this.#block('*'), this.#block('-')] : [last];
    const body = pattern ? [...pattern].map((letter) => this.#block(letter)) : dense;
    const projection = block([matrix('projection', 2 * this.#hidden, this.#hidden, 'none')], 3 * this.#hidden, 3);
    const whole = [projection, ...body].reduce(joinBlocks);
    return Array.from({ length }, () => whole);
  }

  #layer(kind: string): Layer {
    let layer = this.#layers.get(kind);
    if (layer === undefined) {
      layer = kind
        .match(/S\d+|C\d+|./g)!
        .map((part) => this.#block(part))
        .reduce(joinBlocks);
      this.#layers.set(kind, layer);
    }
    return layer;
  }

  #block(part: string): Layer {
    const letter = part[0]!;
    if (letter === '*') return this.#attention(null);
    if (letter === 'S') return this.#attention(Number(part.slice(1)));
    if (letter === 'C') return this.#compressor(Number(part.slice(1)));
    if (letter === 'M') return this.#mamba();
    if (letter === 'L') return this.#linearAttention();
    if (letter === 'E') return this.#mixture();
    if (letter === '-') return this.#dense();
    throw refuse.blockUnknown(this.#name, shownValue(letter), BLOCKS);
  }

  #attention(window: number | null): Layer {
    const { attention } = this.#extras;
    if (attention === 'latent') return this.#latentAttention();
    if (attention === 'differential') return this.#differentialAttention(window);
    return attention === 'compressed' ? this.#compressedAttention(window) : this.#groupedAttention(window);
  }

  #groupedAttention(window: number | null): Layer {
    const c = this.#c;
    const h = this.#hidden;
    const { hasQueryKeyNorm, attentionBias, normVectors, hasSinks } = this.#extras;
    const headSize = c.head_dim ?? h / this.#heads;
    const keyValueHeads = c.num_key_value_heads ?? this.#heads;
    const hasBias = c.attention_bias ?? attentionBias !== 'none';
    const width = this.#heads * headSize;
    const matrices = [
      matrix('query', h, width, 'outputs', { hasBias }),
      matrix('key', h, keyValueHeads * headSize, 'outputs', { hasBias }),
      matrix('value', h, keyValueHeads * headSize, 'outputs', { hasBias }),
      matrix('attention output', width, h, 'inputs', { hasBias: hasBias && attentionBias !== 'inputs' }),
      ...(c.use_gqa_gate ? [matrix('attention gate', h, width, 'outputs')] : []),
    ];
    const vectors = normVectors * h + (hasQueryKeyNorm ? 2 * headSize : 0) + (hasSinks ? this.#heads : 0);
    return block(matrices, vectors, 1, {
      kind: 'softmax',
      heads: this.#heads,
      keySize: headSize,
      valueSize: headSize,
      window,
      cached: 2 * keyValueHeads * headSize,
      // A norm of queries and keys keeps the whole product that they are parts of; a gate keeps itself and what it gives out.
      kept:
        (hasQueryKeyNorm ? 2 : 1) * (width + 2 * keyValueHeads * headSize) + width + (c.use_gqa_gate ? 2 * width : 0),
    });
  }

  /** Multi-head latent attention (DeepSeek-V2, arXiv 2405.04434, section 2.1), with an index of positions where the config has one. */
  #latentAttention(): Layer {
    const c = this.#c;
    const h = this.#hidden;
    const rank = this.#need('kv_lora_rank', c.kv_lora_rank);
    const plain = this.#need('qk_nope_head_dim', c.qk_nope_head_dim);
    const rotated = this.#need('qk_rope_head_dim', c.qk_rope_head_dim);
    const valueSize = this.#need('v_head_dim', c.v_head_dim);
    const keySize = plain + rotated;
    const queries = c.q_lora_rank ?? h;
    const indexHeads = c.index_n_heads ?? 0;
    const indexSize = indexHeads > 0 ? this.#need('index_head_dim', c.index_head_dim) : 0;
    const matrices = [
      ...(c.q_lora_rank ? [matrix('query down', h, queries, 'none')] : []),
      matrix('query', queries, this.#heads * keySize, 'outputs'),
      matrix('key-value down', h, rank + rotated, 'none'),
      matrix('key-value up', rank, this.#heads * (plain + valueSize), 'outputs'),
      matrix('attention output', this.#heads * valueSize, h, 'inputs'),
      ...(c.attention_output_gate ? [matrix('attention gate', queries, this.#heads * valueSize, 'outputs')] : []),
      ...(indexHeads > 0
        ? [
            matrix('index query', queries, indexHeads * indexSize, 'none'),
            matrix('index key', h, indexSize, 'none'),
            matrix('index weight', h, indexHeads, 'none'),
          ]
        : []),
      ...this.#normGate(),
    ];
    return block(matrices, h + (c.q_lora_rank ?? 0) + rank + 2 * indexSize, 1, {
      kind: 'softmax',
      heads: this.#heads,
      keySize,
      valueSize,
      window: indexHeads > 0 ? this.#need('index_topk', c.index_topk) : null,
      cached: rank + rotated + indexSize,
      // Keys and values have all their heads in training. Vectors of low rank are kept before and behind their norms.
      kept:
        2 * this.#heads * (keySize + valueSize) +
        2 * ((c.q_lora_rank ?? 0) + rank) +
        rotated +
        (c.attention_output_gate ? 2 * this.#heads * valueSize : 0) +
        indexHeads * indexSize +
        indexSize,
    });
  }

  /** A norm with a gate of low rank (A.X K2). */
  #normGate(): Matrix[] {
    const rank = this.#c.gated_norm_rank;
    if (!rank) return [];
    return [matrix('norm gate down', this.#hidden, rank, 'none'), matrix('norm gate up', rank, this.#hidden, 'none')];
  }

  /** Grouped differential latent attention (Motif 3): heads of noise are taken from heads of signal. */
  #differentialAttention(window: number | null): Layer {
    const c = this.#c;
    const h = this.#hidden;
    const rank = this.#need('kv_lora_rank', c.kv_lora_rank);
    const queryRank = this.#need('q_lora_rank', c.q_lora_rank);
    const rotated = this.#need('qk_rope_head_dim', c.qk_rope_head_dim);
    const keySize = this.#need('head_dim', c.head_dim);
    const valueSize = this.#need('v_head_dim', c.v_head_dim);
    const keyValueHeads = this.#need('num_key_value_heads', c.num_key_value_heads);
    const signal = this.#heads - this.#need('num_noise_heads', c.num_noise_heads);
    const matrices = [
      matrix('query down', h, queryRank, 'none'),
      matrix('query', queryRank, this.#heads * keySize, 'outputs'),
      matrix('attention gate', queryRank, signal * valueSize, 'outputs'),
      matrix('key-value down', h, rank + rotated, 'none'),
      matrix('key-value up', rank, keyValueHeads * (keySize - rotated + valueSize), 'outputs'),
      matrix('lambda', h, signal, 'none'),
      matrix('attention output', signal * valueSize, h, 'inputs'),
      ...this.#connections(c.mhc_expansion_rate),
    ];
    return block(matrices, h + queryRank + rank, 1, {
      kind: 'softmax',
      heads: this.#heads,
      keySize,
      valueSize,
      window,
      cached: rank + rotated,
      kept:
        this.#heads * (keySize + valueSize) +
        keyValueHeads * (keySize + valueSize) +
        2 * signal * valueSize +
        2 * (queryRank + rank) +
        rotated,
    });
  }

  /** Hyper-connections of several streams, around attention and around the MLP. */
  #connections(streams: number | null | undefined): Matrix[] {
    if (!streams) return [];
    return Array.from({ length: 2 }, () =>
      matrix('connections', streams * this.#hidden, streams * (streams + 2), 'none', { hasBias: true }),
    );
  }

  /** One head of keys that are values too, and outputs in groups of low rank (DeepSeek-V4). */
  #compressedAttention(window: number | null): Layer {
    const c = this.#c;
    const h = this.#hidden;
    const headSize = this.#need('head_dim', c.head_dim);
    const queryRank = this.#need('q_lora_rank', c.q_lora_rank);
    const groups = this.#need('o_groups', c.o_groups);
    const outputRank = this.#need('o_lora_rank', c.o_lora_rank);
    const matrices = [
      matrix('query down', h, queryRank, 'none'),
      matrix('query', queryRank, this.#heads * headSize, 'outputs'),
      matrix('key-value', h, headSize, 'none'),
      matrix('attention output down', (this.#heads * headSize) / groups, groups * outputRank, 'outputs'),
      matrix('attention output up', groups * outputRank, h, 'inputs'),
      ...this.#connections(c.hc_mult),
    ];
    return block(matrices, h + queryRank + headSize + this.#heads, 1, {
      kind: 'softmax',
      heads: this.#heads,
      keySize: headSize,
      valueSize: headSize,
      window,
      cached: headSize,
      kept: 2 * this.#heads * headSize + 2 * headSize + 2 * queryRank + groups * outputRank,
    });
  }

  /** What presses every `ratio` positions into one, and at small ratios the index that chooses among them (DeepSeek-V4). */
  #compressor(ratio: number): Layer {
    const c = this.#c;
    const h = this.#hidden;
    const headSize = this.#need('head_dim', c.head_dim);
    const hasIndex = ratio < (c.index_topk ?? 0) / 16;
    const width = hasIndex ? 2 * headSize : headSize;
    const matrices = [matrix('compressor', h, width, 'none'), matrix('compressor gate', h, width, 'none')];
    if (hasIndex) {
      const indexSize = this.#need('index_head_dim', c.index_head_dim);
      const indexHeads = this.#need('index_n_heads', c.index_n_heads);
      matrices.push(
        matrix('index compressor', h, 2 * indexSize, 'none'),
        matrix('index compressor gate', h, 2 * indexSize, 'none'),
        matrix('index query', this.#need('q_lora_rank', c.q_lora_rank), indexHeads * indexSize, 'none'),
        matrix('index weight', h, indexHeads, 'none'),
      );
    }
    return block(matrices, ratio * width + headSize, 0);
  }

  /** Mamba-2 (arXiv 2405.21060), as Nemotron-H has it. */
  #mamba(): Layer {
    const c = this.#c;
    const heads = this.#need('mamba_num_heads', c.mamba_num_heads);
    const inner = heads * this.#need('mamba_head_dim', c.mamba_head_dim);
    const stateSize = this.#need('ssm_state_size', c.ssm_state_size);
    const convolved = inner + 2 * this.#need('n_groups', c.n_groups) * stateSize;
    const taps = c.conv_kernel ?? 4;
    const matrices = [
      matrix('mamba input', this.#hidden, inner + convolved + heads, 'outputs'),
      matrix('mamba output', inner, this.#hidden, 'inputs'),
    ];
    return block(matrices, this.#hidden + convolved * (taps + 1) + 3 * heads + inner, 1, {
      kind: 'recurrent',
      operations: 2 * convolved * taps + 7 * inner * stateSize,
      state: inner * stateSize,
      width: convolved + inner,
    });
  }

  /** Kimi delta attention (arXiv 2510.26692): decay, read, write and read again of a state of head size squared. */
  #linearAttention(): Layer {
    const {
      num_heads: heads,
      head_dim: headSize,
      short_conv_kernel_size: taps,
    } = this.#need('linear_attn_config', this.#c.linear_attn_config);
    const h = this.#hidden;
    const width = heads * headSize;
    const matrices = [
      ...['linear query', 'linear key', 'linear value'].map((name) => matrix(name, h, width, 'outputs')),
      matrix('linear output', width, h, 'inputs'),
      matrix('write strength', h, heads, 'none'),
      matrix('decay down', h, headSize, 'none'),
      matrix('decay up', headSize, width, 'outputs'),
      matrix('linear gate down', h, headSize, 'none'),
      matrix('linear gate up', headSize, width, 'outputs'),
    ];
    return block(matrices, h + 3 * width * taps + width + heads + headSize, 1, {
      kind: 'recurrent',
      operations: 6 * width * taps + 8 * width * headSize,
      state: width * headSize,
      width: 4 * width,
    });
  }

  #dense(): Layer {
    const intermediate = this.#intermediate();
    const hasBias = this.#c.mlp_bias ?? this.#extras.hasMlpBias;
    return {
      ...block(this.#mlp('', intermediate, hasBias), this.#extras.normVectors * this.#hidden, 1),
      activation: { before: (this.#extras.isGated ? 2 : 1) * intermediate, behind: intermediate },
    };
  }

  #intermediate(): number {
    const { intermediate_size: intermediate, n_embd: width, n_inner: inner } = this.#c;
    return this.#need('intermediate_size', intermediate ?? inner ?? (width === undefined ? undefined : 4 * width));
  }

  #mlp(prefix: string, intermediate: number, hasBias: boolean): Matrix[] {
    const names = this.#extras.isGated ? ['gate', 'up'] : ['up'];
    return [
      ...names.map((name) => matrix(prefix + name, this.#hidden, intermediate, 'outputs', { hasBias })),
      matrix(`${prefix}down`, intermediate, this.#hidden, 'inputs', { hasBias }),
    ];
  }

  #mixture(): Layer {
    const c = this.#c;
    const { isGated, hasMlpBias, hasMixtureNorm, hasRouterBias } = this.#extras;
    const experts = this.#need('n_routed_experts', this.#experts);
    const active = this.#need('num_experts_per_tok', c.num_experts_per_tok ?? c.experts_top_k);
    const intermediate = c.moe_intermediate_size ?? this.#intermediate();
    const width = c.moe_latent_size ?? this.#hidden;
    const expert = { copies: experts, uses: active, hasBias: hasMlpBias };
    const shared =
      c.moe_shared_expert_intermediate_size ??
      c.shared_expert_intermediate_size ??
      (c.n_shared_experts ?? c.num_shared_experts ?? 0) * intermediate;
    const matrices = [
      matrix('router', this.#hidden, experts, 'none', { hasBias: hasMlpBias }),
      ...(isGated ? [matrix('expert gate', width, intermediate, 'expert', expert)] : []),
      matrix('expert up', width, intermediate, 'expert', expert),
      matrix('expert down', intermediate, width, 'expert', expert),
      ...(shared > 0 ? this.#mlp('shared ', shared, false) : []),
      ...(c.moe_latent_size
        ? [matrix('latent down', this.#hidden, width, 'none'), matrix('latent up', width, this.#hidden, 'none')]
        : []),
      ...this.#normGate(),
    ];
    const norms = hasMixtureNorm ? 2 : 1;
    const behind = active * intermediate + shared;
    return {
      ...block(matrices, norms * this.#hidden + (hasRouterBias ? experts : 0), norms),
      activation: { before: (isGated ? 2 : 1) * behind, behind },
      experts: { count: experts, active, width },
    };
  }
}

function matrix(
  name: string,
  inputs: number,
  outputs: number,
  division: Matrix['division'],
  { copies = 1, uses = 1, hasBias = false }: Partial<Pick<Matrix, 'copies' | 'uses' | 'hasBias'>> = {},
): Matrix {
  return { name, inputs, outputs, division, copies, uses, hasBias };
}

function block(matrices: Matrix[], vectors: number, norms: number, mixing: Mixing | null = null): Layer {
  return { matrices, vectors, mixing, norms, activation: { before: 0, behind: 0 }, experts: null };
}
