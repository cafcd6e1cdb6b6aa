import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { backendFinding, backendSetting } from '#shared/backends.ts';
import { writeWhole } from '../files.ts';

/** `machine.json` of the data folder: what a person chose for this machine, and what was found on it when it was last examined. */
const machineFile = z.object({ backend: backendSetting, found: z.array(backendFinding) });
export type MachineSettings = z.infer<typeof machineFile>;

const untouched: MachineSettings = { backend: 'auto', found: [] };

export function readMachineSettings(dataFolder: string): MachineSettings {
  try {
    return machineFile.parse(JSON.parse(readFileSync(join(dataFolder, 'machine.json'), 'utf8')));
  } catch {
    return untouched; // not there yet, or from a version with other backends
  }
}

export function writeMachineSettings(dataFolder: string, settings: MachineSettings): void {
  mkdirSync(dataFolder, { recursive: true });
  writeWhole(join(dataFolder, 'machine.json'), JSON.stringify(settings, null, 2));
}
