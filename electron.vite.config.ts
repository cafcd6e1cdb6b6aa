import { resolve } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';
import type { Plugin } from 'vite';

/**
 * electron-vite forces relative asset URLs, made for file://. Our renderer always has an origin of its own (app://plumbline or
 * http://127.0.0.1), and its deep links (/train/run_…) need absolute ones.
 */
const absoluteAssets: Plugin = {
  name: 'plumbline:absolute-assets',
  enforce: 'post',
  config: (config) => {
    config.base = '/';
  },
};

export default defineConfig({
  // The thin Electron host: one CommonJS file that Electron 25's Node 18 runs, nothing but `electron` left outside.
  main: {
    build: {
      target: 'node18',
      outDir: 'out/main',
      externalizeDeps: false,
      lib: { entry: resolve('src/main/desktop/index.ts'), formats: ['cjs'], fileName: () => 'index.cjs' },
    },
  },
  // A sandboxed preload must be CommonJS.
  preload: {
    build: {
      target: 'node18',
      outDir: 'out/preload',
      externalizeDeps: false,
      lib: { entry: resolve('src/preload/index.ts'), formats: ['cjs'], fileName: () => 'index.cjs' },
    },
  },
  renderer: {
    root: resolve('src/renderer'),
    plugins: [react(), absoluteAssets],
    build: {
      target: 'chrome114',
      outDir: resolve('out/renderer'),
      emptyOutDir: true,
      minify: true,
      assetsInlineLimit: 0, // a data: URL would need a hole in the content security policy
      chunkSizeWarningLimit: 1500,
      rolldownOptions: { input: resolve('src/renderer/index.html') },
    },
  },
});
