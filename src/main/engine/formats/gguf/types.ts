/** How GGML stores numbers: values come in blocks that share their scales. Names and numbers are ggml's (ggml.h, `enum ggml_type`). */
export interface GgmlType {
  name: string;
  /** Values of a block. */
  block: number;
  /** Bytes of a block. */
  bytes: number;
}

/** The types that are read here, by ggml's number. */
export const readableTypes: Readonly<Record<number, GgmlType>> = {
  0: { name: 'F32', block: 1, bytes: 4 },
  1: { name: 'F16', block: 1, bytes: 2 },
  2: { name: 'Q4_0', block: 32, bytes: 18 },
  3: { name: 'Q4_1', block: 32, bytes: 20 },
  6: { name: 'Q5_0', block: 32, bytes: 22 },
  7: { name: 'Q5_1', block: 32, bytes: 24 },
  8: { name: 'Q8_0', block: 32, bytes: 34 },
  12: { name: 'Q4_K', block: 256, bytes: 144 },
  13: { name: 'Q5_K', block: 256, bytes: 176 },
  14: { name: 'Q6_K', block: 256, bytes: 210 },
  30: { name: 'BF16', block: 1, bytes: 2 },
};

/** Names of types that exist and are not read, for the sentence that refuses them. */
const otherTypes: Readonly<Record<number, string>> = {
  9: 'Q8_1',
  10: 'Q2_K',
  11: 'Q3_K',
  15: 'Q8_K',
  16: 'IQ2_XXS',
  17: 'IQ2_XS',
  18: 'IQ3_XXS',
  19: 'IQ1_S',
  20: 'IQ4_NL',
  21: 'IQ3_S',
  22: 'IQ2_S',
  23: 'IQ4_XS',
  24: 'I8',
  25: 'I16',
  26: 'I32',
  27: 'I64',
  28: 'F64',
  29: 'IQ1_M',
  34: 'TQ1_0',
  35: 'TQ2_0',
  39: 'MXFP4',
};

export function nameOfType(number: number): string {
  return readableTypes[number]?.name ?? otherTypes[number] ?? `type ${number}`;
}

/** ggml's number of a type that is read here. */
export function numberOfType(name: string): number {
  const found = Object.entries(readableTypes).find(([, type]) => type.name === name);
  if (!found) throw new Error(`There is no GGML type ${name} here.`);
  return Number(found[0]);
}

export const readableTypeNames = Object.values(readableTypes)
  .map(({ name }) => name)
  .join(', ');
