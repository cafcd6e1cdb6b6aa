import { calibrationBins, expectedCalibrationError } from '#shared/calibration.ts';

/** Expected calibration error over ten bins of equal width (golden/statistics). Outcomes are 1, 0, or ½ for a tie. NaN for nothing. */
export function calibrationError(probabilities: ArrayLike<number>, outcomes: ArrayLike<number>, bins = 10): number {
  return expectedCalibrationError(calibrationBins(probabilities, outcomes, bins));
}
