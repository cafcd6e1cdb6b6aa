import { placeNamed } from '#shared/backends.ts';
import type { Backend, BackendName } from './backend.ts';
import { openCpu } from './cpu.ts';
import { makeCurrent } from './current.ts';
import { shareIdentity } from './share-identity.ts';
import { openTensorflow } from './tensorflow/open.ts';
import { defaultThreads, openWasm } from './wasm/open.ts';
import { openWebgpu } from './webgpu/open.ts';

export type { Backend, BackendName } from './backend.ts';

interface OpenOptions {
  name?: BackendName;
  /** Another one beside it, on which decoders write (`sampling/writer.ts`). Default: none, they write where they are trained. */
  writer?: BackendName;
  threads?: number;
}

/**
 * Opens a backend, makes tfjs use it and its kernels current; tensors of one that was open before are lost.
 * Without a name: `PLUMBLINE_BACKEND` ("wasm", or "tensorflow+wasm": train on the one and write on the other) if it is set, else wasm.
 * @throws PlainError `engine` when it cannot start, `bad_input` for a name that there is none of.
 */
export async function openBackend({ threads = defaultThreads(), ...names }: OpenOptions = {}): Promise<Backend> {
  const { backend: name, writer = null } = names.name
    ? { backend: names.name, writer: names.writer }
    : placeNamed(process.env.PLUMBLINE_BACKEND || 'wasm');
  const second = writer && writer !== name ? await open(writer, threads) : null;
  const first = await open(name, threads);
  const backend: Backend = second ? withWriter(first, second) : first;
  await makeCurrent(backend);
  return backend;
}

async function open(name: BackendName, threads: number): Promise<Backend> {
  const backend = await openers[name](threads);
  if (name === 'wasm') shareIdentity(name);
  return backend;
}

function withWriter(backend: Backend, writer: Backend): Backend {
  return {
    ...backend,
    writer,
    close: async () => {
      await backend.close();
      await writer.close();
    },
  };
}

/** `PLUMBLINE_GPU` names an adapter, and is the only way to a software renderer. */
const openers: Record<BackendName, (threads: number) => Promise<Backend>> = {
  wasm: openWasm,
  webgpu: () => openWebgpu(process.env.PLUMBLINE_GPU ? { adapter: process.env.PLUMBLINE_GPU } : {}),
  tensorflow: openTensorflow,
  cpu: openCpu,
};
