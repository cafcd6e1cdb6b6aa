/** `npm run docs:settings`: writes docs/algorithms/settings.md from the settings and metrics that the app has. */
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runScript } from './lib/run-script.ts';
import { settingsPage } from './lib/settings-page.ts';
import { root } from './setup.mjs';

await runScript({
  usage:
    'Usage: npm run docs:settings\nWrites docs/algorithms/settings.md from the settings and metrics that the app has.\nExample: npm run docs:settings',
  options: {},
  read: () => null,
  run: () => {
    const file = join(root, 'docs/algorithms/settings.md');
    writeFileSync(`${file}.new`, settingsPage());
    renameSync(`${file}.new`, file);
    return Promise.resolve({ json: { file }, text: `${file} is what the app has.` });
  },
});
