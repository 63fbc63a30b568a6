// Another way in which the auditor's machine rounds: the settings under which PyTorch takes an older instruction set. What differs between
// the two is this machine's own measure of rounding. docs/witness.md, "Another environment".

/** Each of the three libraries has a variable of its own; one alone changes elementwise operations, or products, and not the others. */
const SETTINGS = {
  avx2: { ATEN_CPU_CAPABILITY: 'avx2', ONEDNN_MAX_CPU_ISA: 'AVX2', OPENBLAS_CORETYPE: 'Haswell' },
  default: { ATEN_CPU_CAPABILITY: 'default', ONEDNN_MAX_CPU_ISA: 'SSE41', OPENBLAS_CORETYPE: 'Nehalem' },
} as const;

/** Settings that differ from those of a machine with this capability. */
export const calibratedSettings = (capability: string): Readonly<Record<string, string>> =>
  SETTINGS[/AVX512/i.test(capability) ? 'avx2' : 'default'];
