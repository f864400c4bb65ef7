/** What models can run on. */

export const DEVICES = ['auto', 'cpu', 'webgpu', 'cuda', 'tensorrt', 'directml', 'coreml'] as const;
export type Device = (typeof DEVICES)[number];
export type ConcreteDevice = Exclude<Device, 'auto'>;

/** What ONNX Runtime calls each. */
export const PROVIDERS: Record<ConcreteDevice, string> = {
  cpu: 'cpu',
  webgpu: 'webgpu',
  cuda: 'cuda',
  tensorrt: 'tensorrt',
  directml: 'dml',
  coreml: 'coreml',
};

/**
 * How many objects go through a stage at once. On a CPU the operators are busy with one: several together gain a tenth
 * for de-occlusion and nothing for shapes, and their results come later.
 */
export const OBJECTS_AT_ONCE: Record<ConcreteDevice, number> = {
  cpu: 1,
  webgpu: 8,
  cuda: 8,
  tensorrt: 8,
  directml: 8,
  coreml: 8,
};
