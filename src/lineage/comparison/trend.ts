// stand-in until the room of laws is merged
export function sortedBy(_values: Float64Array): number {
  return 1;
}
