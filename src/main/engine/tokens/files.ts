/** Files that make up a tokenizer; the first two are required. */
export const tokenizerFiles = ['tokenizer.json', 'tokenizer_config.json', 'generation_config.json', 'chat_template.jinja'] as const;
