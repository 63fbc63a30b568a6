// What each architecture has that its config.json does not say. A new architecture is a record here. Knows no sizes.

export interface Extras {
  attention: 'grouped' | 'latent' | 'differential' | 'compressed';
  /** An activation function with a gate, as in SwiGLU: two matrices up. */
  isGated: boolean;
  /** A norm of queries and keys per head. */
  hasQueryKeyNorm: boolean;
  /** Bias of query, key and value (`inputs`), of all four matrices (`all`), or of none, where `attention_bias` is not given. */
  attentionBias: 'none' | 'inputs' | 'all';
  hasMlpBias: boolean;
  /** Vectors of a norm: 1, or 2 with a bias. */
  normVectors: 1 | 2;
  /** A norm of the stream behind each mixture of experts. */
  hasMixtureNorm: boolean;
  /** A score for each expert that balances the load. */
  hasRouterBias: boolean;
  /** A learnt sink for each head. */
  hasSinks: boolean;
  /** Whether `sliding_window` is used. */
  slides: boolean;
  hasLearntPositions: boolean;
  /** Where `tie_word_embeddings` is not given. */
  isTied: boolean;
  /** The layer that predicts a further token: as the last one, or with a dense MLP. */
  predictor: 'last' | 'dense';
}

const llama: Extras = {
  attention: 'grouped',
  isGated: true,
  hasQueryKeyNorm: false,
  attentionBias: 'none',
  hasMlpBias: false,
  normVectors: 1,
  hasMixtureNorm: false,
  hasRouterBias: false,
  hasSinks: false,
  slides: false,
  hasLearntPositions: false,
  isTied: false,
  predictor: 'last',
};
const qwen3: Extras = { ...llama, hasQueryKeyNorm: true };
const mixture: Extras = { ...llama, hasRouterBias: true };
const deepseek: Extras = { ...mixture, attention: 'latent' };

export const ARCHITECTURES: Readonly<Record<string, Extras>> = {
  LlamaForCausalLM: llama,
  MistralForCausalLM: { ...llama, slides: true },
  Qwen2ForCausalLM: { ...llama, attentionBias: 'inputs' },
  Qwen3ForCausalLM: qwen3,
  Qwen3MoeForCausalLM: qwen3,
  GPT2LMHeadModel: {
    ...llama,
    isGated: false,
    attentionBias: 'all',
    hasMlpBias: true,
    normVectors: 2,
    hasLearntPositions: true,
    isTied: true,
  },
  GptOssForCausalLM: { ...llama, attentionBias: 'all', hasMlpBias: true, hasSinks: true, slides: true },
  DeepseekV3ForCausalLM: deepseek,
  DeepseekV4ForCausalLM: { ...mixture, attention: 'compressed', hasSinks: true, slides: true },
  NemotronHForCausalLM: { ...mixture, isGated: false },
  Exaone4ForCausalLM: { ...qwen3, slides: true },
  ExaoneMoeForCausalLM: { ...qwen3, hasRouterBias: true, slides: true, predictor: 'dense' },
  SolarOpenForCausalLM: mixture,
  SolarOpen2ForCausalLM: mixture,
  AXK1ForCausalLM: { ...deepseek, hasMixtureNorm: true },
  AXK2ForCausalLM: deepseek,
  MotifForCausalLM: { ...mixture, attention: 'differential', slides: true, predictor: 'dense' },
};
