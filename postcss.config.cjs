/** Mantine's own preset: `light-dark()`, `rem()` and nesting, compiled to what Chromium 114 understands. */
module.exports = { plugins: { 'postcss-preset-mantine': {} } };
