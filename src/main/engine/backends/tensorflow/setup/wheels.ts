import { tensorflowVersion, type Variant } from '../folder.ts';

/** A wheel on PyPI, which is a zip file: fetched by name and held to its sha256. */
export interface Wheel {
  project: string;
  version: string;
  file: string;
  bytes: number;
  sha256: string;
  license: 'Apache-2.0' | 'NVIDIA Proprietary';
  /** Which of its members are unpacked. */
  wanted: (member: string) => boolean;
}

/** Libraries, notices, and the few headers that the binding includes. */
function ofTensorflow(member: string): boolean {
  if (/^tensorflow\/libtensorflow_(cc|framework)\.so\.2$/.test(member) || member === 'tensorflow/THIRD_PARTY_NOTICES.txt') return true;
  return /^tensorflow\/include\/(tensorflow\/c\/|tensorflow\/core\/platform\/ctstring|tsl\/platform\/ctstring|xla\/tsl\/c\/).*\.h$/.test(
    member,
  );
}

const ofNvidia = (member: string) => /^nvidia\/[^/]+\/lib\/[^/]+\.so(\.\d+)*$/.test(member) || /^nvidia_.*License\.txt$/i.test(member);

function tensorflow(project: 'tensorflow' | 'tensorflow-cpu', bytes: number, sha256: string): Wheel {
  const file = `${project.replace('-', '_')}-${tensorflowVersion}-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl`;
  return { project, version: tensorflowVersion, file, bytes, sha256, license: 'Apache-2.0', wanted: ofTensorflow };
}

function nvidia(name: string, version: string, bytes: number, sha256: string): Wheel {
  const file = `nvidia_${name}_cu12-${version}-py3-none-manylinux2014_x86_64.whl`;
  const project = `nvidia-${name.replaceAll('_', '-')}-cu12`;
  return { project, version, file, bytes, sha256, license: 'NVIDIA Proprietary', wanted: ofNvidia };
}

/** The CUDA build needs NVIDIA's libraries of the versions that it was built with. They are fetched by whoever asks for them and never shipped. */
export const wheels: Record<Variant, readonly Wheel[]> = {
  cpu: [tensorflow('tensorflow-cpu', 230_236_181, '810c75d7149d2da0cb2092187817b0dcabb80728ca9f9cf3a61f3f42fadd1298')],
  cuda: [
    tensorflow('tensorflow', 615_510_377, 'c9f87e5d2a680a4595f5dc30daf6bbaec9d4129b46d7ef1b2af63c46ac7d2828'),
    nvidia('cuda_runtime', '12.5.82', 895_707, '3e79a060e126df40fd3a068f3f787eb000fa51b251ec6cd97d09579632687115'),
    nvidia('cublas', '12.5.3.2', 363_313_169, 'ca070ad70e9fa6654084575d01bd001f30cc4665e33d4bb9fc8e0f321caa034b'),
    nvidia('cufft', '11.2.3.61', 192_524_114, '9a6e8df162585750f61983a638104a48c756aa13f9f48e19ab079b38e3c828b8'),
    nvidia('nvjitlink', '12.5.82', 21_298_879, 'f9b37bc5c8cf7509665cb6ada5aaa0ce65618f2332b7d3e78e9790511f111212'),
    nvidia('cusparse', '12.5.1.3', 217_558_979, '016df8e993c437e8301e62739f01775cba988fd5253cd4c64173f8e8d2f8e752'),
    nvidia('cusolver', '11.6.3.83', 130_341_232, '93cfafacde4428b71778eeb092ec615a02a3d05404da1bcf91c53e3fa1bce42b'),
    nvidia('cudnn', '9.3.0.75', 577_163_502, '9ad9c6929ebb5295eb4a1728024666d1c88283373e265a0c5c883e6f9d5cd76d'),
  ],
};

/** Bytes to fetch. */
export function fetchedBytes(variant: Variant): number {
  return wheels[variant].reduce((sum, { bytes }) => sum + bytes, 0);
}

/** Bytes that the disk must have free while it is set up: the wheel that is being unpacked and what comes out, at most three times its size. */
export function neededBytes(variant: Variant): number {
  return fetchedBytes(variant) * 3 + Math.max(...wheels[variant].map(({ bytes }) => bytes));
}
