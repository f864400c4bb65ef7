/** What the person looking has chosen; nothing here reaches the server. */
import { effect, signal } from '@preact/signals';

/** An object's id. */
export const selected = signal<string | undefined>(undefined);
export const hovered = signal<string | undefined>(undefined);

export const PANELS = ['objects', 'report', 'export'] as const;
export type Panel = (typeof PANELS)[number];
export const panel = signal<Panel>('objects');

/** On narrow screens one of them fills the screen. */
export const PANES = ['picture', 'scene', 'details'] as const;
export type Pane = (typeof PANES)[number];
export const pane = signal<Pane>('scene');

export const OVERLAYS = ['colliders', 'contacts', 'masses', 'supports'] as const;
export type Overlay = (typeof OVERLAYS)[number];
export const overlays = signal<ReadonlySet<Overlay>>(new Set());

export function toggleOverlay(name: Overlay): void {
  const next = new Set(overlays.value);
  if (!next.delete(name)) next.add(name);
  overlays.value = next;
}

export const playing = signal(false);
/** The scene seen as the picture was taken, with the picture over it. */
export const comparing = signal(false);
/** Where the picture ends and the scene begins, 0 to 1 from the left. */
export const compareAt = signal(0.5);
/** As estimated, before physics moved anything. */
export const beforePhysics = signal(false);

export type Dialog = 'jobs' | 'camera' | 'help' | undefined;
export const dialog = signal<Dialog>(undefined);

export type Theme = 'light' | 'dark';
const THEME = 'scenemaker-theme';
const asked = localStorage.getItem(THEME);
const prefersDark = matchMedia('(prefers-color-scheme: dark)');
/** Undefined: as the system has it. */
const chosen = signal<Theme | undefined>(asked === 'light' || asked === 'dark' ? asked : undefined);
const system = signal<Theme>(prefersDark.matches ? 'dark' : 'light');
prefersDark.addEventListener('change', ({ matches }) => (system.value = matches ? 'dark' : 'light'));

export const theme = signal<Theme>('light');
effect(() => {
  theme.value = chosen.value ?? system.value;
  document.documentElement.dataset['theme'] = theme.value;
});

export function toggleTheme(): void {
  chosen.value = theme.peek() === 'dark' ? 'light' : 'dark';
  localStorage.setItem(THEME, chosen.value);
}
