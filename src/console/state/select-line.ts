// Selects a line of a text area and scrolls to it.

export function selectLine(area: HTMLTextAreaElement, line: number): void {
  const before = area.value.split('\n').slice(0, line - 1);
  const start = before.reduce((sum, text) => sum + text.length + 1, 0);
  area.focus();
  area.setSelectionRange(start, start + area.value.slice(start).split('\n')[0].length);
  area.scrollTop = (line - 4) * Number.parseFloat(getComputedStyle(area).lineHeight);
}
