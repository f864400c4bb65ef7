/** Line icons on a 20-unit grid, drawn with the colour of the text. */
import type { JSX } from 'preact';

const PATHS = {
  play: 'M6 4.2v11.6L15.5 10z',
  pause: 'M6.5 4.5v11M13.5 4.5v11',
  reset: 'M4 4v4.5h4.5M4.6 8.2A6.2 6.2 0 1 1 4 12',
  undo: 'M8 4L4 8l4 4M4.4 8H12a4 4 0 0 1 0 8H8',
  plus: 'M10 4v12M4 10h12',
  close: 'M5 5l10 10M15 5L5 15',
  sun: 'M10 6.5a3.5 3.5 0 1 1 0 7 3.5 3.5 0 0 1 0-7zM10 1.8v1.7M10 16.5v1.7M1.8 10h1.7M16.5 10h1.7M4.2 4.2l1.2 1.2M14.6 14.6l1.2 1.2M4.2 15.8l1.2-1.2M14.6 5.4l1.2-1.2',
  moon: 'M16 11.8A6.5 6.5 0 0 1 8.2 4a6.5 6.5 0 1 0 7.8 7.8z',
  list: 'M4 5.5h12M4 10h12M4 14.5h12',
  help: 'M7.5 7.6a2.5 2.5 0 1 1 3.7 2.2c-.8.5-1.2.9-1.2 1.8M10 14.6v.1M10 2.5a7.5 7.5 0 1 1 0 15 7.5 7.5 0 0 1 0-15z',
  upload: 'M10 13V4M6.5 7.2L10 3.7l3.5 3.5M4 12.5v3.3h12v-3.3',
  download: 'M10 3.7V13M6.5 9.6L10 13l3.5-3.4M4 13.5v2.8h12v-2.8',
  camera: 'M3.5 6.5h3l1.2-2h4.6l1.2 2h3v9h-13zM10 8.2a2.7 2.7 0 1 1 0 5.4 2.7 2.7 0 0 1 0-5.4z',
  frame: 'M4 7.5V4h3.5M12.5 4H16v3.5M16 12.5V16h-3.5M7.5 16H4v-3.5',
  compare: 'M10 3v14M4 5.5h3.5v9H4zM12.5 5.5H16v9h-3.5z',
  edit: 'M4 16l.8-3.4L13 4.4l2.6 2.6-8.2 8.2zM11.3 6.1l2.6 2.6',
  push: 'M3.5 10h9M9 6.2L12.8 10 9 13.8M16 4.5v11',
  trash: 'M4.5 6h11M8 6V4h4v2M6 6l.6 10h6.8L14 6',
  layers: 'M10 3.5l6.5 3.4L10 10.3 3.5 6.9zM3.5 10.2l6.5 3.4 6.5-3.4M3.5 13.3l6.5 3.4 6.5-3.4',
  picture: 'M3.5 4.5h13v11h-13zM3.8 13.5l3.7-3.6 3 2.8 2.3-2 3.5 3M13 7.4v.1',
  cube: 'M10 3l6 3.3v7.4L10 17l-6-3.3V6.3zM4.2 6.5L10 9.7l5.8-3.2M10 9.7V17',
  check: 'M4.5 10.5l3.7 3.7 7.3-8',
  warning: 'M10 3.5l7 12.5H3zM10 8.3v3.7M10 13.8v.1',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { name: IconName }): JSX.Element {
  return (
    <svg class="icon" viewBox="0 0 20 20" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
