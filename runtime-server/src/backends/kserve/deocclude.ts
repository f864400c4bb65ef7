/**
 * The whole object from a server, an image editor such as Flux Kontext.
 *
 *   image UINT8 [S, S, 3]: the object's visible pixels on white
 *   visible UINT8 [S, S]: 1 where they are; hidden UINT8 [S, S]: 1 where something could hide the object
 *   words BYTES [1]: what to fill in; may be empty
 *   seed INT32 [1]
 *   ─►
 *   object UINT8 [S, S, 4]: the whole object, with its coverage
 */
import * as v from 'valibot';
import { type ModelPack, parseSettings } from '../../models/index.js';
import { deoccludeCondition, expectedOverlap, finishDeocclusion } from '../../stages/deocclusion.js';
import { maskBox } from '../../stages/mask-ops.js';
import {
  maskedPlanes,
  plane,
  type Planes,
  premultipliedPlanes,
  resample,
  resampleMask,
  thresholdPlane,
  toByte,
  windowRect,
} from '../../stages/picture-ops.js';
import type { DeoccludeInput, DeoccludeOutput, Picture, Stage, StageContext } from '../../stages/stage.js';
import { deoccludeWindow, touchesHidden } from '../../stages/windows.js';
import { RemoteModel, serverSchema } from './client.js';
import * as tensors from './tensors.js';
import { pick } from './wire.js';

const settingsSchema = v.object({
  ...serverSchema.entries,
  /** S, the side of the pictures, pixels. */
  size: v.optional(v.pipe(v.number(), v.integer(), v.minValue(16), v.maxValue(2048)), 512),
});

export async function deocclude(pack: ModelPack): Promise<Stage<DeoccludeInput, DeoccludeOutput>> {
  const { size } = parseSettings(settingsSchema, 'deocclude', pack.stage('deocclude').settings);
  const model = await RemoteModel.open(pack, 'deocclude');
  return {
    name: 'deocclude',
    async run(input: DeoccludeInput, { seed }: StageContext): Promise<DeoccludeOutput> {
      const { picture, visible, words } = input;
      const box = maskBox(visible);
      if (box === undefined) throw new RangeError('the object has no visible pixels');
      const window = deoccludeWindow(box, touchesHidden(visible, input.hidden, box));
      const before = resample(maskedPlanes(picture, visible), windowRect(window), size, size, 0);
      const hidden = resampleMask(input.hidden, windowRect(window), size, size, 1);
      const coverage = { channels: 1, width: size, height: size, data: plane(before, 3) };
      const answer = await model.infer({
        image: tensors.picture(onWhite(before)),
        visible: tensors.mask(thresholdPlane(coverage, 0.5)),
        hidden: tensors.mask(hidden),
        words: tensors.texts([words]),
        seed: tensors.integers([seed], 1),
      });
      const { data } = pick(answer, 'object', 'UINT8', [size, size, 4]);
      const whole = premultipliedPlanes({ width: size, height: size, data });
      const confidence = expectedOverlap(plane(whole, 3), deoccludeCondition(before, hidden));
      return finishDeocclusion({ before, hidden, whole, window, confidence });
    },
    dispose: async () => {},
  };
}

/** Premultiplied planes on a white ground. */
export function onWhite({ width, height, data }: Planes): Picture {
  const size = width * height;
  const bytes = new Uint8Array(3 * size);
  for (let i = 0; i < size; i++) {
    for (let channel = 0; channel < 3; channel++) {
      bytes[3 * i + channel] = toByte(data[channel * size + i] + 1 - data[3 * size + i]);
    }
  }
  return { width, height, data: bytes };
}
