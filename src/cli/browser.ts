// Opens an address in the browser of whoever sits at this machine, where somebody does.

import { spawn } from 'node:child_process';

/** Whether there is a screen to open a browser on. */
const hasScreen = (): boolean =>
  process.platform === 'darwin' || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);

/** Tries to; where it does not work nothing happens: the address was printed. */
export function openBrowser(url: string): void {
  if (!hasScreen() || process.env.SSH_CONNECTION) return;
  const command = process.platform === 'darwin' ? 'open' : 'xdg-open';
  spawn(command, [url], { stdio: 'ignore', detached: true })
    .on('error', () => {})
    .unref();
}
