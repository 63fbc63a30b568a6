// Variables of the environment, for a while.

/** Sets variables of this process; gives back what sets them as they were. `tmpdir()` looks at them, not at what JavaScript has for them. */
export function setEnvironment(env: NodeJS.ProcessEnv): () => void {
  const was = { ...process.env };
  const set = (to: NodeJS.ProcessEnv) => {
    for (const [name, value] of Object.entries(to)) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  };
  set(env);
  return () => {
    for (const name of Object.keys(process.env)) if (!(name in was)) delete process.env[name];
    set(was);
  };
}
