import { existsSync, readdirSync } from 'node:fs';

/** What a system offers to Vulkan. */
export interface VulkanParts {
  /** Whether the loader, libvulkan.so.1, can be opened. */
  loader: boolean;
  /** Manifests of drivers ("nvidia_icd.json"). */
  drivers: readonly string[];
  /** Whether the kernel shows a GPU: a render node, or NVIDIA's device. */
  device: boolean;
}

/** Why no GPU was found and what to do, as the end of a sentence. Linux is looked into; Metal and Direct3D are parts of their systems. */
export function whyNoAdapter(platform: NodeJS.Platform = process.platform, parts: () => VulkanParts = vulkanParts): string {
  if (platform !== 'linux') return "this system's graphics driver offers none: update it, or train on the CPU";
  const { loader, drivers, device } = parts();
  const noDevice = device ? '' : ', and the kernel shows no GPU either';
  if (!loader) return `Vulkan's loader is missing${noDevice}: install libvulkan1 and your GPU's driver, or train on the CPU`;
  if (drivers.length === 0) return `no driver for Vulkan is installed${noDevice}: install your GPU's driver, or train on the CPU`;
  const named = `the installed ${drivers.length === 1 ? 'driver' : 'drivers'} (${drivers.join(', ')})`;
  return `${named} found no device${noDevice}: check that your GPU's own driver is among them, or train on the CPU`;
}

function vulkanParts(): VulkanParts {
  const listed = process.env.VK_DRIVER_FILES ?? process.env.VK_ICD_FILENAMES;
  const folders = ['/usr/share/vulkan/icd.d', '/usr/local/share/vulkan/icd.d', '/etc/vulkan/icd.d'];
  const paths = listed ? listed.split(':').filter((path) => existsSync(path)) : folders.flatMap(filesIn);
  return {
    loader: canOpen('libvulkan.so.1'),
    drivers: paths.map((path) => path.slice(path.lastIndexOf('/') + 1)),
    device: filesIn('/dev/dri').some((path) => path.includes('/renderD')) || existsSync('/dev/nvidia0') || existsSync('/dev/dxg'),
  };
}

/** A library that opens and is no addon of Node makes Node say that, and not that it cannot be opened. */
function canOpen(library: string): boolean {
  try {
    process.dlopen({ exports: {} }, library);
    return true;
  } catch (error) {
    return !/cannot open shared object file/.test(String(error));
  }
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder).map((name) => `${folder}/${name}`);
  } catch {
    return [];
  }
}
