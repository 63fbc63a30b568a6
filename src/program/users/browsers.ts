// The kind of a browser, from what it says of itself: enough for a person to know a log-in again. Nothing else of that text is kept.

export const BROWSERS = ['edge', 'opera', 'whale', 'samsung', 'firefox', 'chrome', 'safari', 'other'] as const;
export const SYSTEMS = ['android', 'ios', 'windows', 'chromeos', 'macos', 'linux', 'other'] as const;

export interface BrowserKind {
  browser: (typeof BROWSERS)[number];
  system: (typeof SYSTEMS)[number];
}

/** In this order: many say that they are Chrome and Safari too. */
const BROWSER_SIGNS: [RegExp, BrowserKind['browser']][] = [
  [/\b(Edg|EdgA|EdgiOS)\//, 'edge'],
  [/\b(OPR|OPX)\//, 'opera'],
  [/\bWhale\//, 'whale'],
  [/\bSamsungBrowser\//, 'samsung'],
  [/\b(Firefox|FxiOS)\//, 'firefox'],
  [/\b(Chrome|CriOS|Chromium)\//, 'chrome'],
  [/\bVersion\/\S+ (Mobile\/\S+ )?Safari\//, 'safari'],
];
const SYSTEM_SIGNS: [RegExp, BrowserKind['system']][] = [
  [/\bAndroid\b/, 'android'],
  [/\b(iPhone|iPad|iPod)\b/, 'ios'],
  [/\bWindows\b/, 'windows'],
  [/\bCrOS\b/, 'chromeos'],
  [/\bMac OS X\b|\bMacintosh\b/, 'macos'],
  [/\bLinux\b|\bX11\b/, 'linux'],
];

/** Of a User-Agent header, which may be anything. */
export function kindOfBrowser(header: string | undefined): BrowserKind {
  const text = (header ?? '').slice(0, 500);
  return {
    browser: BROWSER_SIGNS.find(([sign]) => sign.test(text))?.[1] ?? 'other',
    system: SYSTEM_SIGNS.find(([sign]) => sign.test(text))?.[1] ?? 'other',
  };
}

export const writeKind = ({ browser, system }: BrowserKind): string => `${browser} ${system}`;

/** Older log-ins have none. */
export function readKind(stored: string | null): BrowserKind {
  const [browser, system] = (stored ?? '').split(' ');
  return {
    browser: BROWSERS.find((one) => one === browser) ?? 'other',
    system: SYSTEMS.find((one) => one === system) ?? 'other',
  };
}
