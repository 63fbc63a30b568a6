// Without a usable MPI, one error says what is missing and what to install.

import { spawnSync } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { checkMpi, openMpi } from './library.ts';

const missing = (message: string, input: string) => ({
  name: 'JikjiError',
  code: 'mpi-missing',
  message: expect.stringContaining(message),
  input,
  hint: expect.stringMatching(/apt-get install libmpich12 mpich.*npm install koffi.*JIKJI_MPI_LIBRARY/),
});

test('a library that does not exist', async () => {
  for (const opened of [openMpi('libnone.so.12'), checkMpi('libnone.so.12')]) {
    await expect(opened).rejects.toMatchObject(missing('cannot be opened', 'libnone.so.12'));
  }
});

test.skipIf(process.platform !== 'linux')('a library that is not MPI', async () => {
  await expect(openMpi('libc.so.6')).rejects.toMatchObject(missing('no MPI_Get_library_version', 'libc.so.6'));
});

test('without koffi, which is optional', () => {
  const library = pathToFileURL(`${import.meta.dirname}/library.ts`);
  const program = `
    import { registerHooks } from 'node:module';
    registerHooks({ resolve(name, context, next) {
      if (name === 'koffi') throw Object.assign(new Error('Cannot find package'), { code: 'ERR_MODULE_NOT_FOUND' });
      return next(name, context);
    } });
    const { openMpi } = await import('${library}');
    const { name, code, message, input, hint } = await openMpi().catch((error) => error);
    console.log(JSON.stringify({ name, code, message, input, hint }));`;
  const env = { ...process.env, JIKJI_MPI_LIBRARY: 'libmpi_of_a_site.so' };
  const args = ['--no-warnings', '--input-type=module', '--eval', program];
  const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', env });
  expect(stderr).toBe('');
  expect(JSON.parse(stdout)).toEqual(missing('koffi', 'libmpi_of_a_site.so'));
});
