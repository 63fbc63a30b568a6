// The picture of the value chain, loaded when it is first shown: no other page needs its layout.

import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { FlowProps } from './flow-picture.tsx';
import { Busy } from './loaded.tsx';

export function FlowDiagram(props: FlowProps) {
  const [Diagram, setDiagram] = useState<ComponentType<FlowProps>>();
  useEffect(() => {
    let current = true;
    import('./flow-picture.tsx').then(
      ({ default: loaded }) => current && setDiagram(() => loaded),
      // A failed import usually means a newer build on the server.
      () => current && window.location.reload(),
    );
    return () => {
      current = false;
    };
  }, []);
  return Diagram ? <Diagram {...props} /> : <Busy />;
}
