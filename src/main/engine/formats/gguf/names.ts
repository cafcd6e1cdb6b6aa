import type { DecoderConfig } from '../../nn/config.ts';

/** How a tensor's rows lie in GGUF as against Hugging Face. */
export type Layout = 'same' | 'transposed' | { interleavedHeads: number };

/** llama.cpp's name of each parameter, within `blk.N.` for those of a block (gguf-py, `TENSOR_NAMES`). */
const llamaBlock: Readonly<Record<string, string>> = {
  'input_layernorm.': 'attn_norm.',
  'self_attn.q_proj.': 'attn_q.',
  'self_attn.k_proj.': 'attn_k.',
  'self_attn.v_proj.': 'attn_v.',
  'self_attn.o_proj.': 'attn_output.',
  'self_attn.q_norm.': 'attn_q_norm.',
  'self_attn.k_norm.': 'attn_k_norm.',
  'post_attention_layernorm.': 'ffn_norm.',
  'mlp.gate_proj.': 'ffn_gate.',
  'mlp.up_proj.': 'ffn_up.',
  'mlp.down_proj.': 'ffn_down.',
};
const gpt2Block: Readonly<Record<string, string>> = {
  'ln_1.': 'attn_norm.',
  'attn.c_attn.': 'attn_qkv.',
  'attn.c_proj.': 'attn_output.',
  'ln_2.': 'ffn_norm.',
  'mlp.c_fc.': 'ffn_up.',
  'mlp.c_proj.': 'ffn_down.',
};
const outside: Readonly<Record<string, string>> = {
  'model.embed_tokens.': 'token_embd.',
  'model.norm.': 'output_norm.',
  'transformer.wte.': 'token_embd.',
  'transformer.wpe.': 'position_embd.',
  'transformer.ln_f.': 'output_norm.',
  'lm_head.': 'output.',
};

/** GGUF's name of a parameter that has Hugging Face's `name`. */
export function ggufName(name: string): string {
  const [, layer, within, part] = /^(?:model\.layers|transformer\.h)\.(\d+)\.(.*\.)(weight|bias)$/.exec(name) ?? [];
  if (layer !== undefined && within !== undefined) return `blk.${layer}.${llamaBlock[within] ?? gpt2Block[within]}${part}`;
  const at = name.lastIndexOf('.') + 1;
  return `${outside[name.slice(0, at)]}${name.slice(at)}`;
}

/**
 * llama.cpp turns neighboring values of a head of q and k by one angle in its architecture "llama", where Hugging Face turns values half a head apart; its converter
 * interleaves the rows. Its Qwen architectures need no such thing. GPT-2's Conv1D weights are [in, out] at Hugging Face, [out, in] here.
 */
export function layoutOf(name: string, ggufArchitecture: string, { heads, groups }: Pick<DecoderConfig, 'heads' | 'groups'>): Layout {
  if (ggufArchitecture === 'gpt2') return /\.c_(attn|proj|fc)\.weight$/.test(name) ? 'transposed' : 'same';
  if (ggufArchitecture !== 'llama') return 'same';
  if (/\.q_proj\.(weight|bias)$/.test(name)) return { interleavedHeads: heads };
  if (/\.k_proj\.(weight|bias)$/.test(name)) return { interleavedHeads: groups };
  return 'same';
}

/**
 * Rows of `size` bytes rearranged within each of `heads` heads: from pairs (0, 1), (2, 3), … as llama.cpp has them to two halves, or back.
 */
export function reorderHeads(bytes: Uint8Array, rows: number, heads: number, to: 'halves' | 'pairs'): Uint8Array {
  const size = bytes.length / rows;
  const perHead = rows / heads;
  const out = new Uint8Array(bytes.length);
  for (let row = 0; row < rows; row++) {
    const within = row % perHead;
    const paired = row - within + 2 * (within % (perHead / 2)) + Math.floor(within / (perHead / 2)); // where row `within` of the halves lies among the pairs
    const [source, target] = to === 'halves' ? [paired, row] : [row, paired];
    out.set(bytes.subarray(source * size, (source + 1) * size), target * size);
  }
  return out;
}

/** [rows, columns] of values of `size` bytes → [columns, rows]. */
export function transpose(bytes: Uint8Array, rows: number, columns: number): Uint8Array {
  const size = bytes.length / (rows * columns);
  const [from, out] =
    size === 4
      ? [new Uint32Array(bytes.buffer, bytes.byteOffset, rows * columns), new Uint32Array(rows * columns)]
      : [new Uint16Array(bytes.buffer, bytes.byteOffset, rows * columns), new Uint16Array(rows * columns)];
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) out[column * rows + row] = from[row * columns + column]!;
  return new Uint8Array(out.buffer);
}
