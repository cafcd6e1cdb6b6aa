import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

const entry = fileURLToPath(new URL('../engine/doctor.ts', import.meta.url));
const answer = z.union([z.object({ words: z.string(), gpu: z.boolean() }), z.object({ reason: z.string() })]);
export type BackendAnswer = z.infer<typeof answer>;

/** Opens an engine backend in a process of its own, as a job would, and says what it is or why it cannot be used. Never rejects. */
export function tryBackend(name: string, timeoutSeconds = 30): Promise<BackendAnswer> {
  return new Promise((resolve) => {
    const options = { env: { ...process.env, PLUMBLINE_BACKEND: name }, timeout: timeoutSeconds * 1000, windowsHide: true };
    execFile(process.execPath, [entry], options, (error, stdout, stderr) => {
      const parsed = parse(stdout);
      if (parsed) resolve(parsed);
      else if (error?.killed) resolve({ reason: `it did not start within ${timeoutSeconds} seconds` });
      else resolve({ reason: `its process ended: ${stderr.trim().split('\n').at(-1) ?? error?.message ?? 'no reason given'}` });
    });
  });
}

function parse(stdout: string): BackendAnswer | null {
  try {
    return answer.parse(JSON.parse(stdout.trim().split('\n').at(-1) ?? ''));
  } catch {
    return null;
  }
}
