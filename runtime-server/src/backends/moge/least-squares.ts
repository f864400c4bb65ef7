/**
 * Least squares in one unknown by Levenberg and Marquardt's method, in MINPACK's form (More 1977; the user guide of
 * MINPACK-1, section `lmdif`): SciPy's `least_squares(method='lm')`, which MoGe calls, runs it too, so that both
 * stop at the same step.
 */
const EPSILON = Number.EPSILON;
const STEP = Math.sqrt(EPSILON);
const X_TOLERANCE = 1e-8;
const GRADIENT_TOLERANCE = 1e-8;
/** The trust region at the start, for an unknown that starts at 0. */
const START_REGION = 100;
const LEAST_RATIO = 1e-4;
const MOST_EVALUATIONS = 200;

/**
 * The unknown for which the sum of the squared residuals is least.
 * @param costTolerance Stops when neither the cost nor its forecast falls by more than this share.
 */
export function leastSquares1D(
  residuals: (unknown: number) => Float64Array,
  start: number,
  costTolerance: number,
): number {
  let x = start;
  let f = residuals(x);
  let norm = length(f);
  let region = START_REGION * (Math.abs(x) || 1);
  let damping = 0;
  for (let evaluations = 1, first = true; evaluations < MOST_EVALUATIONS;) {
    const h = STEP * Math.abs(x) || STEP;
    const ahead = residuals(x + h);
    evaluations++;
    const slope = ahead.map((value, i) => (value - f[i]) / h);
    const slopeNorm = length(slope);
    const gradient = dot(slope, f);
    if (norm === 0 || slopeNorm === 0 || Math.abs(gradient) <= GRADIENT_TOLERANCE * slopeNorm * norm) return x;
    for (let accepted = false; !accepted && evaluations < MOST_EVALUATIONS;) {
      // In one unknown the damping that keeps a step inside the region has a closed form.
      const whole = Math.abs(gradient) / slopeNorm ** 2;
      damping = whole <= 1.1 * region ? 0 : Math.abs(gradient) / region - slopeNorm ** 2;
      const step = -gradient / (slopeNorm ** 2 + damping);
      const size = Math.abs(step);
      if (first) region = Math.min(region, size);
      const next = residuals(x + step);
      evaluations++;
      const nextNorm = length(next);
      const actual = 0.1 * nextNorm < norm ? 1 - (nextNorm / norm) ** 2 : -1;
      const [linear, damped] = [((slopeNorm * size) / norm) ** 2, damping * (size / norm) ** 2];
      const forecast = linear + 2 * damped;
      const ratio = forecast === 0 ? 0 : actual / forecast;
      if (ratio <= 0.25) {
        const direction = -(linear + damped);
        const shrink = actual >= 0 ? 0.5 : (0.5 * direction) / (direction + 0.5 * actual);
        region = Math.max(0.1, 0.1 * nextNorm >= norm ? 0.1 : shrink) * Math.min(region, 10 * size);
      } else if (damping === 0 || ratio >= 0.75) region = 2 * size;
      accepted = ratio >= LEAST_RATIO;
      if (accepted) [x, f, norm, first] = [x + step, next, nextNorm, false];
      if (Math.abs(actual) <= costTolerance && forecast <= costTolerance && ratio <= 2) return x;
      if (region <= X_TOLERANCE * Math.abs(x)) return x;
      if (Math.abs(actual) <= EPSILON && forecast <= EPSILON) return x;
    }
  }
  return x;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

const length = (vector: Float64Array): number => Math.sqrt(dot(vector, vector));
