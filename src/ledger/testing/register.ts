// Keys, and things to be lodged, made up for tests of registers.

import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { sha256Hex } from '../digest.ts';
import { signBytes } from '../ecdsa.ts';
import { fingerprintOf, type Signer } from '../keys.ts';
import { type Lodgeable, readLodgeable, signHead } from '../lodging.ts';
import { type Commitment, madeFrom, signStatement } from '../statement.ts';

/** A key that lies in no folder. */
export function key(): Signer {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const spki = publicKey.export({ format: 'der', type: 'spki' });
  const pem = createPrivateKey(privateKey.export({ format: 'pem', type: 'pkcs8' }));
  return { publicKey: spki, fingerprint: fingerprintOf(spki), sign: (data) => signBytes(pem, data) };
}

export function commitmentOf(maker: Signer, name: string, lodging: string | null = null): Commitment {
  const of = (what: string) => sha256Hex(`${name} ${what}`);
  return {
    arithmeticVersion: 1,
    recipe: of('recipe'),
    corpusManifest: of('manifest'),
    corpusRoot: of('corpus'),
    tokensManifest: of('tokens manifest'),
    tokensRoot: of('tokens'),
    tokenizer: of('tokenizer'),
    seed: '0000000000000561',
    stateRoot: of('state'),
    steps: 20,
    checkpoints: [10, 20],
    kept: [10, 20],
    makerKey: maker.publicKey.toString('base64'),
    lodging,
  };
}

const TIME = '2026-01-02T03:04:05.678Z';

export const requestText = (maker: Signer, commitment: Commitment, time = TIME): string =>
  signStatement(
    'request',
    madeFrom(commitment),
    { formatVersion: 2, makerKey: maker.publicKey.toString('base64'), time },
    maker,
  );

export const genesisText = (maker: Signer, commitment: Commitment): string =>
  signStatement(
    'genesis',
    [...madeFrom(commitment), ['state-0', commitment.stateRoot]],
    {
      formatVersion: 2,
      commitment,
      circumstances: {
        time: TIME,
        device: 'a machine',
        threads: 1,
        node: '24.0.0',
        v8: '13',
        version: '0.1.0',
        code: sha256Hex('code'),
      },
    },
    maker,
  );

export const sealText = (maker: Signer, genesis: string, head = sha256Hex('end')): string =>
  signStatement(
    'seal',
    [['state', sha256Hex('last')]],
    {
      formatVersion: 2,
      makerKey: maker.publicKey.toString('base64'),
      genesis: sha256Hex(genesis),
      head,
      steps: 20,
      tokens: 100,
      valBitsPerByte: 2,
      time: TIME,
    },
    maker,
  );

export const requestOf = (maker: Signer, name: string, time?: string): Lodgeable =>
  readLodgeable(requestText(maker, commitmentOf(maker, name), time), undefined, 'request.json');

export function sealOf(maker: Signer, name: string, lodging: string | null = null, head?: string): Lodgeable {
  const genesis = genesisText(maker, commitmentOf(maker, name, lodging));
  return readLodgeable(sealText(maker, genesis, head), genesis, 'seal.json');
}

export const headOf = (maker: Signer, run: string, step: number, head = sha256Hex(`head ${step}`)): Lodgeable =>
  readLodgeable(signHead({ run, step, head }, maker), undefined, 'head.json');
