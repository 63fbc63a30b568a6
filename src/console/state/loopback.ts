// Whether a host's name is of the machine itself: nobody else can open an address with it.

export const isLoopback = (host: string): boolean => /^(localhost|.*\.localhost|127(\.\d+){3}|\[::1\])$/i.test(host);
