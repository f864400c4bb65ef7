import { type SceneDescription, sceneDescriptionSchema, SceneMakerError } from '@scenemaker/sdk';

/** Returns for a value that is a scene description in every part; else a `bad-request` that says what is not. */
export function checkScene(value: unknown): asserts value is SceneDescription {
  const result = sceneDescriptionSchema['~standard'].validate(value);
  if (result instanceof Promise) throw new SceneMakerError('internal', 'the schema of scenes became asynchronous');
  if (!result.issues) return;
  const [{ path = [], message }] = result.issues;
  const where = path.map((step) => String(typeof step === 'object' ? step.key : step)).join('.');
  throw new SceneMakerError('bad-request', `The scene is not valid at ${where || 'its top'}: ${message}`, {
    given: where,
  });
}
