/** Takes a picture with a camera of this device. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { readCapture } from '../state/capture.js';
import { Button } from '../ui/controls.js';
import { Dialog } from '../ui/dialog.js';
import { send } from './intake.js';

export function CameraDialog(): JSX.Element {
  const video = useRef<HTMLVideoElement>(null);
  const problem = useSignal<string | undefined>(undefined);
  const isLive = useSignal(false);

  useEffect(() => {
    let stream: MediaStream | undefined;
    let isGone = false;
    const open = async (): Promise<void> => {
      // Browsers hide cameras from pages that others could have changed on the way.
      if (!('mediaDevices' in navigator)) {
        problem.value = 'Browsers give cameras to pages from localhost or over https alone.';
        return;
      }
      stream = await navigator.mediaDevices.getUserMedia({
        video: { facingMode: 'environment', width: { ideal: 1920 }, height: { ideal: 1440 } },
      });
      if (isGone) return stopAll(stream);
      if (video.current) video.current.srcObject = stream;
    };
    open().catch(() => (problem.value = 'No camera could be opened. Allow it in the address bar, or connect one.'));
    return () => {
      isGone = true;
      if (stream) stopAll(stream);
    };
  }, []);

  const shoot = async (): Promise<void> => {
    const source = video.current;
    if (!source) return;
    const canvas = new OffscreenCanvas(source.videoWidth, source.videoHeight);
    canvas.getContext('2d')?.drawImage(source, 0, 0);
    const blob = await canvas.convertToBlob({ type: 'image/jpeg', quality: 0.95 });
    await send(() => readCapture([new File([blob], 'Camera picture', { type: 'image/jpeg' })]));
  };

  return (
    <Dialog title="Take a picture">
      {problem.value ? (
        <p role="alert">{problem.value}</p>
      ) : (
        <video ref={video} onLoadedData={() => (isLive.value = true)} autoplay playsInline muted />
      )}
      <p class="muted small">A few objects on a table or on the floor, seen from a little above, work best.</p>
      <div class="row end">
        <Button icon="camera" kind="primary" disabled={!isLive.value} onClick={() => void shoot()}>
          Take it
        </Button>
      </div>
    </Dialog>
  );
}

function stopAll(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}
