/** Numbers as people read them. */
const round = (value: number, digits = 3): string => String(Number(value.toPrecision(digits)));

export function length(meters: number): string {
  if (meters < 0.01) return `${(1000 * meters).toFixed(1)} mm`;
  return meters < 1 ? `${round(100 * meters)} cm` : `${round(meters)} m`;
}

export const mass = (kg: number): string => (kg < 1 ? `${round(1000 * kg)} g` : `${round(kg)} kg`);

export const percent = (share: number): string => `${Math.round(100 * share)} %`;

export const degrees = (radians: number): string => `${((180 / Math.PI) * radians).toFixed(1)}°`;

export const seconds = (value: number): string =>
  value < 0.1 ? `${Math.round(1000 * value)} ms` : `${round(value, 2)} s`;
