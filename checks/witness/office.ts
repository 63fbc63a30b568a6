// An office for `run.ts`, on this machine: it answers requests, heads and seals over HTTP as a programme does, and keeps its register.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Register, readLodgeable } from '../../src/ledger/index.ts';
import { key } from '../../src/ledger/testing/register.ts';

export interface CheckOffice {
  /** Of its programme. */
  url: string;
  fingerprint: string;
  /** The register so far. */
  text: () => string;
  close: () => void;
}

export async function openOffice(): Promise<CheckOffice> {
  const signer = key();
  const register = Register.create(signer.publicKey);
  const lines = [register.header];
  const answer = (body: string): object => {
    const { statement, genesis } = JSON.parse(body);
    const line = register.next(readLodgeable(statement, genesis, 'a statement'), signer);
    lines.push(line);
    return { lodging: register.append(line, 'register').lodging };
  };
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece) => pieces.push(piece));
    request.on('end', () => {
      try {
        response.end(JSON.stringify(answer(Buffer.concat(pieces).toString())));
      } catch (error) {
        response.writeHead(400).end(JSON.stringify({ error: { message: String(error), hint: 'see the check' } }));
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/programmes/check`,
    fingerprint: signer.fingerprint,
    text: () => lines.join(''),
    close: () => void server.close(),
  };
}
