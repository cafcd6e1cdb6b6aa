import { createRequire, registerHooks } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TensorflowBackend } from './binding.ts';
import type { Installed } from './folder.ts';

const require = createRequire(import.meta.url);

interface Loader {
  /** @throws Error with dlerror's words */
  open(path: string): void;
}

/** Opens libtensorflow's libraries for the whole process. They stay open: TensorFlow cannot be unloaded. */
export function openLibraries({ folder, variant }: Installed): void {
  const { open } = loaderOf(folder);
  if (variant === 'cuda') for (const library of cudaLibraries) open(join(folder, 'nvidia', library));
  for (const library of ['libtensorflow_framework.so.2', 'libtensorflow_cc.so.2']) open(join(folder, 'tensorflow', library));
}

export function loaderOf(folder: string): Loader {
  return require(join(folder, 'loader.node')) as Loader;
}

/** In the order in which they need each other. */
const cudaLibraries = [
  'cuda_runtime/lib/libcudart.so.12',
  'cublas/lib/libcublasLt.so.12',
  'cublas/lib/libcublas.so.12',
  'cufft/lib/libcufft.so.11',
  'nvjitlink/lib/libnvJitLink.so.12',
  'cusparse/lib/libcusparse.so.12',
  'cusolver/lib/libcusolver.so.11',
  'cudnn/lib/libcudnn.so.9',
];

const fromPackage = '/@tensorflow/tfjs-node-gpu/';
const utilForIt = fileURLToPath(new URL('util-for-tfjs-node.cjs', import.meta.url));

/**
 * @tensorflow/tfjs-node-gpu's own backend and kernels on the libraries that are open, registered with the tfjs-core that the engine uses. Its index.js is left
 * out: that asks node-pre-gyp for a downloaded binding, and brings all of @tensorflow/tfjs, whose gradients would replace ours (nn/tape-gradients.ts).
 */
export function loadTfjsNode({ folder }: Installed): TensorflowBackend {
  const binding: unknown = require(join(folder, 'tfjs_binding.node'));
  const hooks = registerHooks({
    resolve(specifier, context, next) {
      if (context.parentURL?.includes(fromPackage)) {
        if (specifier === '@tensorflow/tfjs') return next('@tensorflow/tfjs-core', context);
        if (specifier === 'util') return next(utilForIt, context);
      }
      return next(specifier, context);
    },
  });
  try {
    require('@tensorflow/tfjs-node-gpu/dist/register_all_kernels.js');
    const { NodeJSKernelBackend } = require('@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend.js') as {
      NodeJSKernelBackend: new (binding: unknown, packageName: string) => TensorflowBackend;
    };
    return new NodeJSKernelBackend(binding, '@tensorflow/tfjs-node-gpu');
  } finally {
    hooks.deregister();
  }
}
