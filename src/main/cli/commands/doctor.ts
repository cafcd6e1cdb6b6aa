import { defaultDataFolder } from '#backend/folders.ts';
import { createMachine } from '#backend/machine/index.ts';
import { createSystem } from '#backend/system.ts';
import { gpuWords, placeWords } from '#shared/backends.ts';
import type { Command } from '../command.ts';

const gigabytes = (bytes: number) => `${(bytes / 1e9).toFixed(1)} GB`;

export const doctor: Command = {
  words: ['doctor'],
  summary: 'What this machine offers: backends found, and refused and why, memory, Electron, versions.',
  usage: '',
  example: 'doctor --json',
  positionals: [],
  options: {},
  optionHelp: {},
  async run() {
    const found = await createSystem(createMachine(defaultDataFolder())).doctor();
    return {
      json: found,
      text: [
        `Plumbline ${found.version} on Node ${found.node}, ${found.platform}, SQLite ${found.sqlite}`,
        `${found.cores} cores, ${gigabytes(found.memoryBytes)} of memory, ${gigabytes(found.freeMemoryBytes)} of it free`,
        `Electron ${found.electron.version ?? ''} ${found.electron.found ? 'found' : 'not found'}${found.electron.reason ? `: ${found.electron.reason}` : ''}`,
        `GPU: ${gpuWords(found.backends)}`,
        ...found.backends.map(
          (backend) =>
            `${backend.available ? 'yes' : 'no '}  ${backend.name}: ${backend.words}${backend.reason ? ` (${backend.reason})` : ''}`,
        ),
        ...found.choice.decisions.map(({ work, because, ...place }) => `${work}: ${placeWords(place)}. ${because}`),
        ...(found.choice.problem === null ? [] : [`Nothing can run: ${found.choice.problem}`]),
      ].join('\n'),
    };
  },
};
