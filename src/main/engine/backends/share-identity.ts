import * as tf from '@tensorflow/tfjs-core';

/**
 * Lets tfjs's clone share data instead of copying them: the tape clones everything that a gradient saves, so stock Identity on wasm copies every activation once.
 * Safe because data are written in place in two spots only, the optimizer and the decoding cache, and nothing saved by a tape outlives its step.
 */
export function shareIdentity(backendName: string): void {
  const stock = tf.getKernel('Identity', backendName);
  tf.unregisterKernel('Identity', backendName);
  tf.registerKernel({
    ...stock,
    kernelFunc: ({ inputs, backend }) => {
      const { dataId, shape, dtype } = inputs.x as tf.TensorInfo;
      (backend as tf.KernelBackend).incRef(dataId);
      return { dataId, shape, dtype };
    },
  });
}
