// Lists that people type with commas or spaces.

/** Its words; none twice. */
export const listOf = (text: string): string[] => [...new Set(text.split(/[\s,;]+/).filter((word) => word !== ''))];
