// Opens an address in the browser of this machine, if it has a screen.

import { spawn } from 'node:child_process';

/** Whether there is a screen to open a browser on. */
const hasScreen = (): boolean =>
  process.platform === 'darwin' || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);

/** Tries to open `url`. A failure is ignored: the address was printed. */
export function openBrowser(url: string): void {
  if (!hasScreen() || process.env.SSH_CONNECTION) return;
  const command = process.platform === 'darwin' ? 'open' : 'xdg-open';
  spawn(command, [url], { stdio: 'ignore', detached: true })
    .on('error', () => {})
    .unref();
}
