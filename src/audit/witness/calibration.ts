// Other ways in which the auditor's machine rounds: the settings under which PyTorch takes an older instruction set. What differs between
// two of them is this machine's own measure of rounding. docs/witness.md, "Another environment".

/** Each of the three libraries has a variable of its own; one alone changes elementwise operations, or products, and not the others. */
const AVX2 = { ATEN_CPU_CAPABILITY: 'avx2', ONEDNN_MAX_CPU_ISA: 'AVX2', OPENBLAS_CORETYPE: 'Haswell' };
const DEFAULT = { ATEN_CPU_CAPABILITY: 'default', ONEDNN_MAX_CPU_ISA: 'SSE41', OPENBLAS_CORETYPE: 'Nehalem' };

/** Settings that differ from those of a machine with this capability, the nearest first. Whether their bits differ too, each use must see. */
export const otherSettings = (
  capability: string,
): readonly [Readonly<Record<string, string>>, ...Readonly<Record<string, string>>[]] =>
  /AVX512/i.test(capability) ? [AVX2, DEFAULT] : [DEFAULT];
