import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { PlainError, sentenceOf } from '#shared/errors.ts';

const require = createRequire(import.meta.url);
const run = promisify(execFile);

/** @throws PlainError `engine` when a compiler is missing: better said before 230 MB are fetched than after. */
export async function checkCompilers(): Promise<void> {
  await compile('C++ compiler', process.env.CXX ?? 'g++', ['--version']);
  await compile('C compiler', process.env.CC ?? 'gcc', ['--version']);
}

/**
 * Compiles tfjs's binding from the sources in @tensorflow/tfjs-node-gpu, and the loader, against the Node-API: one build serves every Node from 16 on.
 * The binding is not linked to TensorFlow: its symbols are looked up when they are first called, in the library that the loader has opened.
 * @param folder holds TensorFlow's headers in `tensorflow/include`; `tfjs_binding.node` and `loader.node` are put there
 * @throws PlainError `engine` when there is no compiler or it fails
 */
export async function compileAddons(folder: string): Promise<void> {
  const { include_dir: nodeApi } = require('node-api-headers') as { include_dir: string };
  const tfjs = dirname(require.resolve('@tensorflow/tfjs-node-gpu/package.json'));
  const shared = ['-O2', '-shared', '-fPIC', `-I${nodeApi}`];
  const sources = ['tfjs_backend.cc', 'tfjs_binding.cc'].map((file) => join(tfjs, 'binding', file));
  await compile('C++ compiler', process.env.CXX ?? 'g++', [
    ...[...shared, '-std=c++17', '-w', '-Wl,-z,lazy', `-I${join(folder, 'tensorflow', 'include')}`, `-I${tfjs}`],
    ...[...sources, '-o', join(folder, 'tfjs_binding.node')],
  ]);
  const loader = fileURLToPath(new URL('../loader.c', import.meta.url));
  await compile('C compiler', process.env.CC ?? 'gcc', [...shared, loader, '-o', join(folder, 'loader.node'), '-ldl']);
}

async function compile(what: string, command: string, options: string[]): Promise<void> {
  try {
    await run(command, options, { maxBuffer: 1 << 24 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      throw new PlainError(
        'engine',
        `Setting up TensorFlow needs a ${what}, and "${command}" was not found. Install one (on Debian and Ubuntu: apt install g++), then try again.`,
      );
    }
    const { stderr = '' } = error as { stderr?: string };
    const first = stderr.split('\n').find((line) => /error/i.test(line)) ?? sentenceOf(error);
    throw new PlainError('engine', `tfjs's binding to TensorFlow could not be compiled by ${command}: ${first}`, { cause: error });
  }
}
