import { PlainError } from '#shared/errors.ts';
import type { Gguf, GgufValue } from './read.ts';

/** Typed look-ups in a GGUF file's metadata. Each throws PlainError `bad_input` when the value is of another kind. */
export class Metadata {
  readonly path: string;
  readonly #values: ReadonlyMap<string, GgufValue>;

  constructor({ path, metadata }: Pick<Gguf, 'path' | 'metadata'>) {
    this.path = path;
    this.#values = metadata;
  }

  has(key: string): boolean {
    return this.#values.has(key);
  }

  text(key: string): string | undefined {
    const value = this.#values.get(key);
    if (value === undefined || typeof value === 'string') return value;
    return this.#refuse(key, 'text');
  }

  number(key: string): number | undefined {
    const value = this.#values.get(key);
    if (value === undefined || typeof value === 'number') return value;
    return this.#refuse(key, 'one number');
  }

  requiredNumber(key: string): number {
    return this.number(key) ?? this.#refuse(key, 'a number');
  }

  flag(key: string): boolean | undefined {
    const value = this.#values.get(key);
    if (value === undefined || typeof value === 'boolean') return value;
    return this.#refuse(key, 'true or false');
  }

  texts(key: string): string[] | undefined {
    const value = this.#values.get(key);
    if (value === undefined) return undefined;
    if (!Array.isArray(value) || value.some((entry) => typeof entry !== 'string')) return this.#refuse(key, 'a list of texts');
    return value as string[];
  }

  numbers(key: string): number[] | undefined {
    const value = this.#values.get(key);
    if (value === undefined) return undefined;
    if (!Array.isArray(value) || value.some((entry) => typeof entry !== 'number')) return this.#refuse(key, 'a list of numbers');
    return value as number[];
  }

  #refuse(key: string, wanted: string): never {
    throw new PlainError(
      'bad_input',
      `${this.path} cannot be used: its "${key}" is missing or is not ${wanted}. Convert the model again with a current llama.cpp.`,
    );
  }
}
